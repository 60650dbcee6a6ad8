"""How many tasks a backlog asks for."""

from dataclasses import dataclass

from components.exceptions import ComponentError

__all__ = ["CapacityStep", "queue_steps"]


@dataclass(frozen=True)
class CapacityStep:
    """That many tasks for more than `above` and up to `below` messages; no bound where None."""

    tasks: int
    above: int
    below: int | None


def queue_steps(messages_per_task: int, maximum: int) -> tuple[CapacityStep, ...]:
    """Steps that double from one task to the maximum, so that a backlog of any size meets enough of them.

    Args:
        messages_per_task: backlog that one task may have before a second one starts.
        maximum: tasks at most, at least one.
    """
    if messages_per_task < 1 or maximum < 1:
        raise ComponentError(
            "A queue is drained by at least one task with at least one message each, "
            f"got {messages_per_task!r} messages a task and {maximum!r} tasks. Raise what is below one."
        )
    capacities = _doubling(maximum)
    bounds = [0, *(tasks * messages_per_task for tasks in capacities[:-1])]
    return tuple(
        CapacityStep(tasks, above, below)
        for tasks, above, below in zip(capacities, bounds, [*bounds[1:], None], strict=True)
    )


def _doubling(maximum: int) -> list[int]:
    capacities = [1]
    while capacities[-1] < maximum:
        capacities.append(min(capacities[-1] * 2, maximum))
    return capacities
