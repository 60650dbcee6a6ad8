"""Errors of the other scans.

engine.exceptions.EstateError
└── AnalysisError       an analysis cannot be run as it was asked for
    ├── ToolsMissing    the environment of the tools is not there, or is an old one
    ├── ToolFailed      a tool ended in a way that says nothing of what it was to look at
    ├── RegisterWrong   a register that the project keeps (reviews, licences, threats) breaks its rules
    ├── InputWrong      what the analysis was to look at cannot be read
    └── HostNotListed   a dynamic scan of something that is neither loopback nor listed
"""

from engine.exceptions import EstateError

__all__ = [
    "AnalysisError",
    "HostNotListed",
    "InputWrong",
    "RegisterWrong",
    "ToolFailed",
    "ToolsMissing",
]


class AnalysisError(EstateError):
    """An analysis cannot be run as it was asked for."""


class ToolsMissing(AnalysisError):
    """The environment of the tools is not there, or is an old one."""


class ToolFailed(AnalysisError):
    """A tool ended in a way that says nothing of what it was to look at."""


class RegisterWrong(AnalysisError):
    """A register that the project keeps breaks its rules."""


class InputWrong(AnalysisError):
    """What the analysis was to look at cannot be read."""


class HostNotListed(AnalysisError):
    """A dynamic scan sends hostile requests: it goes to loopback, or to what was listed by name."""
