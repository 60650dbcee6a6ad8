"""What goes wrong between a client and the estate.

ClientError
├── EdgeInvalid         the estate's address cannot be used; trying again does not help
└── AttemptFailed       no answer came; trying again may help
"""

__all__ = ["AttemptFailed", "ClientError", "EdgeInvalid"]


class ClientError(Exception):
    """Base class of this package."""


class EdgeInvalid(ClientError):
    """The estate's address cannot be used."""


class AttemptFailed(ClientError):
    """No answer came. Attributes: reason: `timeout`, `refused`, `broken` or another word for machines."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
