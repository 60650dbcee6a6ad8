"""The sizes in which Fargate runs tasks."""

from collections.abc import Mapping

from components.exceptions import ComponentError

__all__ = ["MEMORY_BY_CPU", "check_fargate_size"]

GIB = 1024


def _gib(first: int, last: int, step: int = 1) -> tuple[int, ...]:
    return tuple(gib * GIB for gib in range(first, last + 1, step))


MEMORY_BY_CPU: Mapping[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: _gib(1, 4),
    1024: _gib(2, 8),
    2048: _gib(4, 16),
    4096: _gib(8, 30),
    8192: _gib(16, 60, 4),
    16384: _gib(32, 120, 8),
}
"""MiB that go with each number of CPU units (1024 are one vCPU).
Source: ECS developer guide, "Task CPU and memory" for Fargate."""


def check_fargate_size(cpu: int, memory_mib: int) -> None:
    """Raises ComponentError where Fargate has no task of that size."""
    if cpu not in MEMORY_BY_CPU:
        allowed = ", ".join(map(str, MEMORY_BY_CPU))
        raise ComponentError(f"Fargate has tasks of {allowed} CPU units, got {cpu!r}. Choose one of them.")
    if memory_mib not in MEMORY_BY_CPU[cpu]:
        allowed = ", ".join(map(str, MEMORY_BY_CPU[cpu]))
        raise ComponentError(
            f"Fargate pairs {cpu} CPU units with {allowed} MiB, got {memory_mib!r}. Choose one of them."
        )
