"""One service or cell as a private service: what it is told, what it may do, whom it may call."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi

from catalogue import Driver, Public, Scaling, Size, Stores, raised
from components.private_service import (
    EgressArgs,
    FastStepArgs,
    GrantArgs,
    ListenerArgs,
    PrivateService,
    PrivateServiceArgs,
    ScalingArgs,
    ScheduleArgs,
)
from stacks.context import StackContext
from stacks.dashboards import METRICS_NAMESPACE
from stacks.grants import QUEUE_ACTIONS, SHARED_QUEUE_ACTIONS, bucket_grants, cell_keys, grants_of, keys_of
from stacks.names import Layer
from stacks.physical_names import (
    CELLS_PARAMETERS,
    PARAMETER_CLASS,
    benefit_queue,
    cell_parameters,
    drafts_bucket,
    partner_parameters,
)

__all__ = ["Workload", "declare_workload"]

DATABASE_PORT = 5432
CACHE_PORT = 6379
HTTPS_PORT = 443
CELL_PRIORITY = 30_000
"""Listener rules of the cells themselves, which benefits' own rules come before."""

IMAGE_DIGEST = "sha256:" + "0" * 64
"""Of the image that a release puts in; the configuration `estate:imageDigest` overrides it."""


@dataclass(frozen=True)
class Workload:
    """What services and cells have in common.

    Attributes:
        name: of the ECS service. entry: of the catalogue's entry.
        cell: name of the cell, for the tasks of one.
    """

    name: str
    entry: str
    role: str
    tier: str
    data_class: str
    owner: str
    port: int
    size: Size
    scaling: Scaling
    stores: Stores
    calls: tuple[str, ...]
    partner_kinds: tuple[str, ...]
    connection_budget: int
    degradation: Mapping[str, str] = field(default_factory=dict[str, str])
    public: Public | None = None
    cell: str | None = None


def declare_workload(
    context: StackContext, workload: Workload, made: Mapping[str, PrivateService]
) -> PrivateService:
    """The service with its roles, rules, scaling and alarms. Args: made: the services that it may call."""
    callees = {name: made[name] for name in workload.calls if name in made}
    tier = context.estate.catalogue.tiers[workload.tier]
    args: PrivateServiceArgs = {
        "service_name": workload.name,
        "cluster_arn": context.output(Layer.PLATFORM, "cluster_arn"),
        "cluster_name": context.output(Layer.PLATFORM, "cluster_name"),
        "vpc_id": context.output(Layer.FOUNDATION, "vpc_id"),
        "subnet_ids": context.output(Layer.FOUNDATION, "private_subnet_ids"),
        "image": pulumi.Output.concat(context.output(Layer.PLATFORM, "repository_url"), "@", _digest()),
        "repository_arn": context.output(Layer.PLATFORM, "repository_arn"),
        "port": workload.port,
        "cpu": workload.size.cpu,
        "memory_mib": workload.size.memory_mib,
        "health_check_command": ["CMD", "python", "-m", "workload.health"],
        "scaling": _scaling(context, workload),
        "log_key_arn": context.key_arn(workload.data_class),
        "log_group_name": f"/estate/{workload.name}",
        "log_retention_days": context.retention_days(workload.data_class),
        "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
        "environment": _environment(context, workload),
        "metrics_namespace": METRICS_NAMESPACE,
        "grants": list(_grants(context, workload)),
        "egress": list(_egress(context, workload, callees)),
        "mesh": {"namespace_arn": context.output(Layer.PLATFORM, "namespace_arn")},
        "objectives": {
            "server_error_percent": round(100 - tier.slo.availability_percent, 4),
            "latency_p99_milliseconds": tier.slo.p99_ms,
        },
        "tags": context.tags(workload.owner, workload.data_class, service=workload.name),
    }
    listener = _listener(context, workload)
    if listener:
        args["listener"] = listener
    if context.estate.environment.fault_injection:
        args["fault_injection_agent_image"] = args["image"]
    return PrivateService(workload.name, args)


def _digest() -> str:
    return pulumi.Config("estate").get("imageDigest") or IMAGE_DIGEST


def _scaling(context: StackContext, workload: Workload) -> ScalingArgs:
    tasks = context.estate.tasks(workload.entry, context.role)
    scaling = workload.scaling
    args: ScalingArgs = {"minimum": tasks.minimum, "maximum": max(1, tasks.maximum)}
    match scaling.driver:
        case Driver.REQUESTS:
            args["requests_per_minute"] = scaling.target
        case Driver.CPU:
            args["cpu_percent"] = scaling.target
        case Driver.QUEUE:
            assert scaling.queue
            name = context.output(Layer.DATA, "queues").apply(lambda queues: queues[scaling.queue]["name"])
            args["queue"] = {"queue_name": name, "messages_per_task": scaling.target}
    if scaling.fast_step and tasks.maximum:
        args["fast_step"] = _fast_step(scaling)
    if schedules := list(_schedules(context, workload)):
        args["schedules"] = schedules
    return args


