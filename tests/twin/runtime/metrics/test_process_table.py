"""The kernel's counts of a process and of all that it started."""

import os

from twin.runtime.metrics.process_table import ProcessTable, ProcessTimes, parsed, resident_bytes

TICKS = os.sysconf("SC_CLK_TCK")


def test_a_tree_is_counted_with_children_that_have_ended() -> None:
    table = ProcessTable(
        [
            ProcessTimes(10, 1, 1.0, 5.0),
            ProcessTimes(11, 10, 2.0, 0.0),
            ProcessTimes(12, 11, 4.0, 0.0),
            ProcessTimes(20, 1, 100.0, 0.0),
        ]
    )
    assert table.tree(10) == [10, 11, 12]
    assert table.cpu_seconds(10) == 12.0
    assert table.cpu_seconds(99) is None


def test_a_name_with_brackets_and_spaces_is_passed_over() -> None:
    line = b"42 (post ) gres (x)) S 7 42 42 0 -1 0 0 0 0 0 " + b" ".join(
        str(it * TICKS).encode() for it in (3, 4, 5, 6)
    )
    assert parsed(line + b" 20 0 1") == ProcessTimes(42, 7, 7.0, 11.0)
    assert parsed(b"") is None


def test_this_process_is_in_the_table_and_holds_memory() -> None:
    table = ProcessTable.read()
    used = table.cpu_seconds(os.getpid())
    assert used is not None
    assert used > 0
    assert resident_bytes([os.getpid(), 2**30]) > 1_000_000
