"""Errors of the threat model.

EstateError
└── ThreatsInvalid    the register of threats breaks its rules
"""

from engine.exceptions import EstateError

__all__ = ["ThreatsInvalid"]


class ThreatsInvalid(EstateError):
    """The register of threats breaks its rules."""
