"""EventBridge: buses are changed in place."""

import functools
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension, Kept

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/"

_BUS = Kept(
    kind="event bus",
    writes={"CreateEventBus": "@", "UpdateEventBus": "@"},
    creates=frozenset({"CreateEventBus"}),
    shows={"CreateEventBus": "@", "UpdateEventBus": "@", "DescribeEventBus": "@"},
    parameter_key={"CreateEventBus": "Name", "UpdateEventBus": "Name"},
    key="Name",
    members={"LogConfig": "LogConfig"},
)

# What an update may change in moto's bus, by the name that it has there.
_CHANGED = {
    "Description": "description",
    "KmsKeyIdentifier": "kms_key_identifier",
    "DeadLetterConfig": "dead_letter_config",
}


def _update(context: Context) -> Document:
    from moto.events.models import events_backends

    call = context.call
    backend: Any = events_backends[call.account][call.region]
    name = call.parameters.get("Name", "default")
    bus = backend.event_buses.get(name)
    if bus is None:
        raise AwsError("ResourceNotFoundException", f"Event bus {name} does not exist.")
    for member, attribute in _CHANGED.items():
        if member in call.parameters:
            setattr(bus, attribute, call.parameters[member])
    return {"Arn": bus.arn, "Name": bus.name, **{it: getattr(bus, its) for it, its in _CHANGED.items()}}


def _parse_paths_once() -> None:
    """A path of a target's input is parsed once; moto builds a parser for each of eight paths at every event."""
    import jsonpath_ng.ext

    module: Any = jsonpath_ng.ext
    module.parse = functools.lru_cache(maxsize=1_000)(module.parse)


EXTENSIONS = (
    Extension(
        service="events",
        topic="buses",
        stock="cannot update a bus, and forgets LogConfig",
        aws="updates a bus, and shows how it logs",
        change="updates moto's buses, and keeps it",
        source=_API + "API_UpdateEventBus.html",
        operations={"UpdateEventBus": _update},
        kept=(_BUS,),
    ),
    Extension(
        service="events",
        topic="cost of an event",
        stock="takes some 5 ms for each target of an event",
        aws="takes thousands of events a second",
        change="parses the paths of a target's input once",
        source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
        patch=_parse_paths_once,
    ),
)
