"""What others may know of a region's load balancer: its nodes, and how each finds the targets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from twin.runtime.envoy.administration import Administration
from twin.runtime.load_balancer.model import Target
from twin.runtime.load_balancer.targets import Verdict

__all__ = ["BalancerView", "GroupView", "Hosts", "NodeView", "hosts", "registered"]


@dataclass(frozen=True)
class NodeView:
    """A node that answers. Attributes: verdicts: of the targets that it checks, by group's name and target."""

    zone: str
    access_log: Path
    administration: Administration
    verdicts: Mapping[tuple[str, Target], Verdict]


@dataclass(frozen=True)
class GroupView:
    """A target group in use. Attributes: states: as DescribeTargetHealth says, of its registered targets."""

    arn: str
    name: str
    states: Mapping[Target, str]


@dataclass(frozen=True)
class BalancerView:
    """Attributes: access_logs: of all its nodes, by zone. nodes: those that answer."""

    region: str
    arn: str
    access_logs: Mapping[str, Path]
    groups: tuple[GroupView, ...]
    nodes: tuple[NodeView, ...]


@dataclass(frozen=True)
class Hosts:
    """Targets that one node finds healthy, and unhealthy. Others are neither: new ones, and those that leave."""

    healthy: int
    unhealthy: int


def hosts(group: GroupView, node: NodeView) -> Hosts:
    """How the node finds the group's targets; of those that it does not check, as the load balancer does."""
    found = [_state(group, node, target) for target in group.states]
    return Hosts(found.count("healthy"), found.count("unhealthy"))


def registered(states: Iterable[tuple[Target, str]]) -> dict[Target, str]:
    """Without those that are leaving."""
    return {target: state for target, state in states if state != "draining"}


def _state(group: GroupView, node: NodeView, target: Target) -> str:
    state = group.states[target]
    verdict = node.verdicts.get((group.name, target), Verdict.UNKNOWN)
    if state not in ("healthy", "unhealthy") or verdict is Verdict.UNKNOWN:
        return state
    return verdict.value
