"""Services and tasks for the planners, with as much said as a test needs."""

from dataclasses import replace
from typing import Any

from twin.runtime.tasks.health import Condition, Member
from twin.runtime.tasks.model import (
    Container,
    Health,
    HealthCheck,
    Service,
    ServiceKey,
    Stop,
    StopCode,
    Target,
    Task,
    TaskDefinition,
    TaskStatus,
)
from twin.runtime.tasks.plan import Goal, bounds

ZONES = ("a", "b", "c")
KEY = ServiceKey("eu-west-2", "estate", "portal")
ARN = "arn:aws:ecs:eu-west-2:123456789012:"
CHECK = HealthCheck(
    ("CMD", "true"), interval_seconds=10, timeout_seconds=5, retries=3, start_period_seconds=30
)
GROUP = "arn:aws:elasticloadbalancing:eu-west-2:123456789012:targetgroup/portal/1"
TARGET = Target(GROUP, 8080)


def definition(
    revision: int = 1, check: HealthCheck | None = CHECK, fingerprint: str | None = None
) -> TaskDefinition:
    main = Container("portal", "image", port=8080, health_check=check)
    return TaskDefinition(
        f"{ARN}task-definition/portal:{revision}",
        "portal",
        main,
        fingerprint=fingerprint or f"content {revision}",
    )


def service(desired: int = 3, deployment: str = "new", **members: Any) -> Service:
    base = Service(
        key=KEY,
        arn=f"{ARN}service/estate/portal",
        cluster_arn=f"{ARN}cluster/estate",
        desired_count=desired,
        deployment={"id": deployment},
        definition=definition(),
        subnets={zone: f"subnet-{zone}" for zone in ZONES},
        breaks_circuit=True,
        rolls_back=True,
        is_rebalanced=True,
    )
    return replace(base, **members)


def task(
    name: str, zone: str = "a", deployment: str = "new", created_at: float = 0.0, **members: Any
) -> Task:
    base = Task(
        id=name,
        arn=f"{ARN}task/estate/{name}",
        cluster_arn=f"{ARN}cluster/estate",
        definition=definition(),
        zone=zone,
        address="127.0.1.80",
        subnet_id="subnet-a",
        created_at=created_at,
        service=KEY,
        deployment_id=deployment,
    )
    return replace(base, **members)


RUNNING: dict[str, Any] = {"status": TaskStatus.RUNNING, "started_at": 0.0}
WHY = Stop(StopCode.SCHEDULER, "Task failed container health checks", is_unhealthy=True)


def member(
    name: str,
    zone: str = "a",
    condition: Condition = Condition.HEALTHY,
    deployment: str = "new",
    **members: Any,
) -> Member:
    """A task in the condition, whose other members fit it."""
    fitting: dict[str, Any] = {}
    if condition is not Condition.STARTING:
        fitting |= {**RUNNING, "health": Health.HEALTHY}
    if condition is Condition.LEAVING:
        fitting |= {"is_wanted": False}
    why = WHY if condition is Condition.UNHEALTHY else None
    return Member(task(name, zone, deployment, **(fitting | members)), condition, why)


def goal(desired: int = 3, zones: tuple[str, ...] = ZONES, **members: Any) -> Goal:
    limits = bounds(service(desired, **members.pop("percent", {})))
    return replace(Goal(desired, limits, "new", zones, is_rebalanced=True), **members)
