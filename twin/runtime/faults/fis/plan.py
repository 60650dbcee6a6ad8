"""What to do about an experiment now: which actions begin, which end, and whether all is over."""

from collections.abc import Mapping
from dataclasses import dataclass

from twin.runtime.faults.fis.model import ENDED, Experiment, Status, Step

__all__ = ["Orders", "Outcome", "orders", "outcome"]

_GONE_BY = frozenset({Status.COMPLETED, Status.SKIPPED})

Steps = Mapping[str, Step]


@dataclass(frozen=True)
class Orders:
    """Attributes: begin, end: names of actions; cancel: of those that will not begin; end_as: how the ended end."""

    begin: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    cancel: tuple[str, ...] = ()
    end_as: Status = Status.COMPLETED


@dataclass(frozen=True)
class Outcome:
    status: Status
    reason: str


def orders(experiment: Experiment, steps: Steps, now: float, *, is_stopping: bool) -> Orders:
    """The next things to do.

    An action begins when all that it comes after have completed. When one fails, or somebody stops the experiment,
    what runs is ended early and what has not begun never does. Source: FIS user guide, "Actions" and "Experiments".
    """
    running = tuple(name for name, step in steps.items() if step.status is Status.RUNNING)
    waiting = {name for name, step in steps.items() if step.status is Status.PENDING}
    if is_stopping or _failed(steps):
        return Orders(end=running, cancel=tuple(sorted(waiting)), end_as=Status.STOPPED)
    return Orders(
        begin=tuple(
            it.name
            for it in experiment.actions
            if it.name in waiting and all(steps[name].status in _GONE_BY for name in it.start_after)
        ),
        end=tuple(name for name in running if (steps[name].ends_at or 0) <= now),
    )


def outcome(experiment: Experiment, steps: Steps, *, is_stopping: bool) -> Outcome | None:
    """How it ended; None while it goes on. Actions that wait for each other would go on for ever: they fail it."""
    if failed := _failed(steps):
        is_over = all(step.status in ENDED for step in steps.values())
        return Outcome(Status.FAILED, f"Action {failed} failed.") if is_over else None
    if any(step.status not in ENDED for step in steps.values()):
        idle = orders(experiment, steps, float("inf"), is_stopping=is_stopping) == Orders()
        return Outcome(Status.FAILED, "Actions wait for each other.") if idle else None
    if is_stopping:
        return Outcome(Status.STOPPED, "Experiment was stopped.")
    return Outcome(Status.COMPLETED, "Experiment completed.")


def _failed(steps: Steps) -> str | None:
    return next((name for name, step in steps.items() if step.status is Status.FAILED), None)
