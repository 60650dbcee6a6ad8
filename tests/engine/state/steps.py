"""Resources and intents for tests of the state."""

from typing import Any

from engine.resource import ResourceState
from engine.state import Act, Intent

__all__ = ["URN", "intent", "resource"]

URN = "urn:pulumi:main-test::shop::aws:sqs/queue:Queue::"


def resource(name: str, id: str = "", **facts: Any) -> ResourceState:
    return ResourceState(urn=URN + name, type="aws:sqs/queue:Queue", custom=True, id=id, **facts)


def intent(act: Act, token: str, of: ResourceState, retires: bool = False) -> Intent:
    return Intent(act, token, of, retires)
