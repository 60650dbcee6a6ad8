"""Sizes are those that Fargate runs."""

import pytest

from catalogue.size import FARGATE_MEMORY_BY_CPU, Size
from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            ("services.yaml", "{cpu: 512, memory_mib: 1024}", "{cpu: 500, memory_mib: 1024}"),
        ],
        [
            "services.yaml: portal.size.cpu: CPU must be a size that Fargate has, got 500. "
            "Choose one of 256, 512, 1024, 2048, 4096, 8192, 16384.",
        ],
        id="cpu-between-sizes",
    ),
    pytest.param(
        [
            ("services.yaml", "{cpu: 512, memory_mib: 1024}", "{cpu: 512, memory_mib: 512}"),
        ],
        [
            "services.yaml: portal.size.memory_mib: Memory must be one that Fargate pairs with "
            "512 CPU units, got 512. Choose one of 1024, 2048, 3072, 4096.",
        ],
        id="memory-of-a-smaller-size",
    ),
    pytest.param(
        [
            ("services.yaml", "{cpu: 512, memory_mib: 1024}", "{cpu: 16384, memory_mib: 36864}"),
        ],
        [
            "services.yaml: portal.size.memory_mib: Memory must be one that Fargate pairs with "
            "16384 CPU units, got 36864. Choose one of 32768, 40960, 49152, 57344, 65536, 73728, "
            "81920, 90112, 98304, 106496, 114688, 122880.",
        ],
        id="memory-between-steps",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_an_impossible_pair_is_refused_with_the_possible_ones(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected


def test_every_pair_of_the_table_is_a_size() -> None:
    pairs = [(cpu, memory) for cpu, memories in FARGATE_MEMORY_BY_CPU.items() for memory in memories]

    assert [(size.cpu, size.memory_mib) for size in (Size(cpu=c, memory_mib=m) for c, m in pairs)] == pairs


def test_the_table_ends_where_fargate_ends() -> None:
    ends = {
        cpu: (memories[0], memories[-1], len(memories)) for cpu, memories in FARGATE_MEMORY_BY_CPU.items()
    }

    assert ends == {
        256: (512, 2048, 3),
        512: (1024, 4096, 4),
        1024: (2048, 8192, 7),
        2048: (4096, 16384, 13),
        4096: (8192, 30720, 23),
        8192: (16384, 61440, 12),
        16384: (32768, 122880, 12),
    }
