"""What a partner knows about a client: always the same about the same one."""

import hashlib
from typing import Any

__all__ = ["REFUSED_SUFFIX", "answer"]

REFUSED_SUFFIX = "-refused"
"""Of a client reference that no partner confirms; every other is confirmed. An assumption: real partners refuse some,
and a rehearsal that counts payments has to know which."""


def answer(partner: str, check: str, client_reference: str) -> dict[str, Any]:
    """The partner's answer: `outcome` and its own `reference` for it."""
    digest = hashlib.sha256(f"{partner}\0{check}\0{client_reference}".encode()).hexdigest()
    return {
        "partner": partner,
        "check": check,
        "client_reference": client_reference,
        "outcome": "not-confirmed" if client_reference.endswith(REFUSED_SUFFIX) else "confirmed",
        "reference": digest[:16],
    }
