"""The golden graph: what a change to the program or to the catalogue does, to be seen in review."""

from tests.stacks.golden import FILE, golden
from tests.stacks.graph import Graph


def test_the_declared_graph_is_the_golden_one(slice_graph: Graph) -> None:
    """If the change is meant, run `python -m tests.stacks.golden` and review the difference."""
    assert golden(slice_graph).splitlines() == FILE.read_text().splitlines()


def test_every_reference_is_shown_by_name(slice_graph: Graph) -> None:
    assert "pending-" not in golden(slice_graph)
