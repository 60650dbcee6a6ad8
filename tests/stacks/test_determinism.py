"""The same declaration gives the same graph, whatever is known of it yet."""

import pytest

from tests.stacks.conftest import Evaluated, evaluate
from tests.stacks.graph import Graph

OTHER_SEED = "2"


@pytest.mark.parametrize("environment", ["slice", pytest.param("prod", marks=pytest.mark.full)])
def test_another_order_of_sets_gives_the_same_bytes(environment: str, evaluated: Evaluated) -> None:
    assert evaluate(environment, hash_seed=OTHER_SEED) == evaluated(environment)


@pytest.mark.parametrize("environment", ["slice", pytest.param("prod", marks=pytest.mark.full)])
def test_with_every_computed_output_unknown_the_same_resources_are_registered(
    environment: str, evaluated: Evaluated
) -> None:
    """As under Pulumi's own preview of an estate of which nothing is there yet."""
    known, unknown = Graph.read(evaluated(environment)), Graph.read(evaluate(environment, "--unknown"))

    assert {(it.urn, it.type, it.parent) for it in unknown} == {(it.urn, it.type, it.parent) for it in known}
