"""How long the twin waits where AWS makes one wait, each figure with where it comes from.

`aws` waits as AWS documents, at worst; `quick` is for tests. Only what was measured under `aws` is compared with AWS.

For development, a clock factor makes the waits of `aws` shorter, all by the same share: those of the table that are
AWS's control plane's, and those that the program declares. It leaves alone how often this machine looks at itself, and
everything that is counted in periods of metrics: their publication, alarms, cooldowns and schedules go by the clock of
the wall (docs/decisions/0008). Nothing about loss, latency or recovery is judged under a factor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from twin.runtime.exceptions import ClockFactorWrong

__all__ = ["LEAST_CLOCK_FACTOR", "PROFILES", "TIMINGS", "Basis", "Profile", "Timing", "profile_of"]

LEAST_CLOCK_FACTOR = 0.05
"""As short as `quick` makes declared times: what checks health would not keep up with less."""


class Basis(StrEnum):
    """`FITTED`: chosen so that a figure that AWS published comes out; it proves nothing about that figure."""

    SOURCED = "sourced"
    ASSUMED = "assumed"
    FITTED = "fitted"


@dataclass(frozen=True)
class Timing:
    """Attributes:
    meaning: completes "seconds …".
    aws, quick: seconds.
    source: of the figure for `aws`.
    is_wait: the control plane makes one wait so long, so that a clock factor shortens it.
    """

    meaning: str
    aws: float
    quick: float
    basis: Basis
    source: str
    is_wait: bool = False


TIMINGS: Mapping[str, Timing] = {
    "task_start": Timing(
        "from the decision to start a task until its containers run",
        23.0,
        0.0,
        Basis.SOURCED,
        "AWS's test of high-resolution scaling, aws/containers-roadmap#2113: 386 s less 363 s",
        is_wait=True,
    ),
    "unchecked_task": Timing(
        "until a running task that nothing checks counts as healthy",
        40.0,
        0.2,
        Basis.SOURCED,
        "ECS API reference, DeploymentConfiguration, minimumHealthyPercent",
        is_wait=True,
    ),
    "mesh_withdrawal": Timing(
        "from the withdrawal of a task's mesh endpoint until the task is asked to stop",
        5.0,
        0.2,
        Basis.ASSUMED,
        "not documented; proxies learn of it within this time",
        is_wait=True,
    ),
    "restart_throttle": Timing(
        "until tasks that failed to start are tried again for the first time, doubled each further time",
        10.0,
        0.5,
        Basis.ASSUMED,
        "ECS developer guide, service throttle logic: it grows, by how much is not documented",
        is_wait=True,
    ),
    "restart_throttle_most": Timing(
        "until tasks that keep failing to start are tried again, at most",
        1620.0,
        5.0,
        Basis.SOURCED,
        "ECS developer guide, service throttle logic: 27 minutes",
        is_wait=True,
    ),
    "host_loss": Timing(
        "until ECS takes a task for lost whose host is silent",
        60.0,
        0.3,
        Basis.ASSUMED,
        "not documented for Fargate; a target group's health check usually says so before",
        is_wait=True,
    ),
    "dns": Timing(
        "until a load-balancer node that does not answer has left the DNS answer everywhere",
        90.0,
        0.5,
        Basis.SOURCED,
        "Route 53 developer guide: health checks of 10 s, threshold 3, and a TTL of 60 s",
        is_wait=True,
    ),
    "name_ttl": Timing(
        "until everybody is led to where a failover record leads now",
        60.0,
        0.3,
        Basis.SOURCED,
        "Route 53 developer guide, alias records for load balancers: a TTL of 60 s; all resolvers are taken to keep it "
        "to its end",
        is_wait=True,
    ),
    "zonal_shift": Timing(
        "until a zonal shift leads traffic away",
        180.0,
        0.2,
        Basis.SOURCED,
        "ARC developer guide, zonal shift: a few minutes, may take longer; three are taken for a few",
        is_wait=True,
    ),
    "database_failover": Timing(
        "from the loss of a database writer until its endpoint leads to the new one",
        30.0,
        0.0,
        Basis.SOURCED,
        "Aurora user guide, fault tolerance: typically within 30 s with AWS's drivers; the worst of it is taken",
        is_wait=True,
    ),
    "database_region_failover": Timing(
        "from the wish to move a global database to another region until that accepts commits",
        60.0,
        0.0,
        Basis.SOURCED,
        "Aurora user guide, Amazon Aurora Global Database: promotion in under a minute; the worst of it is taken",
        is_wait=True,
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
        2.0,
        Basis.ASSUMED,
        "a part of database_failover, which bounds it",
    ),
    "cache_failover": Timing(
        "from the loss of a cache's primary until its endpoint leads to the new one",
        30.0,
        0.0,
        Basis.ASSUMED,
        "ElastiCache user guide, Multi-AZ: a few seconds to detect and promote, then DNS; no bound is given",
        is_wait=True,
    ),
    "cache_probe": Timing(
        "between looks at a cache node, of which two that fail are a loss",
        1.0,
        0.1,
        Basis.ASSUMED,
        "a part of cache_failover, which bounds it",
    ),
    "snapshot": Timing(
        "that a cluster's snapshot takes at least",
        60.0,
        0.0,
        Basis.ASSUMED,
        "no figure is documented",
        is_wait=True,
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
            time-outs, deregistration delay, grace, stop time-out, slow start. 1 for `aws` in real time.
        clock_factor: by which AWS's waits are multiplied; 1 is real time.
    """

    name: str
    declared_factor: float
    clock_factor: float = 1.0

    @property
    def is_real_time(self) -> bool:
        """Loss, latency and recovery may be judged."""
        return self.name == "aws" and self.clock_factor == 1

    def seconds(self, timing: str) -> float:
        found = TIMINGS[timing]
        seconds = found.aws if self.name == "aws" else found.quick
        return seconds * self.clock_factor if found.is_wait else seconds

    def declared(self, seconds: float) -> float:
        return seconds * self.declared_factor


PROFILES: Mapping[str, Profile] = {"aws": Profile("aws", 1.0), "quick": Profile("quick", 0.05)}


def profile_of(name: str, clock_factor: float = 1.0) -> Profile:
    """The profile with its waits multiplied.

    Raises: ClockFactorWrong: out of range, or for a profile that has short waits already.
    """
    profile = PROFILES[name]
    if not LEAST_CLOCK_FACTOR <= clock_factor <= 1:
        raise ClockFactorWrong(f"is from {LEAST_CLOCK_FACTOR:g} to 1", clock_factor)
    if clock_factor != 1 and name != "aws":
        raise ClockFactorWrong(
            f"shortens the waits of the profile 'aws', and {name!r} has its own", clock_factor
        )
    return replace(profile, declared_factor=profile.declared_factor * clock_factor, clock_factor=clock_factor)
