"""Elastic Load Balancing: targets and their health as the data plane reports it.

Reported are documents of the kind `target`, by ``<target group's ARN>|<id>|<port>``: AWS's TargetHealthDescription.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS", "Group", "Target", "shown_targets"]

_API = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/"

# States and reasons: API_TargetHealth.html. Descriptions are not in the reference; these are what AWS is seen to say.
_REGISTERING = ("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
_NOT_IN_USE = (
    "unused",
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
_NOT_REGISTERED = ("unused", "Target.NotRegistered", "Target is not registered to the target group")


@dataclass(frozen=True)
class Target:
    """What is registered, or asked for. A port of None is the one that the target is registered with."""

    id: str
    port: int | None


@dataclass(frozen=True)
class Group:
    """A target group, with what is registered in it."""

    arn: str
    port: int
    health_check_port: str
    is_used: bool
    """Whether a load balancer forwards to it."""
    registered: tuple[Target, ...]


def shown_targets(
    group: Group, reported: Mapping[str, Document], asked: Sequence[Target] = ()
) -> list[Document]:
    """The health of the targets asked for, else of all that are registered or draining."""
    wanted = [_with_port(group, it) for it in asked] or [*group.registered, *_draining(group, reported)]
    return [_shown(group, target, reported.get(_key(group, target))) for target in wanted]


def _with_port(group: Group, target: Target) -> Target:
    ports = [it.port for it in group.registered if it.id == target.id]
    return target if target.port is not None else Target(target.id, ports[0] if ports else group.port)


def _draining(group: Group, reported: Mapping[str, Document]) -> list[Target]:
    of_group = [
        _target(key) for key, it in reported.items() if key.startswith(f"{group.arn}|") and _drains(it)
    ]
    return sorted((it for it in of_group if it not in group.registered), key=lambda it: (it.id, it.port or 0))


def _drains(document: Document) -> bool:
    return bool(document.get("TargetHealth", {}).get("State") == "draining")


def _target(key: str) -> Target:
    _, identifier, port = key.split("|")
    return Target(identifier, int(port))


def _key(group: Group, target: Target) -> str:
    return f"{group.arn}|{target.id}|{target.port}"


def _shown(group: Group, target: Target, report: Document | None) -> Document:
    # What was registered anew while it drained is no longer draining, whatever was last reported.
    is_registered = target in group.registered
    if report is not None and is_registered != _drains(report):
        health = report
    else:
        state, reason, description = _unreported(group, is_registered)
        health = {"TargetHealth": {"State": state, "Reason": reason, "Description": description}}
    check_port = group.health_check_port
    return {
        "HealthCheckPort": str(target.port) if check_port == "traffic-port" else check_port,
        **health,
        "Target": {**health.get("Target", {}), "Id": target.id, "Port": target.port},
    }


def _unreported(group: Group, is_registered: bool) -> tuple[str, str, str]:
    if not is_registered:
        return _NOT_REGISTERED
    return _REGISTERING if group.is_used else _NOT_IN_USE


def _describe(context: Context) -> Document:
    if not context.exchange.attached:
        return context.document()
    group = _group(context)
    asked = [_read(it) for it in context.call.parameters.get("Targets", ())]
    return {"TargetHealthDescriptions": shown_targets(group, context.reported("target"), asked)}


def _group(context: Context) -> Group:
    found = _moto_group(context)
    port = int(found.port or 0)
    registered = tuple(Target(it["Id"], int(it.get("Port") or port)) for it in list(found.targets.values()))
    check_port = str(found.health_check_port or "traffic-port")
    return Group(found.arn, port, check_port, found.arn in _forwarded_to(_backend(context)), registered)


def _forwarded_to(backend: Any) -> set[str]:
    """ARNs of the target groups that a listener or one of its rules forwards to."""
    balancers = list(backend.load_balancers.values())
    listeners = [it for balancer in balancers for it in list(balancer.listeners.values())]
    rules = [rule for listener in listeners for rule in list(listener.rules.values())]
    actions = [
        *(action for listener in listeners for action in listener.default_actions),
        *(action for rule in rules for action in rule.actions),
    ]
    return {
        arn for it in actions if it.type == "forward" for arn in backend._get_target_group_arns_from(it.data)
    }


def _read(given: Document) -> Target:
    return Target(given["Id"], int(given["Port"]) if "Port" in given else None)


def _backend(context: Context) -> Any:
    from moto.elbv2.models import elbv2_backends

    return elbv2_backends[context.call.account][context.call.region]


def _moto_group(context: Context) -> Any:
    found = _backend(context).target_groups.get(context.call.parameters["TargetGroupArn"])
    if found is None:
        raise AwsError("TargetGroupNotFound", "One or more target groups not found")
    return found


def _deregister(context: Context) -> Document:
    """What was registered so is no more; one that was registered with another port stays."""
    found, group = _moto_group(context), _group(context)
    for target in map(_read, context.call.parameters["Targets"]):
        if Target(target.id, group.port if target.port is None else target.port) in group.registered:
            found.deregistered_targets[target.id] = found.targets.pop(target.id)
    return {}


EXTENSIONS = (
    Extension(
        service="elbv2",
        topic="health of targets",
        stock="calls every target healthy",
        aws="shows what health checks find, and targets that drain",
        change="shows what the data plane reports, once there is one",
        source=_API + "API_DescribeTargetHealth.html",
        operations={"DescribeTargetHealth": _describe},
    ),
    Extension(
        service="elbv2",
        topic="deregistration",
        stock="fails at a target that is not registered, and looks at no port",
        aws="succeeds without effect; a target that is registered with a port of its own is named with it",
        change="does so",
        source=_API + "API_DeregisterTargets.html",
        operations={"DeregisterTargets": _deregister},
    ),
)
