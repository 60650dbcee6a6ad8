"""Secrets in the state are ciphertext, in the shape that Pulumi's checkpoint gives them."""

import base64
import json
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.exceptions import StateCorrupt
from engine.wire import SECRET, SIGNATURE, map_secrets

__all__ = ["Vault"]

_NONCE_BYTES = 12
"""Source: NIST SP 800-38D, 5.2.1.1: 96 bits are recommended."""


class Vault:
    """Seals and opens secrets with a key of its own, kept beside the state and readable by its owner only.

    It keeps values out of backups, logs and copies of the state; whoever reads the key file reads the values.
    """

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        self._cipher: AESGCM | None = None
        self._making = threading.Lock()

    def seal(self, value: Any) -> Any:
        """The value with every secret in it as ciphertext."""
        return map_secrets(value, self._seal_one)

    def open(self, value: Any) -> Any:
        """The value with every sealed secret in it readable again."""
        return map_secrets(value, self._open_one)

    def _seal_one(self, wrapper: dict[str, Any]) -> dict[str, Any]:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._key().encrypt(nonce, json.dumps(wrapper.get("value")).encode(), None)
        return {SIGNATURE: SECRET, "ciphertext": base64.b64encode(sealed).decode()}

    def _open_one(self, wrapper: dict[str, Any]) -> dict[str, Any]:
        try:
            sealed = base64.b64decode(wrapper["ciphertext"])
            value = self._key().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except (KeyError, ValueError, InvalidTag) as error:
            raise StateCorrupt(
                f"A secret in the state does not open with the key in {str(self._key_file)!r}. "
                "Put the key back that belongs to this state, or take the twin away with 'estate down'."
            ) from error
        return {SIGNATURE: SECRET, "value": json.loads(value)}

    def _key(self) -> AESGCM:
        with self._making:
            if self._cipher is None:
                self._cipher = AESGCM(self._read_or_make())
            return self._cipher

    def _read_or_make(self) -> bytes:
        if not self._key_file.exists():
            self._make()
        return base64.b64decode(self._key_file.read_bytes())

    def _make(self) -> None:
        """A key is there, whole, whoever made it: a full disk or a crash leaves none rather than half of one."""
        self._key_file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=self._key_file.parent, prefix=f"{self._key_file.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(AESGCM.generate_key(256)))
            with suppress(FileExistsError):
                os.link(partial, self._key_file)
        finally:
            Path(partial).unlink()
