"""The control case: what keeps people from noticing is taken away by AWS's API, and put back afterwards.

Each way first says how it is put back. Whoever reads it after the runner was killed can do so by that alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chaos.exceptions import TargetMissing
from chaos.experiment import Protection
from chaos.place import Place, Standing
from load_tests.surroundings import CLUSTER

__all__ = ["POLICY", "Removal", "removal"]

POLICY = "estate-control-case"
"""Name of the policy by which a role is denied its queues."""


@dataclass(frozen=True)
class Removal:
    """Attributes: calls: that take the protection away; undo: that put it back; as an UndoJournal has them.

    is_settled: whether what was asked for is so. is_restored: whether, after the undo, all is as it was before.
    """

    title: str
    calls: tuple[Mapping[str, Any], ...]
    undo: tuple[Mapping[str, Any], ...]
    is_settled: Callable[[], bool]
    is_restored: Callable[[], bool]


def removal(protection: Protection, place: Place, zone: str) -> Removal:
    """How it is taken away here, with nothing changed yet. Args: zone: that everything is moved to by `one-zone`.

    Raises: TargetMissing.
    """
    return _WAYS[protection.removed_by](protection, place, zone)


def _one_task(protection: Protection, place: Place, zone: str) -> Removal:
    return _counts(place, protection.service, 1)


def _no_task(protection: Protection, place: Place, zone: str) -> Removal:
    return _counts(place, protection.service, 0)


def _counts(place: Place, name: str, count: int) -> Removal:
    service, bounds = _service(place, name), _bounds(place, name)
    desired = service["desiredCount"]
    lowered = [_bound(it, min(count, it["MinCapacity"]), max(1, count)) for it in bounds]
    before = [_bound(it, it["MinCapacity"], it["MaxCapacity"]) for it in bounds]
    least = min([desired, *(it["MinCapacity"] for it in bounds)])
    return Removal(
        f"{name} has {count} task{'' if count == 1 else 's'}",
        (*lowered, _update(name, desiredCount=count)),
        (*before, _update(name, desiredCount=desired)),
        lambda: _stands(place, name, count),
        lambda: _is_whole(_standing(place, name), least),
    )


def _one_zone(protection: Protection, place: Place, zone: str) -> Removal:
    name = protection.service
    service = _service(place, name)
    network = service["networkConfiguration"]
    vpc = network["awsvpcConfiguration"]
    subnets = [it for it in vpc["subnets"] if _zone_of(place, it) == zone]
    if not subnets:
        raise TargetMissing(f"Service {name!r} has no subnet in {zone}, so it cannot stand there alone.")
    moved = {"awsvpcConfiguration": {**vpc, "subnets": subnets}}
    zones = len(_standing(place, name).by_zone)
    return Removal(
        f"{name} stands in {zone} only",
        (_update(name, networkConfiguration=moved, forceNewDeployment=True),),
        (_update(name, networkConfiguration=network, forceNewDeployment=True),),
        lambda: _is_in(place, name, zone),
        lambda: _is_spread(place, name, zones),
    )


def _no_queue(protection: Protection, place: Place, zone: str) -> Removal:
    role = _task_role(place, protection.service)
    statement = {"Effect": "Deny", "Action": "sqs:SendMessage*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    named = {"RoleName": role, "PolicyName": POLICY}
    return Removal(
        f"{protection.service} may not send to its queues",
        (_of("iam", "put_role_policy", **named, PolicyDocument=document),),
        (_of("iam", "delete_role_policy", **named),),
        lambda: _has_policy(place, role),
        lambda: not _has_policy(place, role),
    )


_WAYS: Mapping[str, Callable[[Protection, Place, str], Removal]] = {
    "one-task": _one_task,
    "no-task": _no_task,
    "one-zone": _one_zone,
    "no-queue": _no_queue,
}


def _of(service: str, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
    return {"service": service, "operation": operation, "parameters": parameters}


def _update(name: str, **changes: Any) -> Mapping[str, Any]:
    return _of("ecs", "update_service", cluster=CLUSTER, service=name, **changes)


def _bound(target: Mapping[str, Any], minimum: int, maximum: int) -> Mapping[str, Any]:
    """Source: Application Auto Scaling API reference, RegisterScalableTarget: it changes one that is there."""
    named = {name: target[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    return _of(
        "application-autoscaling",
        "register_scalable_target",
        **named,
        MinCapacity=minimum,
        MaxCapacity=maximum,
    )


def _service(place: Place, name: str) -> Mapping[str, Any]:
    found = place.aws("ecs").describe_services(cluster=CLUSTER, services=[name])["services"]
    if not found:
        raise TargetMissing(f"{place.estate.environment.name!r} has no service {name!r}.")
    return found[0]


def _bounds(place: Place, name: str) -> Sequence[Mapping[str, Any]]:
    asked = {"ServiceNamespace": "ecs", "ResourceIds": [f"service/{CLUSTER}/{name}"]}
    return place.aws("application-autoscaling").describe_scalable_targets(**asked)["ScalableTargets"]


def _zone_of(place: Place, subnet: str) -> str:
    found = place.aws("ec2").describe_subnets(SubnetIds=[subnet])["Subnets"]
    return str(found[0]["AvailabilityZone"])


def _task_role(place: Place, name: str) -> str:
    definition = _service(place, name)["taskDefinition"]
    found = place.aws("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    return str(found["taskRoleArn"]).rpartition("/")[2]


def _has_policy(place: Place, role: str) -> bool:
    """Source: IAM API reference, GetRolePolicy: NoSuchEntity where the role has no such policy."""
    try:
        place.aws("iam").get_role_policy(RoleName=role, PolicyName=POLICY)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != "NoSuchEntity":
            raise
        return False
    return True


def _standing(place: Place, name: str) -> Standing:
    found = next((it for it in place.standings() if it.name == name), None)
    if found is None:
        raise TargetMissing(f"{place.estate.environment.name!r} has no service {name!r}.")
    return found


def _stands(place: Place, name: str, count: int) -> bool:
    standing = _standing(place, name)
    return len(standing.tasks) == standing.running == count


def _is_whole(standing: Standing, least: int) -> bool:
    """All that is wanted is healthy, and no fewer are wanted than before at the least."""
    return len(standing.tasks) == standing.running == standing.desired >= least


def _is_in(place: Place, name: str, zone: str) -> bool:
    """All of its tasks are there, and as many as are wanted, and the deployment is over."""
    return set(_standing(place, name).by_zone) == {zone} and _is_deployed(place, name)


def _is_spread(place: Place, name: str, zones: int) -> bool:
    return len(_standing(place, name).by_zone) >= zones and _is_deployed(place, name)


def _is_deployed(place: Place, name: str) -> bool:
    standing = _standing(place, name)
    is_all = len(standing.tasks) == standing.running == standing.desired
    return is_all and len(_service(place, name)["deployments"]) == 1
