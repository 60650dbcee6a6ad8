"""How many tasks the declaration starts, as ECS will be asked for them."""

from tests.stacks.graph import Graph, Resource

SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"

THREE = {
    "portal", "case", "decision", "payments", "exchange-government",
    "cell-carers", "cell-disability", "cell-families", "cell-seasonal-and-one-off",
}  # fmt: skip
ONE = {"documents", "exchange-health", "exchange-local-authority", "hub", "interaction", "master-data"}


def desired(graph: Graph, stack: str) -> dict[str, int]:
    """Tasks by service, of those that have any."""
    counts = {it.inputs["name"]: it.inputs["desiredCount"] for it in graph.of_type(SERVICE, stack)}
    return {name: count for name, count in counts.items() if count}


def test_local_starts_33_tasks_three_of_whatever_must_outlive_a_zone(local_graph: Graph) -> None:
    assert desired(local_graph, "services-local") == dict.fromkeys(THREE, 3) | dict.fromkeys(ONE, 1)


def test_local_stands_by_with_three_tasks(local_graph: Graph) -> None:
    assert desired(local_graph, "services-local-standby") == {"portal": 1, "case": 1, "payments": 1}


def test_local_is_within_36_tasks_of_which_6_may_stand_by(local_graph: Graph) -> None:
    primary = sum(desired(local_graph, "services-local").values())
    standby = sum(desired(local_graph, "services-local-standby").values())

    assert primary + standby <= 36
    assert standby <= 6


def test_slice_starts_nine_tasks_and_grows_to_twelve(slice_graph: Graph) -> None:
    counts = desired(slice_graph, "services-slice")
    most = [it.inputs["maxCapacity"] for it in slice_graph.of_type(TARGET, "services-slice")]

    assert counts == {"portal": 3, "cell-families": 3, "case": 2, "payments": 1}
    assert sum(counts.values()) <= sum(most) <= 12


def test_scaling_starts_from_the_desired_count_and_owns_it_from_then_on(graph: Graph) -> None:
    targets = {(it.stack, _service(it)): it for it in graph.of_type(TARGET)}
    services = {(it.stack, it.inputs["name"]): it for it in graph.of_type(SERVICE)}

    assert targets.keys() == services.keys()
    for key, service in services.items():
        assert targets[key].inputs["minCapacity"] == service.inputs["desiredCount"]
        assert service.ignore_changes == ("desiredCount",)
        assert sorted(targets[key].ignore_changes) == ["maxCapacity", "minCapacity"]


def _service(target: Resource) -> str:
    """Of ``service/<cluster>/<service>``."""
    return target.inputs["resourceId"].rsplit("/", 1)[-1]
