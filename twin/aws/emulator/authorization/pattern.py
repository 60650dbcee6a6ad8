"""Patterns of policies: ``*`` for any text, ``?`` for one character, ``${key}`` for what the request has.

Source: IAM user guide, "IAM JSON policy elements: Resource" (wildcards) and "IAM policy elements: Variables and tags".
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence

__all__ = ["Matcher", "Values", "arn_matcher", "matcher", "resolved", "without_variables"]

Matcher = Callable[[str], bool]

Values = Mapping[str, str | Sequence[str]]
"""Condition keys, in lower case, and their values. A key that is not there has none."""

_PARTS_OF_AN_ARN = 6
_TOKEN = re.compile(r"\$\{([*?$])\}|\$\{([^}]*)\}|([*?])")
_WILD = {"*": ".*", "?": "."}
_VARIABLE = re.compile(r"\$\{\s*([^}*?$,\s]+)\s*(?:,\s*'([^']*)'\s*)?\}")


@functools.lru_cache(maxsize=20_000)
def matcher(pattern: str) -> Matcher:
    """Whether a text is one that the pattern stands for; a variable that was not resolved stands for nothing."""
    if "${" not in pattern and "?" not in pattern:
        if pattern == "*":
            return lambda text: True
        if "*" not in pattern:
            return pattern.__eq__
        if pattern.index("*") == len(pattern) - 1:
            start = pattern[:-1]
            return lambda text: text.startswith(start)
    compiled = re.compile(_expression(pattern), re.DOTALL)
    return lambda text: compiled.fullmatch(text) is not None


@functools.lru_cache(maxsize=20_000)
def arn_matcher(pattern: str) -> Matcher:
    """As `matcher`, each of the six parts of an ARN by itself. Source: IAM user guide, "ARN condition operators"."""
    matchers = [matcher(part) for part in pattern.split(":", _PARTS_OF_AN_ARN - 1)]

    def matches(text: str) -> bool:
        parts = text.split(":", _PARTS_OF_AN_ARN - 1)
        return len(parts) == len(matchers) and all(it(part) for it, part in zip(matchers, parts, strict=True))

    return matches


def resolved(pattern: str, values: Values) -> str | None:
    """The pattern with the request's values as literal text; None where a variable has no single value."""
    if "${" not in pattern:
        return pattern
    is_known = True

    def put(found: re.Match[str]) -> str:
        nonlocal is_known
        value = values.get(found[1].lower(), found[2])
        if not isinstance(value, str):
            is_known = False
            return ""
        return _literal(value)

    text = _VARIABLE.sub(put, pattern)
    return text if is_known else None


def without_variables(pattern: str) -> str:
    """The pattern as one of a policy before version 2012-10-17, which has no variables."""
    return pattern.replace("${", "${$}{")


def _literal(text: str) -> str:
    return re.sub(r"[*?$]", lambda found: f"${{{found[0]}}}", text)


def _expression(pattern: str) -> str:
    parts: list[str] = []
    end = 0
    for found in _TOKEN.finditer(pattern):
        parts.append(re.escape(pattern[end : found.start()]))
        literal, variable, wild = found.groups()
        parts.append(re.escape(literal) if literal else "(?!)" if variable is not None else _WILD[wild])
        end = found.end()
    return "".join([*parts, re.escape(pattern[end:])])
