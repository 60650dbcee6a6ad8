"""How long the twin waits where AWS makes one wait, each figure with where it comes from.

`aws` waits as AWS documents, at worst; `quick` is for tests. Only what was measured under `aws` is compared with AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PROFILES", "TIMINGS", "Basis", "Profile", "Timing"]


class Basis(StrEnum):
    """`FITTED`: chosen so that a figure that AWS published comes out; it proves nothing about that figure."""

    SOURCED = "sourced"
    ASSUMED = "assumed"
    FITTED = "fitted"


@dataclass(frozen=True)
class Timing:
    """Attributes: meaning: completes "seconds …"; aws, quick: seconds; source: of the figure for `aws`."""

    meaning: str
    aws: float
    quick: float
    basis: Basis
    source: str


TIMINGS: Mapping[str, Timing] = {
    "task_start": Timing(
        "from the decision to start a task until its containers run",
        23.0,
        0.0,
        Basis.SOURCED,
        "AWS's test of high-resolution scaling, aws/containers-roadmap#2113: 386 s less 363 s",
    ),
    "unchecked_task": Timing(
        "until a running task that nothing checks counts as healthy",
        40.0,
        0.2,
        Basis.SOURCED,
        "ECS API reference, DeploymentConfiguration, minimumHealthyPercent",
    ),
    "mesh_withdrawal": Timing(
        "from the withdrawal of a task's mesh endpoint until the task is asked to stop",
        5.0,
        0.2,
        Basis.ASSUMED,
        "not documented; proxies learn of it within this time",
    ),
    "restart_throttle": Timing(
        "until tasks that failed to start are tried again for the first time, doubled each further time",
        10.0,
        0.5,
        Basis.ASSUMED,
        "ECS developer guide, service throttle logic: it grows, by how much is not documented",
    ),
    "restart_throttle_most": Timing(
        "until tasks that keep failing to start are tried again, at most",
        1620.0,
        5.0,
        Basis.SOURCED,
        "ECS developer guide, service throttle logic: 27 minutes",
    ),
    "host_loss": Timing(
        "until ECS takes a task for lost whose host is silent",
        60.0,
        0.3,
        Basis.ASSUMED,
        "not documented for Fargate; a target group's health check usually says so before",
    ),
    "dns": Timing(
        "until a load-balancer node that does not answer has left the DNS answer everywhere",
        90.0,
        0.5,
        Basis.SOURCED,
        "Route 53 developer guide: health checks of 10 s, threshold 3, and a TTL of 60 s",
    ),
    "zonal_shift": Timing(
        "until a zonal shift leads traffic away",
        180.0,
        0.2,
        Basis.SOURCED,
        "ARC developer guide, zonal shift: a few minutes, may take longer; three are taken for a few",
    ),
    "database_failover": Timing(
        "from the loss of a database writer until its endpoint leads to the new one",
        30.0,
        0.0,
        Basis.SOURCED,
        "Aurora user guide, fault tolerance: typically within 30 s with AWS's drivers; the worst of it is taken",
    ),
    "database_region_failover": Timing(
        "from the wish to move a global database to another region until that accepts commits",
        60.0,
        0.0,
        Basis.SOURCED,
        "Aurora user guide, Amazon Aurora Global Database: promotion in under a minute; the worst of it is taken",
    ),
    "database_probe": Timing(
        "between looks at a database instance, of which two that fail are a loss",
        1.0,
        0.1,
        Basis.ASSUMED,
        "a part of database_failover, which bounds it",
    ),
    "database_probe_answer": Timing(
        "that a database instance may take to answer a look",
        4.0,
        0.5,
        Basis.ASSUMED,
        "a part of database_failover, which bounds it",
    ),
    "cache_failover": Timing(
        "from the loss of a cache's primary until its endpoint leads to the new one",
        30.0,
        0.0,
        Basis.ASSUMED,
        "ElastiCache user guide, Multi-AZ: a few seconds to detect and promote, then DNS; no bound is given",
    ),
    "cache_probe": Timing(
        "between looks at a cache node, of which two that fail are a loss",
        1.0,
        0.1,
        Basis.ASSUMED,
        "a part of cache_failover, which bounds it",
    ),
    "snapshot": Timing(
        "that a cluster's snapshot takes at least", 60.0, 0.0, Basis.ASSUMED, "no figure is documented"
    ),
    "health_look": Timing(
        "between two looks at what load-balancer nodes found of their targets",
        0.5,
        0.1,
        Basis.ASSUMED,
        "a part of what health checks take, which are declared",
    ),
    "node_look": Timing(
        "between two looks at whether a load-balancer node answers",
        1.0,
        0.1,
        Basis.ASSUMED,
        "a part of dns, which begins with the first look that fails",
    ),
    "node_silence": Timing(
        "after which a load-balancer node that has not answered is without answer",
        1.0,
        0.3,
        Basis.ASSUMED,
        "as node_look",
    ),
    "declaration_look": Timing(
        "between two readings of load balancers or services that keep changing",
        0.5,
        0.05,
        Basis.ASSUMED,
        "the load balancer's own propagation is not documented",
    ),
    "metric_publication": Timing(
        "from the end of a minute until AWS's metrics of it can be read",
        153.0,
        0.2,
        Basis.FITTED,
        "aws/containers-roadmap#2113, 363 s to trigger with 3 of 3 minutes: twin/runtime/metrics/fitting.py",
    ),
    "metric_publication_high_resolution": Timing(
        "from the end of 20 s until AWS's high-resolution metrics of them can be read",
        21.0,
        0.1,
        Basis.FITTED,
        "aws/containers-roadmap#2113, 86 s to trigger with 3 of 3 times 20 s: twin/runtime/metrics/fitting.py",
    ),
    "scheduler": Timing(
        "between two rounds of the ECS service scheduler", 1.0, 0.05, Basis.ASSUMED, "not documented"
    ),
}


@dataclass(frozen=True)
class Profile:
    """One column of the table.

    Attributes:
        declared_factor: by which times that the program declares are multiplied: health-check intervals and
            time-outs, deregistration delay, grace, stop time-out, slow start. 1 for `aws`.
    """

    name: str
    declared_factor: float

    def seconds(self, timing: str) -> float:
        found = TIMINGS[timing]
        return found.aws if self.name == "aws" else found.quick

    def declared(self, seconds: float) -> float:
        return seconds * self.declared_factor


PROFILES: Mapping[str, Profile] = {"aws": Profile("aws", 1.0), "quick": Profile("quick", 0.05)}
