"""How a client logs in to ElastiCache: AUTH or HELLO, with a token for a password.

Sources: Valkey documentation, "RESP protocol spec", "AUTH", "HELLO"; ElastiCache user guide, "Authenticating with IAM",
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html. What a refused client reads is Valkey's own, and
as seen by users: redisson/redisson#6106.
"""

from collections.abc import Collection

from twin.runtime.relay.login import Answer, Ask, Forward, HangUp, Step

__all__ = ["ValkeyLogin"]

_END = b"\r\n"
_MOST_WORDS = 64
_LONGEST_BYTES = 65_536
_REFUSED = b"-WRONGPASS invalid username-password pair or user is disabled.\r\n"
_MALFORMED = b"-ERR Protocol error: invalid multibulk length\r\n"


class ValkeyLogin:
    """Whatever is said before somebody has logged in goes to the store, which refuses it by itself.

    Answers of the store and of this may come in another order than a client asked that did not wait for them.

    Args: without_token: users whose word is taken.
    """

    def __init__(self, without_token: Collection[str]) -> None:
        self.is_over = False
        self._without_token = frozenset(without_token)
        self._heard = b""
        self._said = b""

    def take(self, data: bytes) -> list[Step]:
        self._heard += data
        return self._next()

    def judged(self, *, is_admitted: bool) -> list[Step]:
        if not is_admitted:
            return [Answer(_REFUSED), *self._next()]
        self.is_over = True
        rest, self._heard = self._heard, b""
        return [Forward(self._said + rest)]

    def _next(self) -> list[Step]:
        steps: list[Step] = []
        try:
            while not self.is_over and (words := self._command()) is not None:
                credentials = _credentials(words)
                if credentials and credentials[0] not in self._without_token:
                    return [*steps, Ask(*credentials)]
                steps.append(Forward(self._said))
                self.is_over = credentials is not None
        except ValueError:
            self.is_over = True
            return [*steps, Answer(_MALFORMED), HangUp()]
        return [*steps, *self._rest()]

    def _rest(self) -> list[Step]:
        """Whatever came after the last word that there was to hear."""
        if not self.is_over or not self._heard:
            return []
        rest, self._heard = self._heard, b""
        return [Forward(rest)]

    def _command(self) -> list[bytes] | None:
        """Its words; None where it is not whole yet. Raises: ValueError: it is none."""
        found = _array(self._heard) if self._heard.startswith(b"*") else _line(self._heard)
        if found is None:
            if len(self._heard) > _LONGEST_BYTES:
                raise ValueError("too long")
            return None
        words, length = found
        self._said, self._heard = self._heard[:length], self._heard[length:]
        return words


def _credentials(words: list[bytes]) -> tuple[str, str] | None:
    """User and password, where the command logs somebody in."""
    given = [it.decode(errors="replace") for it in words]
    match [it.upper() for it in given[:1]], given[1:]:
        case ["AUTH"], [password]:
            return "default", password
        case ["AUTH"], [user, password]:
            return user, password
        case ["HELLO"], [_, *options] if "AUTH" in (upper := [it.upper() for it in options]):
            at = upper.index("AUTH")
            return (options[at + 1], options[at + 2]) if len(options) > at + 2 else None
        case _:
            return None


def _line(heard: bytes) -> tuple[list[bytes], int] | None:
    """An inline command, which people type."""
    end = heard.find(b"\n")
    return (heard[:end].split(), end + 1) if end >= 0 else None


def _array(heard: bytes) -> tuple[list[bytes], int] | None:
    """Words of a command, and how many bytes it has. Raises: ValueError: it is none."""
    head = _number(heard, 0, b"*", _MOST_WORDS)
    if head is None:
        return None
    count, at = head
    words: list[bytes] = []
    for _ in range(count):
        head = _number(heard, at, b"$", _LONGEST_BYTES)
        if head is None:
            return None
        length, at = head
        if len(heard) < at + length + len(_END):
            return None
        words.append(heard[at : at + length])
        at += length + len(_END)
    return words, at


def _number(heard: bytes, at: int, mark: bytes, most: int) -> tuple[int, int] | None:
    """The number after the mark, and where the next thing begins. Raises: ValueError: there is no such number."""
    end = heard.find(_END, at)
    if end < 0:
        return None
    text = heard[at:end]
    if not text.startswith(mark) or not text[1:].isdigit() or int(text[1:]) > most:
        raise ValueError(text)
    return int(text[1:]), end + len(_END)
