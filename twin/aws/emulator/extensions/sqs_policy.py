"""SQS: a queue's policy stays when another attribute is set."""

from typing import Any

from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"


def _policy_stays() -> None:
    """What a request does not name is not touched; moto takes a request without a policy for one that removes it."""
    from moto.sqs.models import Queue

    queue: Any = Queue
    set_attributes = queue._set_attributes

    def _set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        kept = {"Policy": self.policy} if hasattr(self, "_policy_json") else {}
        set_attributes(self, {**kept, **attributes}, now)

    queue._set_attributes = _set_attributes


EXTENSIONS = (
    Extension(
        service="sqs",
        topic="policy of a queue",
        stock="removes it whenever any other attribute is set",
        aws="changes the attributes that a request names",
        change="leaves the policy alone",
        source=_API + "API_SetQueueAttributes.html",
        patch=_policy_stays,
    ),
)
