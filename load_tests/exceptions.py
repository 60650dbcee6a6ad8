"""What goes wrong with a launch before, or beside, what the estate does.

evidence.EvidenceError
└── LoadError               the command line says it in one sentence and exits with 2
    ├── LaunchUnknown       the catalogue has no such launch, or the environment cannot have it
    ├── TargetRefused       the address is not one of the environment's own
    ├── EstateDown          nobody answers there
    ├── ScaleInvalid        a scale that leaves nothing to run, or is none
    ├── GeneratorFailed     the generator's process ended before its schedule did
    └── MinimumNotRaised    an announced launch could not be announced
"""

from evidence.exceptions import EvidenceError

__all__ = [
    "EstateDown",
    "GeneratorFailed",
    "LaunchUnknown",
    "LoadError",
    "MinimumNotRaised",
    "ScaleInvalid",
    "TargetRefused",
]


class LoadError(EvidenceError):
    """Base class of this package."""


class LaunchUnknown(LoadError):
    """There is no such launch, or the environment does not have what it needs."""


class TargetRefused(LoadError):
    """Load goes to an environment's own addresses and to no other."""


class EstateDown(LoadError):
    """Nothing was sent, because nobody would have answered."""


class ScaleInvalid(LoadError):
    """A scale is a number above 0 with which somebody still comes."""


class GeneratorFailed(LoadError):
    """The generator ended before its schedule. Attributes: last_lines: that it wrote."""

    def __init__(self, message: str, last_lines: str = "") -> None:
        self.last_lines = last_lines
        super().__init__(message)


class MinimumNotRaised(LoadError):
    """The scheduled minimum did not take effect; it is as it was."""
