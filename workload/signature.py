"""Values that a person keeps for us and cannot change: signed, for the time when the cache that knows them is away."""

import base64
import hashlib
import hmac
import json
from typing import Any

__all__ = ["read", "sign"]


def sign(value: Any, key: bytes) -> str:
    """The value as text that `read` accepts with the same key."""
    body = base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return f"{body}.{_digest(body, key)}"


def read(text: str, key: bytes) -> Any:
    """The value, or None where the text was not signed with this key."""
    body, _, digest = text.rpartition(".")
    if not body or not hmac.compare_digest(digest, _digest(body, key)):
        return None
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def _digest(body: str, key: bytes) -> str:
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()
