"""Every resource that there is, so that two runs can be compared: none twice, none left over.

moto keeps resources as objects of its `BaseModel` in the collections of a backend, and parts of a resource that are
resources of their own, such as the rules of a security group, in collections of that resource. Both are listed,
whatever the service, with what the extensions keep beside them. Not listed are contents (objects in buckets,
messages, log streams), settings that are plain values of a resource (a queue's policy, tags), what AWS itself
brings (its managed policies), and what was deleted and is still shown as such (an inactive service, a key that waits
for its deletion).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import BaseModel

from twin.aws.emulator.memory import Memory

__all__ = ["Resource", "inventory"]

_CONTENTS = frozenset(
    {"AccessKey", "FakeDeleteMarker", "FakeKey", "LogEvent", "LogStream", "Message", "Operation", "Record"}
)
_GONE = frozenset({"deleted", "inactive", "pendingdeletion"})
_STATES = ("state", "status", "key_state")
_ENDS = ("deleted_date", "deletion_date")
_BROUGHT_BY_AWS = frozenset({"AWSManagedPolicy", "ManagedPrefixList"})


@dataclass(frozen=True, order=True)
class Resource:
    """One resource. `id` is its ARN where it has one, else its id or name, else empty."""

    service: str
    region: str
    account: str
    type: str
    id: str


def inventory(memory: Memory, kinds: frozenset[tuple[str, str]]) -> list[dict[str, str]]:
    """All resources, in order, in every account and region.

    Args:
        kinds: (service, kind) of what in the memory is a resource.
    """
    return [asdict(resource) for resource in sorted([*_of_moto(), *_of_memory(memory, kinds)])]


def _of_moto() -> Iterator[Resource]:
    used: Any = BackendDict
    for backends in list(used._instances):
        if backends.service_name == "moto_api":
            continue
        for account, region, backend in list(backends.iter_backends()):
            for model in _models(backend):
                yield Resource(backends.service_name, region, account, type(model).__name__, _identity(model))


def _of_memory(memory: Memory, kinds: frozenset[tuple[str, str]]) -> Iterator[Resource]:
    for place, collection in memory.collections():
        if (place.service, place.kind) in kinds:
            for key in collection:
                yield Resource(place.service, place.region, place.account, place.kind, key)


def _models(backend: BaseBackend) -> Iterable[BaseModel]:
    """Each resource once, however many collections hold it; another service's resources are listed there."""
    found: dict[int, BaseModel] = {}
    waiting = _held_by(backend)
    while waiting:
        model = waiting.pop()
        if id(model) not in found and _is_resource(model, _package(backend)):
            found[id(model)] = model
            waiting.extend(_held_by(model))
    return found.values()


def _is_resource(model: BaseModel, package: str) -> bool:
    is_listed = type(model).__name__ not in _CONTENTS | _BROUGHT_BY_AWS
    return is_listed and _package(model) == package and not _is_gone(model)


def _is_gone(model: BaseModel) -> bool:
    """Whether it is only shown as what was deleted, by the attributes that moto has for that."""
    known = vars(model)
    return any(str(known.get(name)).lower() in _GONE for name in _STATES) or any(
        known.get(name) for name in _ENDS
    )


def _package(instance: object) -> str:
    """The service's package within moto."""
    return type(instance).__module__.split(".")[1]


def _held_by(holder: object) -> list[BaseModel]:
    collections = (it for it in vars(holder).values() if isinstance(it, Mapping | list | tuple | set))
    return [model for collection in collections for model in _in(collection)]


def _in(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
    elif isinstance(value, Mapping | list | tuple | set):
        for item in list(value.values() if isinstance(value, Mapping) else value):
            yield from _in(item)


def _identity(model: BaseModel) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(model).__name__.removeprefix("Fake")).lower()
    nouns = (words, f"{_package(model)}_{words}", words.rpartition("_")[2].removeprefix("autoscaling"))
    for suffix in ("arn", "id", "name"):
        for name in (suffix, *(f"{noun}_{suffix}" for noun in nouns)):
            try:
                value = getattr(model, name, None)
            except Exception:  # noqa: S112 - a property of moto's that cannot be computed for this one
                continue
            if isinstance(value, str) and value:
                return value
    return ""
