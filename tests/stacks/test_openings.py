"""What is known to come is in the declaration: scheduled actions raise the minimum, and lower it again."""

from tests.stacks.graph import Graph

ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
RAISED_FROM, LOWERED_FROM = "cron(0 22 31 5 ? *)", "cron(0 22 7 6 ? *)"


def _minimum(graph: Graph, stack: str, schedule: str) -> dict[str, int]:
    """By service: tasks at least from then on."""
    return {
        it.inputs["resourceId"].rsplit("/", 1)[-1]: it.inputs["scalableTargetAction"]["minCapacity"]
        for it in graph.of_type(ACTION, stack)
        if it.inputs["schedule"] == schedule
    }


def test_an_opening_raises_the_minimum_of_whatever_people_go_through_where_it_can(local_graph: Graph) -> None:
    found = _minimum(local_graph, "services-local", RAISED_FROM)

    assert found == {"portal": 6, "case": 6, "cell-families": 6, "decision": 4}


def test_afterwards_the_minimum_is_what_the_service_began_with(local_graph: Graph) -> None:
    found = _minimum(local_graph, "services-local", LOWERED_FROM)

    assert found == {"portal": 3, "case": 3, "cell-families": 3, "decision": 3}


def test_the_maximum_stays_and_times_are_londons(local_graph: Graph) -> None:
    targets = local_graph.of_type("aws:appautoscaling/target:Target", "services-local")
    most = {it.inputs["resourceId"]: it.inputs["maxCapacity"] for it in targets}

    for action in local_graph.of_type(ACTION):
        assert action.inputs["scalableTargetAction"]["maxCapacity"] == most[action.inputs["resourceId"]]
        assert action.inputs["timezone"] == "Europe/London"


def test_nothing_is_scheduled_where_people_do_not_usually_come_in(local_graph: Graph) -> None:
    assert local_graph.of_type(ACTION, "services-local-standby") == []
