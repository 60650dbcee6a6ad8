"""The parts that a picture shows, found among the resources that a program registers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.resource import Registration
from engine.urn import STACK_TYPE
from estate.picture.model import NodeKind
from estate.picture.references import Located, References
from stacks.names import StackName

__all__ = ["Part", "Parts", "Stack", "noun"]

_KINDS: Mapping[str, NodeKind] = {
    "estate:foundation:Network": NodeKind.NETWORK,
    "estate:foundation:Keys": NodeKind.KEYS,
    "estate:foundation:ReplicaKeys": NodeKind.KEYS,
    "estate:data:Database": NodeKind.DATABASE,
    "estate:data:Cache": NodeKind.CACHE,
    "estate:data:DocumentStore": NodeKind.BUCKET,
    "estate:data:Queue": NodeKind.QUEUE,
    "estate:data:Topic": NodeKind.TOPIC,
    "estate:data:EventBus": NodeKind.BUS,
    "estate:data:Stream": NodeKind.STREAM,
    "estate:platform:Edge": NodeKind.EDGE,
    "estate:platform:Cluster": NodeKind.CLUSTER,
    "estate:services:PrivateService": NodeKind.SERVICE,
    "estate:recovery:BackupVault": NodeKind.VAULT,
}
"""Components that are a part of their own. Whatever belongs to none of these is counted by what it is."""


@dataclass(frozen=True)
class Stack:
    """What one stack's program registered."""

    name: StackName
    region: str
    registrations: Sequence[Registration]

    @property
    def role(self) -> str:
        """Of its region."""
        return "standby" if self.name.is_standby else "primary"


@dataclass(frozen=True)
class Part:
    """A component, or a resource that belongs to no component, with all that is below it."""

    stack: Stack
    top: Registration
    kind: NodeKind
    members: list[Registration] = field(default_factory=list[Registration], compare=False)

    @property
    def urn(self) -> str:
        return self.top.urn

    @property
    def name(self) -> str:
        return self.top.name

    def of_type(self, type_token: str) -> Iterator[Registration]:
        return (each for each in self.members if each.type == type_token)

    def tag(self, key: str) -> str:
        """The value of a tag that any member has, '' where none has it."""
        values = ((each.inputs.get("tags") or {}).get(key) for each in self.members)
        return next((value for value in values if isinstance(value, str)), "")


class Parts:
    """Every part of an estate, by what is in it."""

    def __init__(self, stacks: Iterable[Stack]) -> None:
        self.stacks = list(stacks)
        self._part_by_urn: dict[str, Part] = {}
        self._registration_by_urn = {each.urn: each for it in self.stacks for each in it.registrations}
        for stack in self.stacks:
            for registration in sorted(stack.registrations, key=lambda each: each.urn):
                self._place(stack, registration)

    def __iter__(self) -> Iterator[Part]:
        return iter(
            sorted({id(part): part for part in self._part_by_urn.values()}.values(), key=lambda it: it.urn)
        )

    def of_kind(self, kind: NodeKind) -> Iterator[Part]:
        return (part for part in self if part.kind is kind)

    def holding(self, urn: str) -> Part | None:
        """The part to which a resource belongs."""
        return self._part_by_urn.get(urn)

    def meant_by(self, value: object) -> Iterator[Part]:
        """The parts whose resources the value means."""
        found = (self.holding(urn) for urn in self.references.meant_by(value))
        yield from {part.urn: part for part in found if part}.values()

    def registrations_meant_by(self, value: object) -> list[Registration]:
        return [self._registration_by_urn[urn] for urn in self.references.meant_by(value)]

    @cached_property
    def references(self) -> References:
        return References(
            Located(each, stack.region) for stack in self.stacks for each in stack.registrations
        )

    def _place(self, stack: Stack, registration: Registration) -> None:
        if registration.type.startswith("pulumi:"):
            return
        top = self._top(registration)
        part = self._part_by_urn.get(top.urn)
        if part is None:
            part = Part(stack, top, _KINDS.get(top.type, NodeKind.OTHER))
            self._part_by_urn[top.urn] = part
        self._part_by_urn[registration.urn] = part
        part.members.append(registration)

    def _top(self, registration: Registration) -> Registration:
        """The nearest component that is a part of its own, else the outermost that there is."""
        line = list(self._ancestry(registration))
        return next((each for each in line if each.type in _KINDS), line[-1])

    def _ancestry(self, registration: Registration) -> Iterator[Registration]:
        current: Registration | None = registration
        while current is not None and current.type != STACK_TYPE:
            yield current
            current = self._registration_by_urn.get(current.parent)


def noun(type_token: str) -> str:
    """What a type is called: ``audit trail`` for ``estate:foundation:AuditTrail``."""
    words = re.findall(r"[A-Z][a-z0-9]*", type_token.rsplit(":", 1)[-1])
    return " ".join(words).lower()
