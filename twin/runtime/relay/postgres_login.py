"""How a client logs in to Aurora PostgreSQL: a start-up message, and a token for a password.

Sources: PostgreSQL documentation, "Message Flow" and "Message Formats" (54.2, 54.7); Aurora user guide, "IAM database
authentication" (members of ``rds_iam`` log in by a token only). What a refused client reads is as seen by users,
warp-tech/warpgate#1906 and aws/aws-advanced-jdbc-wrapper#908.
"""

import struct
from collections.abc import Collection

from twin.runtime.relay.login import Answer, Ask, Forward, HangUp, Step

__all__ = ["PostgresLogin"]

_ENCRYPTION_REQUESTS = frozenset({80877103, 80877104})
"""SSLRequest and GSSENCRequest."""

_CANCEL_REQUEST = 80877102
_HEAD_BYTES = 8
_LONGEST_START_BYTES = 10_000
"""Source: PostgreSQL, pqcomm.h, MAX_STARTUP_PACKET_LENGTH."""

_LONGEST_PASSWORD_BYTES = 65_535
_WANTS_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
_NOT_ENCRYPTED = b"N"


class PostgresLogin:
    """Args: without_token: users whose word is taken."""

    def __init__(self, without_token: Collection[str]) -> None:
        self.is_over = False
        self._without_token = frozenset(without_token)
        self._heard = b""
        self._start = b""
        self._user = ""

    def take(self, data: bytes) -> list[Step]:
        self._heard += data
        steps: list[Step] = []
        while (found := self._password() if self._start else self._first()) is not None:
            steps += found
            if self.is_over or (found and isinstance(found[-1], Ask | HangUp)):
                break
        return steps

    def judged(self, *, is_admitted: bool) -> list[Step]:
        if not is_admitted:
            return self._refused(f'PAM authentication failed for user "{self._user}"')
        return self._pass(self._start)

    def _first(self) -> list[Step] | None:
        """None where the message is not whole yet."""
        if len(self._heard) < _HEAD_BYTES:
            return None
        length, code = struct.unpack("!iI", self._heard[:_HEAD_BYTES])
        if not _HEAD_BYTES <= length <= _LONGEST_START_BYTES:
            return self._refused("invalid length of startup packet", "08P01")
        if len(self._heard) < length:
            return None
        message, self._heard = self._heard[:length], self._heard[length:]
        if code in _ENCRYPTION_REQUESTS:
            return [Answer(_NOT_ENCRYPTED)]
        return self._pass(message) if code == _CANCEL_REQUEST else self._begin(message)

    def _begin(self, message: bytes) -> list[Step]:
        words = message[_HEAD_BYTES:].split(b"\0")
        given = dict(zip(words[::2], words[1::2], strict=False))
        self._user = given.get(b"user", b"").decode(errors="replace")
        if self._user in self._without_token:
            return self._pass(message)
        self._start = message
        return [Answer(_WANTS_PASSWORD)]

    def _password(self) -> list[Step] | None:
        if len(self._heard) < 5:
            return None
        kind, length = self._heard[:1], struct.unpack("!i", self._heard[1:5])[0]
        if kind != b"p" or not 4 <= length <= _LONGEST_PASSWORD_BYTES:
            return self._refused("expected password response", "08P01")
        if len(self._heard) <= length:
            return None
        password, self._heard = self._heard[5 : length + 1], self._heard[length + 1 :]
        return [Ask(self._user, password.rstrip(b"\0").decode(errors="replace"))]

    def _pass(self, message: bytes) -> list[Step]:
        self.is_over = True
        rest, self._heard = self._heard, b""
        return [Forward(message + rest)]

    def _refused(self, why: str, code: str = "28000") -> list[Step]:
        fields = {"S": "FATAL", "V": "FATAL", "C": code, "M": why}
        body = b"".join(f"{name}{value}\0".encode() for name, value in fields.items()) + b"\0"
        self.is_over = True
        return [Answer(b"E" + struct.pack("!i", len(body) + 4) + body), HangUp()]