def _schedules(context: StackContext, workload: Workload) -> Iterator[ScheduleArgs]:
    """The minimum rises for each opening, and falls again to what it is at rest. Only where people usually come in: the
    standby is scaled by whoever fails over to it.
    """
    tasks = context.estate.tasks(workload.entry, context.role)
    for opening in context.estate.openings(workload.entry) if context.role == "primary" else ():
        more = raised(tasks.minimum, tasks.maximum, opening.minimum_percent)
        if more > tasks.minimum:
            for way, at, minimum in (
                ("raise", opening.raise_at, more),
                ("lower", opening.lower_at, tasks.minimum),
            ):
                yield {
                    "name": f"{opening.name}-{way}",
                    "schedule": at,
                    "minimum": minimum,
                    "maximum": tasks.maximum,
                }


def _fast_step(scaling: Scaling) -> FastStepArgs:
    """Steps on how full the tasks say that they are, in percent of their slots."""
    step = scaling.fast_step
    assert step
    return {
        "namespace": METRICS_NAMESPACE,
        "metric_name": "Utilisation",
        "threshold": min(95, 50 * step.above_percent // 100),
        "period_seconds": step.period_seconds,
        "steps": [{"above": 0, "add_percent": step.add_percent}],
    }


def _listener(context: StackContext, workload: Workload) -> ListenerArgs | None:
    if workload.public:
        paths, priority = workload.public.paths, workload.public.priority
    elif workload.cell:
        place = list(context.estate.cells).index(workload.cell)
        paths, priority = (f"/cells/{workload.cell}/*",), CELL_PRIORITY + place
    else:
        return None
    return {
        "listener_arn": context.output(Layer.PLATFORM, "https_listener_arn"),
        "load_balancer_arn_suffix": context.output(Layer.PLATFORM, "load_balancer_arn_suffix"),
        "load_balancer_security_group_id": context.output(Layer.PLATFORM, "load_balancer_security_group_id"),
        "priority": priority,
        "path_patterns": paths,
    }


def _environment(context: StackContext, workload: Workload) -> dict[str, pulumi.Input[str]]:
    """Everything that makes the one image this service. Nothing here changes when a benefit is added."""
    variables: dict[str, pulumi.Input[str]] = {
        "ESTATE_ENVIRONMENT": context.name.environment,
        "ESTATE_REGION_ROLE": context.role,
        "ESTATE_SERVICE": workload.name,
        "ESTATE_ROLE": workload.role,
        "ESTATE_TIER": workload.tier,
        "ESTATE_PORT": str(workload.port),
        "ESTATE_METRICS_NAMESPACE": METRICS_NAMESPACE,
        "ESTATE_DEGRADATION": json.dumps(dict(workload.degradation), sort_keys=True),
        "ESTATE_CALLS": ",".join(workload.calls),
        "ESTATE_STORES": _stores(context, workload),
        "ESTATE_MAXIMUM_TASKS": str(context.estate.tasks(workload.entry, context.role).maximum),
    }
    if path := _benefits_path(workload):
        variables["ESTATE_BENEFITS_PATH"] = path
    if workload.partner_kinds:
        variables["ESTATE_PARTNERS_PATHS"] = ",".join(partner_parameters(it) for it in workload.partner_kinds)
    if workload.connection_budget:
        variables["ESTATE_CONNECTION_BUDGET"] = str(workload.connection_budget)
    return variables


def _benefits_path(workload: Workload) -> str | None:
    """A cell is told where its own benefits are, the portal where all are, for it lists them."""
    if workload.cell:
        return cell_parameters(workload.cell)
    return CELLS_PARAMETERS if workload.role == "portal" else None


def _stores(context: StackContext, workload: Workload) -> pulumi.Output[str]:
    """Where its stores are, as JSON by kind and name; a store that is not in this region is left out.

    Of the users of a cache it is told its own only: another cell's must not change its tasks.
    """
    wanted: dict[str, list[str]] = {}
    for kind, name in workload.stores.names():
        wanted.setdefault(kind, []).append(name)
    if workload.cell:
        wanted.setdefault("buckets", [])
    known = {kind: context.output(Layer.DATA, kind) for kind in wanted}

    def pick(outputs: Mapping[str, Mapping[str, Any]]) -> str:
        found = {
            kind: {
                name: _own_facts(outputs[kind][name], workload.entry)
                for name in names
                if name in outputs[kind]
            }
            for kind, names in wanted.items()
        }
        if workload.cell:
            found["buckets"]["drafts"] = outputs["buckets"][drafts_bucket(workload.cell)]
        return json.dumps(found, sort_keys=True)

    return pulumi.Output.all(**known).apply(pick)


def _own_facts(facts: Any, entry: str) -> Any:
    """A store's facts, with the one user of a cache in place of all."""
    if not isinstance(facts, Mapping) or "user_names" not in facts:
        return facts
    shared = {key: value for key, value in facts.items() if key not in ("user_names", "user_arns")}
    return shared | {"user_name": facts["user_names"][entry]}


def _grants(context: StackContext, workload: Workload) -> Iterator[GrantArgs]:
    yield from grants_of(context, workload.entry, workload.stores, _keys(context, workload))
    if path := _benefits_path(workload):
        yield {
            "name": "ReadBenefits",
            "actions": ["ssm:GetParametersByPath"],
            "resources": [context.arn("ssm", f"parameter{path}")],
        }
    if _benefits_path(workload) or workload.partner_kinds:
        yield {
            "name": "OpenParameters",
            "actions": ["kms:Decrypt"],
            "resources": [context.key_arn(PARAMETER_CLASS)],
        }
    if workload.cell:
        yield {
            "name": "PutBack",
            "actions": list(SHARED_QUEUE_ACTIONS),
            "resources": [context.arn("sqs", benefit_queue("*"))],
        }
        drafts = context.entry(Layer.DATA, "buckets", drafts_bucket(workload.cell))
        yield from bucket_grants("drafts", drafts.apply(lambda it: it["arn"]))
    if workload.partner_kinds:
        yield from _partner_grants(context, workload)


def _keys(context: StackContext, workload: Workload) -> set[str]:
    if workload.cell:
        return cell_keys(context, context.estate.cells[workload.cell])
    return keys_of(context, workload.stores)


def _partner_grants(context: StackContext, workload: Workload) -> Iterator[GrantArgs]:
    """All partners of its kinds, by the beginning of their names, so that a new partner changes no role."""
    yield {
        "name": "ReadPartners",
        "actions": ["ssm:GetParametersByPath"],
        "resources": [
            context.arn("ssm", f"parameter{partner_parameters(kind)}") for kind in workload.partner_kinds
        ],
    }
    yield {
        "name": "PartnerQueues",
        "actions": list(QUEUE_ACTIONS),
        "resources": [context.arn("sqs", f"partner-{kind}-*") for kind in workload.partner_kinds],
    }
    yield {
        "name": "PartnerSecrets",
        "actions": ["secretsmanager:GetSecretValue"],
        "resources": [
            context.arn("secretsmanager", f"secret:partner/{kind}/*") for kind in workload.partner_kinds
        ],
    }
    yield {
        "name": "PartnerKeys",
        "actions": ["kms:Decrypt", "kms:GenerateDataKey"],
        "resources": [context.key_arn(it) for it in _partner_classes(context, workload)],
    }


def _partner_classes(context: StackContext, workload: Workload) -> list[str]:
    partners = context.estate.catalogue.partners.values()
    classes = {it.data_class for it in partners if it.kind in workload.partner_kinds}
    return sorted(it for it in classes if context.stays_here(it))


def _egress(
    context: StackContext, workload: Workload, callees: Mapping[str, PrivateService]
) -> Iterator[EgressArgs]:
    for name, callee in callees.items():
        yield {
            "name": name,
            "port": context.estate.services[name].port,
            "description": f"{workload.name} calls {name}",
            "security_group_id": callee.security_group_id,
            "admit": True,
        }
    for kind, port in (("databases", DATABASE_PORT), ("caches", CACHE_PORT)):
        for name in getattr(workload.stores, kind):
            if context.has_store(getattr(context.estate, kind)[name]):
                yield {
                    "name": f"{kind[:-1]}-{name}",
                    "port": port,
                    "description": f"{workload.name} uses {name}",
                    "security_group_id": context.output(Layer.DATA, kind).apply(
                        lambda stores, name=name: stores[name]["security_group_id"]
                    ),
                    "admit": True,
                }
    yield {
        "name": "aws",
        "port": HTTPS_PORT,
        "description": "AWS's APIs through interface endpoints",
        "security_group_id": context.output(Layer.FOUNDATION, "endpoint_security_group_id"),
    }
    for service in ("s3", "dynamodb"):
        yield {
            "name": service,
            "port": HTTPS_PORT,
            "description": f"{service} through its gateway endpoint",
            "prefix_list_id": context.entry(Layer.FOUNDATION, "prefix_list_ids", service),
        }
    if workload.partner_kinds:
        yield {
            "name": "partners",
            "port": HTTPS_PORT,
            "description": "Partners, over mutual TLS",
            "cidr_block": "0.0.0.0/0",
        }
