"""What the walk over the stacks asks of Pulumi, and what it is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.diff import PropertyDifference

__all__ = ["Change", "Outcome", "StackFailed", "Workspace"]


@dataclass(frozen=True)
class Change:
    """One resource in a plan. Attributes: operation: Pulumi's word: create, update, replace, delete, same."""

    operation: str
    urn: str
    differences: Sequence[PropertyDifference] = ()


@dataclass(frozen=True)
class Outcome:
    """What a preview foresees or a deployment did. Attributes: counts: resources by Pulumi's operation."""

    counts: Mapping[str, int]
    changes: Sequence[Change] = ()


class StackFailed(Exception):
    """Pulumi ended with an error in one stack. It never leaves this package."""

    def __init__(self, stack: str, reason: str) -> None:
        self.stack, self.reason = stack, reason
        super().__init__(f"Stack {stack!r}: {reason}")


class Workspace(Protocol):
    """One project's stacks under Pulumi. Each method raises StackFailed when Pulumi ends with an error."""

    def stacks(self) -> Collection[str]:
        """The stacks that the backend has of this project."""
        ...

    def preview(self, stack: str) -> Outcome:
        """What `up` would do to a stack that the backend has."""
        ...

    def up(self, stack: str) -> Outcome:
        """The stack is as declared; the backend has it, also where it had not before."""
        ...

    def preview_destroy(self, stack: str) -> Outcome: ...

    def destroy(self, stack: str) -> Outcome:
        """Nothing of the stack is left; the backend still has its name and history."""
        ...

    def drift(self, stack: str) -> Outcome:
        """What differs on AWS from the stack's state, which stays as it is."""
        ...
