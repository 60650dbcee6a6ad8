"""Errors of authorization.

EstateError
├── MalformedPolicy   a document is no policy
└── MalformedToken    what is presented to log in is no token
"""

from engine.exceptions import EstateError

__all__ = ["MalformedPolicy", "MalformedToken"]


class MalformedPolicy(EstateError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"A policy is an object of JSON with a list of statements: {reason}.")


class MalformedToken(EstateError):
    """Its text is the reason alone, which a refusal repeats."""
