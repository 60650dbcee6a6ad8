"""Which requests the load balancer sends where."""

from collections import Counter

from catalogue import Catalogue
from tests.stacks.graph import Graph

RULE = "aws:lb/listenerRule:ListenerRule"


def test_no_two_rules_of_a_listener_have_the_same_priority(graph: Graph) -> None:
    used = Counter((it.inputs["listenerArn"], it.inputs["priority"]) for it in graph.of_type(RULE))
    assert [priority for priority, count in used.items() if count > 1] == []


def test_rules_are_asked_from_the_narrowest_to_the_widest(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    """A benefit's before its cell's, and the portal's, which takes everything else, last."""
    estate = real.estate(environment)
    rules = sorted(graph.of_type(RULE, f"services-{environment}"), key=lambda it: it.inputs["priority"])
    kinds = [it.name.split("-", 1)[0] for it in rules if it.name.startswith(("benefit-", "cell-"))]

    assert kinds == ["benefit"] * len(estate.benefits) + ["cell"] * len(estate.cells)
    assert rules[-1].inputs["conditions"] == [{"pathPattern": {"values": ["/*"]}}]


def test_every_rule_has_a_path_of_its_own(graph: Graph) -> None:
    paths = Counter(
        (it.stack, path)
        for it in graph.of_type(RULE)
        for condition in it.inputs["conditions"]
        for path in condition["pathPattern"]["values"]
    )
    assert [path for path, count in paths.items() if count > 1] == []
