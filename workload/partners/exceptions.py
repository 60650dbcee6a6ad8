"""What the partners' stand-ins refuse.

PartnerError
├── SettingsInvalid    the settings file is not what it must be
└── CallRefused        a caller's mistake, answered with a status
"""

__all__ = ["CallRefused", "PartnerError", "SettingsInvalid"]


class PartnerError(Exception):
    """Base class of this package."""


class SettingsInvalid(PartnerError):
    """The settings file cannot be used."""


class CallRefused(PartnerError):
    """A call that trying again will not mend.

    Attributes:
        status: of the answer. code: for machines. message: for people.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
