"""Lines of the program around a finding, with what may be a secret masked."""

import io
import re
import tokenize
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from compliance.results import SourceLine

__all__ = ["CodeLine", "SourceText", "masked"]

CONTEXT_LINES = 2
MASK = "•••"
_SENSITIVE = re.compile(
    r"secret|passw|token|credential|private_?key|access_?key|api_?key|\bauth\b|\bsalt\b|\bpin\b",
    re.IGNORECASE,
)
_SHORTEST_TO_MASK = 8
"""A literal that mixes letters and digits is masked from this length on, unless it is public already."""
_QUOTES = re.compile(r"""^(?P<prefix>[A-Za-z]*)(?P<quote>\"\"\"|'''|"|')(?P<text>.*)(?P=quote)$""", re.DOTALL)
_WORDS = re.compile(r"[A-Za-z0-9+/_=.~!@#$%^&*-]+")
_PARTS = re.compile(r"[^A-Za-z0-9]+")
_NAME = re.compile(r"[A-Za-z]*|[0-9]*|[A-Za-z]{1,4}[0-9]{1,3}")
"""What a part of a name looks like: `eu-west-2`, `TLS13-1-2`, `2012-10-17`."""
_MIDDLE, _START = (getattr(tokenize, it, -1) for it in ("FSTRING_MIDDLE", "FSTRING_START"))
"""Python 3.12 tells the parts of an f-string apart; before, it is one literal."""
_LITERALS = {tokenize.STRING, _MIDDLE}
_SPEAKING = {tokenize.NAME, *_LITERALS}
_SKIPPED = {tokenize.NL, tokenize.COMMENT, _START}


@dataclass(frozen=True)
class CodeLine:
    """Attributes: is_meant: the line that makes the resource, not one of those around it."""

    number: int
    text: str
    is_meant: bool


class SourceText:
    """Files below a root, each read once.

    Args: public: words that reports show anyway, such as names of resources; they stay readable.
    """

    def __init__(self, root: Path, public: Collection[str] = ()) -> None:
        self._root = root.resolve()
        self._public = frozenset(public)
        self._lines: dict[str, Sequence[str]] = {}

    def around(self, source: SourceLine) -> Sequence[CodeLine]:
        """Empty where the file is not there, or lies outside the root."""
        lines = self._of(source.file)
        if not 1 <= source.line <= len(lines):
            return []
        first, last = max(1, source.line - CONTEXT_LINES), min(len(lines), source.line + CONTEXT_LINES)
        return [CodeLine(it, lines[it - 1], it == source.line) for it in range(first, last + 1)]

    def _of(self, file: str) -> Sequence[str]:
        if file not in self._lines:
            self._lines[file] = self._read(file)
        return self._lines[file]

    def _read(self, file: str) -> Sequence[str]:
        path = (self._root / file).resolve()
        if not path.is_relative_to(self._root):
            return []
        try:
            return masked(path.read_text(errors="replace"), self._public).removesuffix("\n").split("\n")
        except OSError:
            return []


def masked(code: str, public: Collection[str] = ()) -> str:
    """The same lines, with no string literal or comment that looks like a secret.

    Masked are literals given to something whose name speaks of a secret, and those with a word of eight or more
    characters that mixes letters and digits as no name does; not those that are public. A secret of letters only, given
    to a name that says nothing, is not recognised. What is no Python is masked whole.
    """
    try:
        spans = list(_secret_spans(code, frozenset(public)))
    except (tokenize.TokenError, SyntaxError):
        return "".join(f"{MASK}\n" for _ in io.StringIO(code))
    lines = io.StringIO(code).readlines()
    for token in reversed(spans):
        _mask(lines, token)
    return "".join(lines)


def _secret_spans(code: str, public: Collection[str]) -> Iterator[tokenize.TokenInfo]:
    brackets = [_Bracket()]
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.ERRORTOKEN and token.string.strip():
            raise SyntaxError(token.string)
        if _is_secret(token, brackets[-1].is_given, public):
            yield token
        _follow(brackets, token)


def _is_secret(token: tokenize.TokenInfo, is_given: bool, public: Collection[str]) -> bool:
    """Args: is_given: whether what stands here is given to a name that speaks of a secret."""
    if token.type == tokenize.COMMENT:
        return _looks_random(token.string, public)
    if token.type not in _LITERALS:
        return False
    match = _QUOTES.match(token.string)
    text = match["text"] if match else token.string
    return text not in public and (is_given or _looks_random(text, public))


@dataclass
class _Bracket:
    """What has been read between two brackets, or of a line outside of any.

    Attributes:
        inherited: all between them is given to a name that speaks of a secret.
        is_given: what comes next is, up to a comma.
        names_secret: since the last comma something that can be given to spoke of a secret.
        was_named: the token before did.
    """

    inherited: bool = False
    is_given: bool = False
    names_secret: bool = False
    was_named: bool = False


def _follow(brackets: list[_Bracket], token: tokenize.TokenInfo) -> None:
    """The brackets are as they are after the token.

    Given are `password="..."`, `password: str = "..."`, `password=("...")`, `{"password": "..."}`,
    `config["password"] = "..."`, and of `secret("...")` the first argument.
    """
    here = brackets[-1]
    match token.string:
        case "(" | "[" | "{":
            is_called = token.string == "(" and here.was_named
            brackets.append(_Bracket(here.is_given, here.is_given or is_called))
        case ")" | "]" | "}" if len(brackets) > 1:
            brackets.pop()
            brackets[-1].names_secret |= here.names_secret
        case ",":
            here.is_given, here.names_secret = here.inherited, False
        case "=" | ":" | "==" | "!=" | ":=":
            here.is_given = here.is_given or here.names_secret
        case _ if token.type == tokenize.NEWLINE:
            brackets[:] = [_Bracket()]
        case _ if token.type in _SPEAKING:
            here.names_secret = here.names_secret or bool(_SENSITIVE.search(token.string))
    if token.type not in _SKIPPED:
        brackets[-1].was_named = token.type == tokenize.NAME and bool(_SENSITIVE.search(token.string))


def _looks_random(text: str, public: Collection[str]) -> bool:
    words = [it for it in _WORDS.findall(text) if it not in public]
    return any(
        len(it) >= _SHORTEST_TO_MASK and not all(map(_NAME.fullmatch, _PARTS.split(it))) for it in words
    )


def _mask(lines: list[str], token: tokenize.TokenInfo) -> None:
    """Keeps the number of lines, so that every other line stays where it was."""
    (first, start), (last, end) = token.start, token.end
    sign = f"# {MASK}" if token.type == tokenize.COMMENT else f'"{MASK}"'
    if first == last:
        line = lines[first - 1]
        lines[first - 1] = line[:start] + sign + line[end:]
        return
    lines[first - 1] = lines[first - 1][:start] + sign + "\n"
    for number in range(first, last - 1):
        lines[number] = f"{MASK}\n"
    lines[last - 1] = MASK + lines[last - 1][end:]
