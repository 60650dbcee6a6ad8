"""The actions that this twin does, each with how it begins and how it ends."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from twin.runtime.faults.fis.connectivity import Swap, Swaps
from twin.runtime.faults.fis.exceptions import ActionFailed
from twin.runtime.faults.fis.model import Action
from twin.runtime.faults.fis.targets import Resource, zone_names
from twin.runtime.faults.fis.task_network import RHYTHMS, TaskNetwork
from twin.runtime.ground import Ground

__all__ = ["Deed", "Deeds"]


class Deed(Protocol):
    """One action at work. Source of each: FIS user guide, actions reference."""

    async def begin(self) -> None:
        """Raises: ActionFailed, ClientError, ControlPlaneAway."""

    async def end(self) -> None:
        """What lasted is over."""


class Deeds:
    """Makes the deed of an action. Args: swaps: of network ACLs."""

    def __init__(self, ground: Ground, swaps: Swaps) -> None:
        self.ground, self.swaps = ground, swaps

    def of(self, action: Action, region: str, resources: Sequence[Resource], experiment: str) -> Deed:
        """Raises: ActionFailed: this twin does not do it."""
        made = _DEEDS.get(action.id)
        if made is None:
            raise ActionFailed(f"This twin does not do {action.id}.")
        return made(self, action, region, resources, experiment)


class _Base:
    def __init__(
        self, deeds: Deeds, action: Action, region: str, resources: Sequence[Resource], experiment: str
    ) -> None:
        self._deeds, self._action, self._region = deeds, action, region
        self._resources, self._experiment = resources, experiment
        self._call = deeds.ground.control_plane.call

    async def begin(self) -> None:
        return

    async def end(self) -> None:
        return


class _Wait(_Base):
    """aws:fis:wait"""


class _Failover(_Base):
    """aws:rds:failover-db-cluster: FailoverDBCluster, once for each."""

    async def begin(self) -> None:
        for it in self._resources:
            cluster = it.document["DBClusterIdentifier"]
            await self._call("rds", self._region, "failover_db_cluster", DBClusterIdentifier=cluster)


class _StopTasks(_Base):
    """aws:ecs:stop-task: StopTask, once for each."""

    async def begin(self) -> None:
        for it in self._resources:
            await self._call("ecs", self._region, "stop_task", cluster=it.document["clusterArn"], task=it.arn)


class _InterruptCaches(_Base):
    """aws:elasticache:replicationgroup-interrupt-az-power: nodes of a zone die, and are not replaced meanwhile."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self._keys: list[tuple[str, str, str]] = []

    async def begin(self) -> None:
        target = self._action.target
        asked = target.parameters.get("availabilityZoneIdentifier") if target else None
        if not asked:
            raise ActionFailed("The target must say availabilityZoneIdentifier.")
        zone = await zone_names(self._deeds.ground.control_plane, self._region, asked)
        names = [self._group(it) for it in self._resources]
        self._keys = [(self._region, name, zone) for name in names]
        for key in self._keys:
            self._deeds.ground.directory.cache_interruptions.put(key, self._experiment)

    def _group(self, resource: Resource) -> str:
        name = resource.document["ReplicationGroupId"]
        if resource.document.get("MultiAZ") != "enabled":
            raise ActionFailed(f"Replication group {name} is not Multi-AZ.")
        busy = self._deeds.ground.directory.cache_interruptions.all()
        if any(key[:2] == (self._region, name) for key in busy):
            raise ActionFailed(f"Replication group {name} is without power in a zone already.")
        return name

    async def end(self) -> None:
        for key in self._keys:
            self._deeds.ground.directory.cache_interruptions.drop(key)


class _Disrupt(_Base):
    """aws:network:disrupt-connectivity"""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self._made: list[Swap] = []

    async def begin(self) -> None:
        scope = self._action.parameters.get("scope", "all")
        for it in self._resources:
            self._made.append(await self._deeds.swaps.make(self._region, it.document, scope))

    async def end(self) -> None:
        ours = {swap.subnet for swap in self._made} | {it.document["SubnetId"] for it in self._resources}
        for swap in self._deeds.swaps.all():
            if swap.region == self._region and swap.subnet in ours:
                await self._deeds.swaps.undo(swap)


def _task_network(
    deeds: Deeds, action: Action, region: str, resources: Sequence[Resource], experiment: str
) -> Deed:
    return TaskNetwork(deeds.ground, action, resources, RHYTHMS[action.id](action.parameters))


_DEEDS: Mapping[str, Callable[[Deeds, Action, str, Sequence[Resource], str], Deed]] = {
    "aws:fis:wait": _Wait,
    "aws:rds:failover-db-cluster": _Failover,
    "aws:ecs:stop-task": _StopTasks,
    "aws:elasticache:replicationgroup-interrupt-az-power": _InterruptCaches,
    "aws:network:disrupt-connectivity": _Disrupt,
    **dict.fromkeys(RHYTHMS, _task_network),
}
