"""Why an experiment is not begun, or does not go on.

evidence.EvidenceError
└── ChaosError              the command line says it in one sentence and exits with 2
    ├── ExperimentUnknown   no file of that name
    ├── ExperimentInvalid   the file, or what was asked of it, is not as it must be
    ├── NotAllowed          the environment is not to be experimented on, or the address is not its own
    ├── TargetMissing       there is nothing to break, so nothing would be shown
    ├── BlastTooLarge       what would be left cannot carry the load
    ├── EstateAway          what must answer before anything is broken does not
    ├── FaultRefused        the environment did not begin the fault
    └── NoRun               an action was called outside of an experiment with this project's controls
"""

from evidence.exceptions import EvidenceError

__all__ = [
    "BlastTooLarge",
    "ChaosError",
    "EstateAway",
    "ExperimentInvalid",
    "ExperimentUnknown",
    "FaultRefused",
    "NoRun",
    "NotAllowed",
    "TargetMissing",
]


class ChaosError(EvidenceError):
    """Base class of this package."""


class ExperimentUnknown(ChaosError):
    """There is no such experiment."""


class ExperimentInvalid(ChaosError):
    """An experiment or a setting cannot be read."""


class NotAllowed(ChaosError):
    """Nobody agreed that this may be broken."""


class TargetMissing(ChaosError):
    """A target matches nothing."""


class BlastTooLarge(ChaosError):
    """A loss that the rest cannot bear is an outage, and no experiment."""


class EstateAway(ChaosError):
    """The estate, or its API, does not answer."""


class FaultRefused(ChaosError):
    """The fault was not begun."""


class NoRun(ChaosError):
    """The controls that watch over an action are not at work, so it does nothing."""
