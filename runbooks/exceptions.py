"""What goes wrong with a recovery beside the estate itself.

evidence.EvidenceError
└── RunbookError            the command line says it in one sentence and exits with 2
    ├── PlaybookUnknown     there is no playbook of that name
    ├── PlaybookInvalid     a playbook's page is not as its reader expects
    ├── NotPossibleHere     the environment lacks what the playbook moves
    ├── NotReady            a precheck does not hold; nothing was changed
    ├── DrillUnknown        nothing can be resumed by that name
    ├── EndpointRefused     a fault was asked for, and the endpoint refused it
    └── StepFailed          a step did not come about in its time; the drill is told as failed, and can be resumed
"""

from evidence.exceptions import EvidenceError

__all__ = [
    "DrillUnknown",
    "EndpointRefused",
    "NotPossibleHere",
    "NotReady",
    "PlaybookInvalid",
    "PlaybookUnknown",
    "RunbookError",
    "StepFailed",
]


class RunbookError(EvidenceError):
    """Base class of this package."""


class PlaybookUnknown(RunbookError):
    """No playbook has that name; the message lists those that there are."""


class PlaybookInvalid(RunbookError):
    """A page cannot be read as a playbook."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where} is not a playbook: {reason}")


class NotPossibleHere(RunbookError):
    """The environment has nothing that this playbook could move, or AWS has no call for it."""


class NotReady(RunbookError):
    """What must be so beforehand is not. Attributes: step: its id. lacking: a sentence."""

    def __init__(self, step: str, lacking: str) -> None:
        self.step, self.lacking = step, lacking
        super().__init__(f"Nothing was changed, because '{step}' does not hold: {lacking}")


class DrillUnknown(RunbookError):
    """There is no such drill, or nothing of it is left to do."""


class EndpointRefused(RunbookError):
    """The twin's fault endpoint did not do what it was asked for."""


class StepFailed(RunbookError):
    """Attributes: step: its id. lacking: what was still not so when its time was over."""

    def __init__(self, step: str, lacking: str, seconds: float) -> None:
        self.step, self.lacking = step, lacking
        super().__init__(f"Step '{step}' did not come about within {seconds:g} s: {lacking}")
