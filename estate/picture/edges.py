"""What may reach what, as security groups, grants, listener rules, subscriptions and copies have it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.resource import Registration
from estate.picture.model import Edge, EdgeKind, NodeKind
from estate.picture.parts import Part, Parts

__all__ = ["benefits_by_service", "edges"]

_STORES = {
    NodeKind.DATABASE,
    NodeKind.CACHE,
    NodeKind.QUEUE,
    NodeKind.BUCKET,
    NodeKind.TOPIC,
    NodeKind.BUS,
    NodeKind.STREAM,
}
Way = tuple[Part, Part]
"""From a part to a part."""


def edges(parts: Parts, id_by_urn: Mapping[str, str]) -> tuple[Edge, ...]:
    """The ways between nodes, each once and in order."""
    found = {
        Edge(id_by_urn[source.urn], id_by_urn[target.urn], kind)
        for source, target in _ways(parts)
        if source.urn != target.urn and (kind := _kind(source, target))
    }
    return tuple(sorted(found))


def _ways(parts: Parts) -> Iterator[Way]:
    for stack in parts.stacks:
        for registration in stack.registrations:
            if registration.type in _WAYS:
                yield from _WAYS[registration.type](registration, parts)


def benefits_by_service(parts: Parts) -> dict[str, tuple[str, ...]]:
    """The benefits whose requests a listener rule sends to a service, by the service's URN."""
    found: dict[str, set[str]] = {}
    for stack in parts.stacks:
        for registration in stack.registrations:
            benefit = (registration.inputs.get("tags") or {}).get("benefit")
            if benefit and registration.type == "aws:lb/listenerRule:ListenerRule":
                for part in parts.meant_by(registration.inputs.get("actions")):
                    found.setdefault(part.urn, set()).add(benefit)
    return {urn: tuple(sorted(benefits)) for urn, benefits in found.items()}


def _kind(source: Part, target: Part) -> EdgeKind | None:
    """What an edge between these two is; None for what the picture does not show."""
    match source.kind, target.kind:
        case NodeKind.EDGE, NodeKind.SERVICE:
            return EdgeKind.ROUTES
        case NodeKind.SERVICE, NodeKind.SERVICE:
            return EdgeKind.CALLS
        case NodeKind.SERVICE, store if store in _STORES:
            return EdgeKind.USES
        case ((NodeKind.TOPIC | NodeKind.BUS), NodeKind.QUEUE):
            return EdgeKind.FEEDS
        case (NodeKind.DATABASE | NodeKind.BUCKET | NodeKind.VAULT) as kind, other if kind is other:
            return EdgeKind.COPIES
        case _:
            return None


def _between(parts: Parts, sources: Any, targets: Any) -> Iterator[Way]:
    for source in parts.meant_by(sources):
        for target in parts.meant_by(targets):
            yield source, target


def _ingress(rule: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, rule.inputs.get("referencedSecurityGroupId"), rule.inputs.get("securityGroupId"))


def _egress(rule: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, rule.inputs.get("securityGroupId"), rule.inputs.get("referencedSecurityGroupId"))


def _listener_rule(rule: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, rule.inputs.get("listenerArn"), rule.inputs.get("actions"))


def _role_policy(policy: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, policy.inputs.get("role"), _allowed(policy.inputs.get("policy")))


def _allowed(document: Any) -> list[Any]:
    """The resources of a policy's statements that allow something."""
    try:
        statements = json.loads(document)["Statement"]
    except (TypeError, ValueError, KeyError):
        return []
    return [it.get("Resource") for it in statements if it.get("Effect") == "Allow"]


def _subscription(subscription: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, subscription.inputs.get("topic"), subscription.inputs.get("endpoint"))


def _event_target(target: Registration, parts: Parts) -> Iterator[Way]:
    return _between(parts, target.inputs.get("eventBusName"), target.inputs.get("arn"))


def _replication(configuration: Registration, parts: Parts) -> Iterator[Way]:
    destinations = [
        rule.get("destination", {}).get("bucket") for rule in configuration.inputs.get("rules", ())
    ]
    bucket = configuration.inputs.get("bucket")
    return _between(parts, [bucket, f"arn:aws:s3:::{bucket}"], destinations)


def _global_cluster(cluster: Registration, parts: Parts) -> Iterator[Way]:
    """A secondary joins by the identifier of the global database, which is a name of its own."""
    identifier = cluster.inputs.get("globalClusterIdentifier")
    for source in parts.meant_by(cluster.inputs.get("sourceDbClusterIdentifier")):
        for target in parts.of_kind(NodeKind.DATABASE):
            joined = [
                it.inputs.get("globalClusterIdentifier") for it in target.of_type("aws:rds/cluster:Cluster")
            ]
            if identifier in joined:
                yield source, target


def _backup_plan(plan: Registration, parts: Parts) -> Iterator[Way]:
    for rule in plan.inputs.get("rules", ()):
        copies = [copy.get("destinationVaultArn") for copy in rule.get("copyActions", ())]
        source = parts.holding(plan.urn)
        for target in parts.meant_by(copies):
            if source:
                yield source, target


_WAYS: Mapping[str, Callable[[Registration, Parts], Iterator[Way]]] = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _ingress,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _egress,
    "aws:lb/listenerRule:ListenerRule": _listener_rule,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:sns/topicSubscription:TopicSubscription": _subscription,
    "aws:cloudwatch/eventTarget:EventTarget": _event_target,
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": _replication,
    "aws:rds/globalCluster:GlobalCluster": _global_cluster,
    "aws:backup/plan:Plan": _backup_plan,
}
"""By the type of resource that opens a way: from which parts to which."""
