"""One question about one client to one partner."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workload.exceptions import Refused
from workload.partner import Partner

__all__ = ["Check"]

NAMESPACE = uuid.UUID("a3f0a8de-56ad-4c5c-9a53-6a2a8f3c2f10")
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Check:
    """The same question has the same id, whoever asks and however often."""

    partner: str
    check: str
    client_reference: str

    @classmethod
    def of(cls, partner: Partner, document: Mapping[str, Any]) -> "Check":
        """Raises: Refused: a member is missing, or is no text."""
        return cls(partner.name, _text(document, "check"), _text(document, "client_reference"))

    @property
    def request_id(self) -> str:
        return str(uuid.uuid5(NAMESPACE, f"{self.partner}\0{self.check}\0{self.client_reference}"))

    @property
    def question(self) -> dict[str, str]:
        """As partners are asked it."""
        return {"check": self.check, "client_reference": self.client_reference}


def _text(document: Mapping[str, Any], member: str) -> str:
    value = document.get(member)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise Refused(
            422,
            "check-invalid",
            f"{member!r} is a text of 1 to {LONGEST_TEXT} characters, got {value!r}. Correct the request.",
        )
    return value
