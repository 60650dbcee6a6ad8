"""SQS: in which order a queue's messages are delivered.

Source: SQS developer guide, "Amazon SQS standard queues" (best-effort order) and "FIFO queue delivery logic" (in order
within a group, as many of one group as possible, none of a group of which one is in flight).
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Protocol

from twin.aws.emulator.extensions.sqs_message import Message

__all__ = ["FifoShelf", "Shelf", "StandardShelf"]


class Shelf(Protocol):
    """The order of delivery. Each call costs the same, however many messages there are.

    A message says itself until when it is hidden; that is set before each call.
    """

    def put(self, message: Message) -> None:
        """It is there, visible or not."""
        ...

    def show(self, message: Message) -> None:
        """It became visible, again or for the first time."""
        ...

    def hide(self, message: Message) -> None:
        """It went in flight."""
        ...

    def drop(self, message: Message) -> None:
        """It is there no more."""
        ...

    def deliverable(self) -> Iterator[Message]:
        """What can be received, in order; whoever takes one hides or drops it before asking for the next."""
        ...


class StandardShelf:
    """Whatever is visible, the longest visible first."""

    def __init__(self) -> None:
        self._visible: OrderedDict[str, Message] = OrderedDict()

    def put(self, message: Message) -> None:
        if not message.hidden_until:
            self._visible[message.id] = message

    def show(self, message: Message) -> None:
        self._visible[message.id] = message

    def hide(self, message: Message) -> None:
        self._visible.pop(message.id, None)

    drop = hide

    def deliverable(self) -> Iterator[Message]:
        while self._visible:
            yield next(iter(self._visible.values()))


class _Group:
    def __init__(self) -> None:
        self.messages: OrderedDict[str, Message] = OrderedDict()
        self.in_flight: set[str] = set()

    @property
    def is_ready(self) -> bool:
        """None is in flight, and the first is visible."""
        return not self.in_flight and bool(self.messages) and not self._first.hidden_until

    @property
    def _first(self) -> Message:
        return next(iter(self.messages.values()))

    def next_visible(self) -> Message | None:
        """The first that is not in flight, if it is visible. A receive takes ten at most: few are passed over."""
        first = next((it for it in self.messages.values() if it.id not in self.in_flight), None)
        return None if first is None or first.hidden_until else first


class FifoShelf:
    """Groups in turn, each in its own order, and none of which a message is in flight."""

    def __init__(self) -> None:
        self._groups: dict[str, _Group] = {}
        self._ready: OrderedDict[str, None] = OrderedDict()

    def put(self, message: Message) -> None:
        self._groups.setdefault(_name(message), _Group()).messages[message.id] = message
        self._settle(_name(message))

    def show(self, message: Message) -> None:
        self._groups[_name(message)].in_flight.discard(message.id)
        self._settle(_name(message))

    def hide(self, message: Message) -> None:
        self._groups[_name(message)].in_flight.add(message.id)
        self._settle(_name(message))

    def drop(self, message: Message) -> None:
        group = self._groups[_name(message)]
        del group.messages[message.id]
        group.in_flight.discard(message.id)
        self._settle(_name(message))

    def deliverable(self) -> Iterator[Message]:
        while self._ready:
            group = self._groups[next(iter(self._ready))]
            while message := group.next_visible():
                yield message

    def _settle(self, name: str) -> None:
        group = self._groups[name]
        if group.is_ready:
            self._ready.setdefault(name)
            return
        self._ready.pop(name, None)
        if not group.messages:
            del self._groups[name]


def _name(message: Message) -> str:
    return message.group_id or ""
