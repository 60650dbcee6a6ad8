"""Recovery: playbooks that a person follows alone, and the steps that carry out the same and measure it."""

from runbooks.drill import Drill, Drilled, People, StepTaken, Verification
from runbooks.exceptions import RunbookError
from runbooks.library import NAMES, playbook
from runbooks.playbook import Playbook
from runbooks.step import Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = [
    "NAMES",
    "Drill",
    "Drilled",
    "People",
    "Playbook",
    "RunbookError",
    "Step",
    "StepKind",
    "StepTaken",
    "Surroundings",
    "Verification",
    "playbook",
]
