"""Topics, buses and streams, and the delivery of what is announced to queues."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalogue import Announced, Bus, Stream, Topic
from components.event_bus import EventBus, QueueRoute
from components.queue import Queue
from components.resource_policy import ServiceSource
from components.stream import Stream as StreamComponent
from components.topic import QueueSubscription
from components.topic import Topic as TopicComponent
from stacks.context import StackContext, export
from stacks.names import Layer

__all__ = ["SOURCES", "Events", "declare_events"]

SOURCES = {"source": [{"prefix": "estate."}]}
"""Pattern of the events that the estate's services put on a bus: each names itself `estate.<service>`.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html (prefix matching)."""


@dataclass(frozen=True)
class Events:
    """What something is announced on in this region, by name."""

    context: StackContext
    topics: Mapping[str, TopicComponent]
    buses: Mapping[str, EventBus]

    def producers(self, queue: str) -> list[ServiceSource]:
        """The AWS services that deliver to a queue, each in the name of its topic or bus."""
        return [
            *(
                ServiceSource(service="sns.amazonaws.com", source_arn=self.topics[it.name].arn)
                for it in self._topics_of(queue)
            ),
            *(
                ServiceSource(service="events.amazonaws.com", source_arn=self.buses[it.name].rule_arn_pattern)
                for it in self._buses_of(queue)
            ),
        ]

    def deliver(self, name: str, queue: Queue) -> None:
        """The queue gets all that is to be delivered to it. What cannot be is a dead letter of its own."""
        for it in self._topics_of(name):
            QueueSubscription(
                f"{it.name}-to-{name}",
                {
                    "topic_arn": self.topics[it.name].arn,
                    "queue_arn": queue.arn,
                    "dead_letter_queue_arn": queue.dead_letter_queue_arn,
                },
            )
        for it in self._buses_of(name):
            QueueRoute(
                f"{it.name}-to-{name}",
                {
                    "bus_name": self.buses[it.name].bus_name,
                    "event_pattern": SOURCES,
                    "queue_arn": queue.arn,
                    "dead_letter_queue_arn": queue.dead_letter_queue_arn,
                    "tags": self.context.tags(it.owner, it.data_class, service=f"bus-{it.name}"),
                },
            )

    def _topics_of(self, queue: str) -> Iterator[Announced]:
        return (it for it in self.context.estate.topics.values() if self._reaches(it, self.topics, queue))

    def _buses_of(self, queue: str) -> Iterator[Announced]:
        return (it for it in self.context.estate.buses.values() if self._reaches(it, self.buses, queue))

    @staticmethod
    def _reaches(announced: Announced, made: Mapping[str, object], queue: str) -> bool:
        return announced.name in made and queue in announced.delivers_to


def declare_events(context: StackContext) -> Events:
    """Registers the topics, buses and streams whose data may be in this region."""
    estate, stands = context.estate, context.has_store
    topics = {it.name: _topic(context, it) for it in estate.topics.values() if stands(it)}
    buses = {it.name: _bus(context, it) for it in estate.buses.values() if stands(it)}
    streams = {it.name: _stream(context, it) for it in estate.streams.values() if stands(it)}
    export(
        {
            "topics": {name: it.arn for name, it in topics.items()},
            "buses": {name: {"name": it.bus_name, "arn": it.arn} for name, it in buses.items()},
            "streams": {name: {"name": it.stream_name, "arn": it.arn} for name, it in streams.items()},
        }
    )
    return Events(context, topics, buses)


def _topic(context: StackContext, topic: Topic) -> TopicComponent:
    return TopicComponent(
        f"topic-{topic.name}",
        {
            "kms_key_arn": context.key_arn(topic.data_class),
            "topic_name": topic.name,
            "tags": context.tags(topic.owner, topic.data_class, service=f"topic-{topic.name}"),
        },
    )


def _bus(context: StackContext, bus: Bus) -> EventBus:
    return EventBus(
        f"bus-{bus.name}",
        {
            "kms_key_arn": context.key_arn(bus.data_class),
            "bus_name": bus.name,
            "archive_retention_days": bus.archive_days,
            "tags": context.tags(bus.owner, bus.data_class, service=f"bus-{bus.name}"),
        },
    )


def _stream(context: StackContext, stream: Stream) -> StreamComponent:
    return StreamComponent(
        f"stream-{stream.name}",
        {
            "kms_key_arn": context.key_arn(stream.data_class),
            "stream_name": stream.name,
            "retention_hours": stream.retention_hours,
            "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
            "tags": context.tags(stream.owner, stream.data_class, service=f"stream-{stream.name}"),
        },
    )
