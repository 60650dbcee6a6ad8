"""What happens to a message that cannot be handled."""

from catalogue import Catalogue, QueueSettings
from tests.stacks.graph import Graph, Resource

QUEUE = "aws:sqs/queue:Queue"
REDRIVE_ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"


def pairs(graph: Graph) -> dict[str, tuple[Resource, Resource]]:
    """Each queue and its dead-letter queue, by stack and component."""
    made: dict[str, tuple[Resource, Resource]] = {}
    for component in graph.of_type("estate:data:Queue"):
        by_name = {it.name: it for it in graph.children(component) if it.type == QUEUE}
        made[str(component)] = (by_name[f"{component.name}-queue"], by_name[f"{component.name}-dlq"])
    return made


def test_there_is_no_queue_without_a_dead_letter_queue_of_its_own(graph: Graph) -> None:
    paired = sorted(it.urn for pair in pairs(graph).values() for it in pair)
    assert paired == sorted(it.urn for it in graph.of_type(QUEUE))


def test_every_queue_hands_over_to_its_own_dead_letter_queue_which_admits_no_other(graph: Graph) -> None:
    allowed = {
        it.inputs["queueUrl"]: it.document("redriveAllowPolicy") for it in graph.of_type(REDRIVE_ALLOW)
    }
    for queue, dead in pairs(graph).values():
        assert queue.document("redrivePolicy")["deadLetterTargetArn"].endswith(dead.output("arn"))
        assert allowed[dead.output("url")]["redrivePermission"] == "byQueue"
        [source] = allowed[dead.output("url")]["sourceQueueArns"]
        assert source.endswith(queue.output("arn"))


def test_dead_letters_outlive_the_queue_they_come_from(graph: Graph) -> None:
    for queue, dead in pairs(graph).values():
        assert queue.inputs["messageRetentionSeconds"] < dead.inputs["messageRetentionSeconds"] == 14 * 86_400


def test_a_queue_has_the_settings_of_its_catalogue_entry(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    wanted: dict[str, QueueSettings] = dict(estate.queues) | {
        f"benefit-{slug}": estate.cells[it.cell].queue for slug, it in estate.benefits.items()
    }
    stack = f"data-{environment}"
    given = {
        name: (
            queue.document("redrivePolicy")["maxReceiveCount"],
            queue.inputs["visibilityTimeoutSeconds"],
            queue.inputs["messageRetentionSeconds"] // 86_400,
        )
        for name in wanted
        for queue in [graph.one(QUEUE, f"{name}-queue", stack)]
    }
    assert given == {
        name: (it.max_receive_count, it.visibility_timeout_seconds, it.retention_days)
        for name, it in wanted.items()
    }
