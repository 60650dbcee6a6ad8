"""What is announced reaches the queues that the catalogue names, where both stand."""

import json
from collections.abc import Iterator
from typing import Any

from catalogue import Catalogue
from tests.stacks.graph import Graph, Resource

QUEUE = "aws:sqs/queue:Queue"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"
TOPIC = "aws:sns/topic:Topic"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
RULE = "aws:cloudwatch/eventRule:EventRule"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"


def deliveries(graph: Graph) -> set[tuple[str, str, str]]:
    """Stack, what delivers, and the queue."""
    subscribed = {
        (it.stack, _named(graph, TOPIC, it.inputs["topic"]), _queue(graph, it, "endpoint"))
        for it in graph.of_type(SUBSCRIPTION)
        if it.inputs["protocol"] == "sqs"
    }
    routed = {
        (it.stack, it.inputs["eventBusName"], _queue(graph, it, "arn"))
        for it in graph.of_type(TARGET)
        if it.stack.startswith("data-")
    }
    return subscribed | routed


def wanted(real: Catalogue, environment: str) -> Iterator[tuple[str, str, str]]:
    estate = real.estate(environment)
    for suffix in ("", "-standby") if estate.environment.standby else ("",):
        for announced in (*estate.topics.values(), *estate.buses.values()):
            for queue in announced.delivers_to:
                if queue in estate.queues:
                    yield f"data-{environment}{suffix}", announced.name, queue


def _named(graph: Graph, type_: str, arn: str) -> str:
    [found] = [it for it in graph.of_type(type_) if it.output("arn") in arn]
    return found.inputs["name"]


def _queue(graph: Graph, resource: Resource, member: str) -> str:
    return _named(graph, QUEUE, resource.inputs[member])


def test_every_queue_gets_what_the_catalogue_says_in_both_regions(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    assert deliveries(graph) == set(wanted(real, environment))


def test_in_local_the_hub_gets_everything(local_graph: Graph) -> None:
    assert deliveries(local_graph) == {
        (stack, announced, "hub-events")
        for stack in ("data-local", "data-local-standby")
        for announced in ("agency", "applications", "payments-announced")
    }


def test_where_no_hub_stands_nothing_is_delivered(slice_graph: Graph) -> None:
    assert deliveries(slice_graph) == set()
    assert [it.inputs["name"] for it in slice_graph.of_type(TOPIC, "data-slice")] == [
        "applications",
        "payments-announced",
    ]


def test_a_queue_and_its_dead_letters_admit_those_who_deliver_to_it_and_nobody_else(
    local_graph: Graph,
) -> None:
    for suffix in ("policy", "dlq-policy"):
        policy = local_graph.one(QUEUE_POLICY, f"hub-events-{suffix}", "data-local")
        assert [_admitted(it) for it in policy.statements() if it["Effect"] == "Allow"] == [
            ("sns.amazonaws.com", "topic"),
            ("sns.amazonaws.com", "topic"),
            ("events.amazonaws.com", "rule"),
        ]


def _admitted(statement: Any) -> tuple[str, str]:
    source = statement["Condition"]["ArnLike"]["aws:SourceArn"]
    return statement["Principal"]["Service"], "rule" if ":rule/" in source else "topic"


def test_what_is_not_delivered_is_among_the_dead_letters(local_graph: Graph) -> None:
    dead = local_graph.one(QUEUE, "hub-events-dlq", "data-local").output("arn")
    of_topics = [it.document("redrivePolicy") for it in local_graph.of_type(SUBSCRIPTION, "data-local")]
    of_rules = [it.inputs["deadLetterConfig"] for it in local_graph.of_type(TARGET, "data-local")]
    assert len(of_topics) == 2
    assert len(of_rules) == 1
    assert all(dead in json.dumps(it) for it in (*of_topics, *of_rules))


def test_the_rule_takes_every_event_of_the_estates_services(local_graph: Graph) -> None:
    [rule] = local_graph.of_type(RULE, "data-local")
    assert rule.document("eventPattern") == {"source": [{"prefix": "estate."}]}
