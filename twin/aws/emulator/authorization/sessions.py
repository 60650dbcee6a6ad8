"""Credentials of sessions, which say themselves whose they are.

The token holds what there is to know of the session, and a signature by a key that only the emulator has. So there is
no table of sessions, and one that was issued before the emulator died is good for the next one that has the key.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["KEY_BYTES", "Credentials", "Session", "Sessions", "kept_key"]

KEY_BYTES = 32
_FILE = "session.key"
_PREFIX = "ASIA"
"""Of temporary keys. Source: IAM user guide, "IAM identifiers", unique ID prefixes."""


@dataclass(frozen=True)
class Session:
    """Attributes:
    role_arn: empty for a session of an administrator.
    role_id: unique id of the role.
    expires_at: seconds since the epoch.
    boot: the emulator's nonce when it was issued.
    policy: the session's own policy, as text; empty where it has none.
    by_service: the service that took the role; has_mfa: who took it showed a second factor.
    """

    role_arn: str
    name: str
    expires_at: int
    boot: str
    role_id: str = ""
    policy: str = ""
    by_service: str = ""
    has_mfa: bool = False


@dataclass(frozen=True)
class Credentials:
    access_key_id: str
    secret_access_key: str
    token: str


class Sessions:
    """Issues and recognises sessions. Args: key: what tokens are signed with."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._read = functools.lru_cache(maxsize=5_000)(self._verified)

    def issue(self, session: Session) -> Credentials:
        access_key_id = _PREFIX + base64.b32encode(secrets.token_bytes(10)).decode()
        content = json.dumps([access_key_id, asdict(session)], separators=(",", ":")).encode()
        token = base64.b64encode(self._mark(b"token", content) + content).decode()
        return Credentials(access_key_id, self.secret(access_key_id), token)

    def secret(self, access_key_id: str) -> str:
        """The secret access key that goes with it."""
        return base64.b64encode(self._mark(b"secret", access_key_id.encode())[:30]).decode()

    def session(self, access_key_id: str, token: str) -> Session | None:
        """The session whose credentials these are, over or not; None where they are none of this emulator's."""
        found = self._read(token)
        return found[1] if found and found[0] == access_key_id else None

    def _verified(self, token: str) -> tuple[str, Session] | None:
        try:
            raw = base64.b64decode(token, validate=True)
            mark, content = raw[:KEY_BYTES], raw[KEY_BYTES:]
            if not hmac.compare_digest(mark, self._mark(b"token", content)):
                return None
            access_key_id, members = json.loads(content)
            return str(access_key_id), Session(**members)
        except (ValueError, TypeError):
            return None

    def _mark(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + content, hashlib.sha256)


def kept_key(folder: Path) -> bytes:
    """The key of the folder's emulators, made once; only its owner may read it."""
    path = folder / _FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
