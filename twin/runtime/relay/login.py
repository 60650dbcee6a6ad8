"""How a client logs in to a store, as the store's end of the connection hears it. Pure.

A conversation takes what the client sends, and says what is to be done: pass bytes on, answer in the store's place, or
ask whether a user may come in with a token. The store behind it trusts whoever gets through.
"""

from dataclasses import dataclass
from typing import Protocol

__all__ = ["Answer", "Ask", "Conversation", "Forward", "HangUp", "Step"]


@dataclass(frozen=True)
class Forward:
    """The store gets these bytes."""

    data: bytes


@dataclass(frozen=True)
class Answer:
    """The client gets these bytes, as if they were the store's."""

    data: bytes


@dataclass(frozen=True)
class Ask:
    """Nothing more is heard until somebody has judged."""

    user: str
    token: str


@dataclass(frozen=True)
class HangUp:
    """The connection ends once the client has what it was answered."""


Step = Forward | Answer | Ask | HangUp


class Conversation(Protocol):
    """Attributes: is_over: whatever follows passes through."""

    is_over: bool

    def take(self, data: bytes) -> list[Step]:
        """What comes of the bytes; an `Ask` is the last of them."""
        ...

    def judged(self, *, is_admitted: bool) -> list[Step]:
        """What comes of the verdict on the last `Ask`, and of what was heard meanwhile."""
        ...
