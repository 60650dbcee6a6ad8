"""What tasks run on: the hosts of the zones, addresses, images, and the quota of launches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twin.runtime.addresses import TASKS, Addresses
from twin.runtime.ground import Ground
from twin.runtime.tasks.credentials import TaskCredentials
from twin.runtime.tasks.image import Images
from twin.runtime.tasks.quota import LaunchQuota
from twin.runtime.tasks.registration import TargetGroups
from twin.runtime.tasks.zone_host import ZoneHost

__all__ = ["AddressPool", "Hosting", "Workload"]


@dataclass(frozen=True)
class Workload:
    """What stands for the image.

    Attributes:
        arguments: its own command. preload: modules that its tasks share. paths: where they are, beside the project.
    """

    arguments: Sequence[str] = ("python", "-m", "workload")
    preload: Sequence[str] = ("workload.preload",)
    paths: Sequence[Path] = ()


class AddressPool:
    """Addresses of tasks, by zone; one that was given back is given out again as late as possible."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._free: dict[str, list[str]] = {}

    def take(self, zone: str) -> str | None:
        """None where all are in use."""
        free = self._of(zone)
        return free.pop(0) if free else None

    def give_back(self, zone: str, address: str) -> None:
        self._of(zone).append(address)

    def _of(self, zone: str) -> list[str]:
        return self._free.setdefault(zone, [self._addresses.of(zone, host) for host in TASKS])


@dataclass(frozen=True)
class Hosting:
    """Attributes: clock: seconds since the epoch."""

    ground: Ground
    workload: Workload
    hosts: Mapping[str, ZoneHost]
    addresses: AddressPool
    images: Images
    target_groups: TargetGroups
    credentials: TaskCredentials
    clock: Callable[[], float]
    quotas: dict[str, LaunchQuota] = field(default_factory=dict[str, LaunchQuota])

    @classmethod
    def of(cls, ground: Ground, workload: Workload, clock: Callable[[], float]) -> "Hosting":
        return cls(
            ground=ground,
            workload=workload,
            hosts={
                zone: ZoneHost(ground, zone, workload.preload, workload.paths)
                for _, zone in ground.settings.zones
            },
            addresses=AddressPool(ground.addresses),
            images=Images(ground.control_plane),
            target_groups=TargetGroups(ground.control_plane),
            credentials=TaskCredentials(ground.control_plane, clock),
            clock=clock,
        )

    def launch_wait_seconds(self, region: str) -> float:
        """Until the quota lets one more task be launched, which counts from now on."""
        return self.quotas.setdefault(region, LaunchQuota()).take(self.clock())
