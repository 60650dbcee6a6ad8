"""Errors of Lambda's handlers.

EstateError
└── PackageError    a function's code cannot be turned into a deployment package
"""

from engine.exceptions import EstateError

__all__ = ["PackageError"]


class PackageError(EstateError):
    """A function's code is no archive, or cannot be read."""
