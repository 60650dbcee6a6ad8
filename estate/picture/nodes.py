"""The nodes of a picture: one for each part, and one for parts that are alike."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.resource import Registration
from estate.picture.members import members_of, zones_of
from estate.picture.model import Node, NodeKind
from estate.picture.parts import Part, Parts, Stack, noun

__all__ = ["Drawn", "draw"]

_PREFIXES = ("database-", "cache-", "bucket-", "topic-", "bus-", "stream-", "cell-")
"""Beginnings of components' names that say only what the node's kind says."""

_REDRIVE_ALLOW = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
"""What makes a queue one for dead letters: it says whose."""


@dataclass(frozen=True)
class Drawn:
    """A node and the parts that it stands for."""

    node: Node
    parts: tuple[Part, ...] = ()


def draw(parts: Parts, benefits_by_service: Mapping[str, tuple[str, ...]]) -> list[Drawn]:
    """Every part is behind one of the nodes.

    Args: benefits_by_service: names of the benefits that a service serves, by its URN.
    """
    cells = {
        (part.stack.region, benefit): _label(part)
        for part in parts.of_kind(NodeKind.SERVICE)
        for benefit in benefits_by_service.get(part.urn, ())
    }
    return [
        *_singles(parts, benefits_by_service),
        *_queues(parts, cells),
        *_others(parts),
    ]


def _singles(parts: Parts, benefits_by_service: Mapping[str, tuple[str, ...]]) -> Iterator[Drawn]:
    for part in parts:
        if part.kind in (NodeKind.QUEUE, NodeKind.OTHER):
            continue
        node = _single(part, parts, benefits_by_service.get(part.urn, ()))
        yield Drawn(node, (part,))
        yield from map(Drawn, members_of(part, node, parts))


def _single(part: Part, parts: Parts, benefits: tuple[str, ...]) -> Node:
    return _node(
        part.stack,
        NodeKind.CELL if benefits else part.kind,
        _label(part),
        zones=zones_of(part, parts),
        count=_count(part),
        limits=_limits(part),
        holds=benefits,
        note=_note(part),
    )


def _queues(parts: Parts, cells: Mapping[tuple[str, str], str]) -> Iterator[Drawn]:
    """Queues of benefits by their cell and queues of partners by their service, others by themselves."""
    groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts.of_kind(NodeKind.QUEUE):
        groups[str(part.stack.name), _queue_label(part, cells)].append(part)
    for (_, label), members in groups.items():
        names = sorted(filter(None, (it.tag("benefit") or it.tag("partner") for it in members)))
        is_fifo = any(each.inputs.get("fifoQueue") for it in members for each in it.members)
        node = _node(
            members[0].stack,
            NodeKind.QUEUE,
            label,
            count=len(members),
            holds=tuple(names),
            note="first in, first out" if is_fifo else "",
        )
        yield Drawn(node, tuple(members))
        yield from map(Drawn, _dead_letter_queues(members, node))


def _dead_letter_queues(members: Iterable[Part], queue: Node) -> Iterator[Node]:
    """A queue that others name in their redrive policy has dead letters in it."""
    count = sum(len(list(part.of_type(_REDRIVE_ALLOW))) for part in members)
    if count:
        yield replace(
            queue,
            id=f"{queue.id}/dead-letters",
            kind=NodeKind.DEAD_LETTER_QUEUE,
            label=f"dead letters of {queue.name}",
            count=count,
            holds=(),
            note="",
            part_of=queue.id,
        )


def _queue_label(part: Part, cells: Mapping[tuple[str, str], str]) -> str:
    if benefit := part.tag("benefit"):
        cell = cells.get((part.stack.region, benefit))
        return f"benefits of {cell}" if cell else "benefits"
    if part.tag("partner"):
        return f"partners of {part.tag('service')}"
    return _label(part)


def _others(parts: Parts) -> Iterator[Drawn]:
    """Whatever else there is, counted by what it is."""
    groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for part in parts.of_kind(NodeKind.OTHER):
        groups[str(part.stack.name), noun(part.top.type)].append(part)
    for (_, name), members in groups.items():
        stack = members[0].stack
        yield Drawn(
            _node(stack, NodeKind.OTHER, name, f"{stack.name.layer}-{name}", count=len(members)),
            tuple(members),
        )


def _node(stack: Stack, kind: NodeKind, label: str, name: str = "", **facts: Any) -> Node:
    slug = f"{kind}/{name or label}".replace(" ", "-")
    return Node(
        id=f"{stack.role}/{slug}",
        label=label,
        layer=stack.name.layer,
        kind=kind,
        region=stack.region,
        **facts,
    )


def _label(part: Part) -> str:
    for prefix in _PREFIXES:
        if part.name.startswith(prefix):
            return part.name.removeprefix(prefix)
    return part.name


def _first(part: Part, type_token: str) -> Mapping[str, Any]:
    """Inputs of the part's first resource of that type; nothing where it has none."""
    return next((it.inputs for it in part.of_type(type_token)), {})


def _count(part: Part) -> int | None:
    match part.kind:
        case NodeKind.SERVICE:
            return _first(part, "aws:ecs/service:Service").get("desiredCount", 0)
        case NodeKind.KEYS:
            return sum(_is_key(it) for it in part.members)
        case _:
            return None


def _is_key(registration: Registration) -> bool:
    return registration.type in ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")


def _limits(part: Part) -> tuple[int, int] | None:
    target = _first(part, "aws:appautoscaling/target:Target")
    return (int(target["minCapacity"]), int(target["maxCapacity"])) if target else None


def _note(part: Part) -> str:
    match part.kind:
        case NodeKind.NETWORK:
            return str(_first(part, "aws:ec2/vpc:Vpc").get("cidrBlock", ""))
        case NodeKind.BUCKET if _first(
            part, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
        ):
            return "object lock"
        case NodeKind.BUS if _first(part, "aws:cloudwatch/eventArchive:EventArchive"):
            return "with an archive"
        case NodeKind.STREAM:
            hours = _first(part, "aws:kinesis/stream:Stream").get("retentionPeriod")
            return f"kept for {hours} h" if isinstance(hours, int) else ""
        case NodeKind.VAULT:
            return _vault_note(part)
        case NodeKind.KEYS:
            return "replicas" if part.top.type.endswith("ReplicaKeys") else ""
        case _:
            return ""


def _vault_note(part: Part) -> str:
    plan = _first(part, "aws:backup/plan:Plan")
    locked = "locked" if _first(part, "aws:backup/vaultLockConfiguration:VaultLockConfiguration") else ""
    rules = len(plan.get("rules", ()))
    plans = f"{rules} backup {'rule' if rules == 1 else 'rules'}" if rules else "no rules of its own"
    return ", ".join(filter(None, (locked, plans)))
