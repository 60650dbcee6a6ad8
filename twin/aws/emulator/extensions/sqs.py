"""SQS: the redrive allow policy, and sending at a cost that does not grow with the backlog."""

from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
_ATTRIBUTE = "RedriveAllowPolicy"


def _redrive_allow_policy() -> None:
    """The attribute is shown as it was set; moto stores it and shows it to nobody."""
    from moto.sqs.models import SQSBackend

    others = SQSBackend.get_queue_attributes

    def get_queue_attributes(self: SQSBackend, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
        asked = [name for name in attribute_names if name != _ATTRIBUTE]
        attributes = others(self, queue_name, asked)
        policy = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
        if policy and {"All", _ATTRIBUTE} & set(attribute_names):
            attributes[_ATTRIBUTE] = policy
        return attributes

    SQSBackend.get_queue_attributes = get_queue_attributes


def _send_without_counting() -> None:
    """moto counts the whole backlog in every send, to learn one attribute of the queue; here it is told that one."""
    from moto.sqs.models import SQSBackend

    send: Any = SQSBackend.send_message

    def send_message(self: SQSBackend, queue_name: str, *arguments: Any, **named: Any) -> Any:
        return send(_Sending(self, self.get_queue(queue_name)), queue_name, *arguments, **named)

    SQSBackend.send_message = send_message


class _Sending:
    """A backend as a send sees it: with one queue, which shows the one attribute that a send looks at."""

    def __init__(self, backend: Any, queue: Any) -> None:
        self._backend, self._queue = backend, _Target(queue)

    def get_queue(self, name: str) -> Any:
        return self._queue

    def __getattr__(self, name: str) -> Any:
        return getattr(self._backend, name)


class _Target:
    def __init__(self, queue: Any) -> None:
        self._queue = queue

    @property
    def attributes(self) -> dict[str, str]:
        is_content_based = bool(getattr(self._queue, "content_based_deduplication", False))
        return {"ContentBasedDeduplication": str(is_content_based).lower()}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)


EXTENSIONS = (
    Extension(
        service="sqs",
        topic="redrive allow policy",
        stock="takes RedriveAllowPolicy and does not show it; asking for it by name is an error",
        aws="shows it among the queue's attributes",
        change="shows it",
        source=_API + "API_SetQueueAttributes.html",
        patch=_redrive_allow_policy,
    ),
    Extension(
        service="sqs",
        topic="cost of a send",
        stock="walks through all messages of the queue at every send",
        aws="sends at the same cost whatever the backlog",
        change="does not count the queue's messages in order to send one more",
        source=_API + "API_SendMessage.html",
        patch=_send_without_counting,
    ),
)
