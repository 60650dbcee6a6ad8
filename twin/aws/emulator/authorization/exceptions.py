"""Errors of authorization.

EstateError
└── MalformedPolicy   a document is no policy
"""

from engine.exceptions import EstateError

__all__ = ["MalformedPolicy"]


class MalformedPolicy(EstateError):
    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"A policy is an object of JSON with a list of statements: {reason}.")
