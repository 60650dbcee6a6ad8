"""The size of a task: the pairs of CPU and memory that Fargate runs."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self

from pydantic import Field, model_validator

from catalogue.entry import Entry
from catalogue.rule import broken

__all__ = ["FARGATE_MEMORY_BY_CPU", "Size"]

# CPU units to MiB, on Linux. Source: Amazon ECS Developer Guide, "Troubleshoot Amazon ECS task definition
# invalid CPU or memory errors", table of valid combinations.
FARGATE_MEMORY_BY_CPU: Mapping[int, tuple[int, ...]] = MappingProxyType(
    {
        256: (512, 1024, 2048),
        512: tuple(range(1024, 4096 + 1, 1024)),
        1024: tuple(range(2048, 8192 + 1, 1024)),
        2048: tuple(range(4096, 16384 + 1, 1024)),
        4096: tuple(range(8192, 30720 + 1, 1024)),
        8192: tuple(range(16384, 61440 + 1, 4096)),
        16384: tuple(range(32768, 122880 + 1, 8192)),
    }
)


class Size(Entry):
    """What one task may use."""

    cpu: int = Field(strict=True)
    """CPU units; 1024 are one vCPU."""
    memory_mib: int = Field(strict=True)

    @model_validator(mode="after")
    def _is_a_fargate_pair(self) -> Self:
        if self.cpu not in FARGATE_MEMORY_BY_CPU:
            raise broken(
                "CPU must be a size that Fargate has", self.cpu, _choice(FARGATE_MEMORY_BY_CPU), "cpu"
            )
        memory = FARGATE_MEMORY_BY_CPU[self.cpu]
        if self.memory_mib not in memory:
            rule = f"Memory must be one that Fargate pairs with {self.cpu} CPU units"
            raise broken(rule, self.memory_mib, _choice(memory), "memory_mib")
        return self


def _choice(numbers: Iterable[int]) -> str:
    return f"Choose one of {', '.join(str(number) for number in numbers)}."
