"""The part of the data plane that is the egress: a proxy in every zone that services may run in."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from twin.runtime.control_plane import UNCHANGED_SECONDS
from twin.runtime.directory import Backend, MeshEndpoint
from twin.runtime.egress.blocked_calls import blocked_ways
from twin.runtime.egress.configuration import Reach, egress
from twin.runtime.egress.faults import EgressFaults
from twin.runtime.egress.model import EgressPlace, Service
from twin.runtime.egress.ports import Ports
from twin.runtime.egress.reading import services
from twin.runtime.envoy.broken_links import BrokenLinks
from twin.runtime.envoy.detour import EGRESS_DETOURS, Detours, all_open, way
from twin.runtime.envoy.process import Envoy
from twin.runtime.exceptions import ControlPlaneAway
from twin.runtime.ground import Ground
from twin.runtime.metrics.tail import Tail
from twin.runtime.network.ways import ClosedWays
from twin.runtime.zones import OUTSIDE, Place, Tier

__all__ = ["EgressPart"]

_log = logging.getLogger(__name__)

_SERVICES = ("ecs", "ec2")
_STEP_SECONDS = 0.1
_LINK_LOOK_SECONDS = 1.0


@dataclass
class _Proxy:
    envoy: Envoy
    links: BrokenLinks = field(default_factory=BrokenLinks)
    task: asyncio.Task[None] | None = None
    log: Tail = field(init=False)

    def __post_init__(self) -> None:
        self.log = Tail(self.envoy.access_log, from_start=False)

    def start(self) -> None:
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self.envoy.run(), name=self.envoy.name)


class EgressPart:
    """Attributes: faults: what is done on purpose to what services send. problems: by where; for the status."""

    name = "egress"

    def __init__(self, ground: Ground) -> None:
        self.faults = EgressFaults()
        self._ground = ground
        self._detours = Detours(ground.zones, ground.addresses, EGRESS_DETOURS)
        self._ports = Ports(ground.folder / "egress" / "ports.json")
        self._services: dict[str, Sequence[Service]] = {}
        self._proxies: dict[str, _Proxy] = {}

    @property
    def problems(self) -> Mapping[str, str]:
        envoys = [it.envoy for it in self._proxies.values()]
        return {it.name: it.problem for it in envoys if it.problem}

    def port(self, service: str) -> int:
        """Of the service's listener, in every zone."""
        return self._ports.of(service)

    def proxy(self, zone: str) -> Envoy:
        """Raises: KeyError: no service may run in the zone."""
        return self._proxies[zone].envoy

    async def run(self) -> None:
        """Tasks reach what they may, until cancelled."""
        for proxy in self._proxies.values():
            proxy.start()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._step())
        finally:
            self._detours.close()

    async def _read(self) -> None:
        plane = self._ground.control_plane
        while True:
            seen = plane.seen
            is_whole = False
            try:
                if plane.is_up:
                    with plane.looking() as seen:
                        found = {
                            it.name: await services(plane, it.name) for it in self._ground.settings.regions
                        }
                    for region, its in found.items():
                        self._take_in(region, its, is_settled=seen.is_settled)
                    is_whole = True
            except (ControlPlaneAway, ClientError) as error:
                _log.info("the egress goes on as it is: %s", error)
            await plane.changed(_SERVICES, seen.of(_SERVICES), UNCHANGED_SECONDS if is_whole else 0.5)
            await asyncio.sleep(self._ground.profile.seconds("declaration_look"))

    def _take_in(self, region: str, found: Sequence[Service], *, is_settled: bool) -> None:
        """What is not there counts only once everything declared is there."""
        names = {it.name for it in found}
        missing = [] if is_settled else [it for it in self._services.get(region, ()) if it.name not in names]
        self._services[region] = sorted([*found, *missing], key=lambda it: it.name)
        for zone in sorted({zone for it in self._services[region] for zone in it.zones}):
            self._have_proxy(region, zone)

    def _have_proxy(self, region: str, zone: str) -> None:
        if zone not in self._proxies:
            name, address = f"egress-{zone}", self._ground.addresses.egress(zone)
            self._proxies[zone] = _Proxy(Envoy(self._ground, name, zone, region, address))
            self._proxies[zone].start()

    async def _step(self) -> None:
        loop = asyncio.get_running_loop()
        told: object = None
        looked_at = float("-inf")
        while True:
            now = (self._facts(), dict(self._services), set(self._proxies))
            if now != told:
                self._tell()
                told = now
                looked_at = float("-inf")
            if loop.time() - looked_at > _LINK_LOOK_SECONDS:
                looked_at = loop.time()
                self._break_links()
                self._note_blocked()
            await asyncio.sleep(_STEP_SECONDS)

    def _facts(self) -> tuple[object, ...]:
        ground = self._ground
        return (
            ground.zones.versions(),
            ground.directory.mesh.version,
            ground.directory.partners.version,
            ground.directory.closed_ways.version,
            ground.directory.endpoints.version,
            ground.control_plane.endpoint,
            self.faults.version,
        )

    def _tell(self) -> None:
        for zone, proxy in self._proxies.items():
            region = self._ground.settings.region_of(zone)
            known = self._services.get(region, ())
            ports = {it.name: self._ports.of(it.name) for it in known}
            place = self._place(zone, region, proxy.envoy)
            proxy.envoy.want(egress(known, ports, self._reach(zone, region), self.faults, place))
        self._publish()

    def _publish(self) -> None:
        self._ground.directory.proxies.replace(
            {
                (zone, it.name): f"http://{self._ground.addresses.egress(zone)}:{self._ports.of(it.name)}"
                for some in self._services.values()
                for it in some
                for zone in it.zones
            }
        )

    def _place(self, zone: str, region: str, envoy: Envoy) -> EgressPlace:
        return EgressPlace(
            zone=zone,
            region=region,
            address=self._ground.addresses.egress(zone),
            access_log=envoy.access_log,
            factor=self._ground.profile.declared_factor,
            partners_domain=f"partners.{self._ground.settings.domain_name}",
        )

    def _reach(self, zone: str, region: str) -> Reach:
        directory = self._ground.directory
        mesh: dict[str, list[Backend]] = {}
        for it in sorted(directory.mesh.all().values(), key=_address):
            if it.region == region:
                to = Place(it.backend.zone, Tier.PRIVATE)
                mesh.setdefault(it.name, []).append(self._lead(zone, to, it.backend))
        partners, aws = directory.partners.get("partners"), _emulator(self._ground.control_plane.endpoint)
        return Reach(
            mesh,
            self._lead(zone, OUTSIDE, aws, None) if aws else None,
            self._lead(zone, OUTSIDE, partners) if partners else None,
            self._detours.hole(),
            directory.closed_ways.get(region) or ClosedWays(),
            directory.endpoints.get(region) or {},
        )

    def _lead(self, zone: str, to: Place, backend: Backend, tier: Tier | None = Tier.PRIVATE) -> Backend:
        """Args: tier: None for AWS's API: of its ways through the VPC, `closed_ways` tells."""
        address, port = self._detours.lead(Place(zone, tier), to, backend.address, backend.port)
        return Backend(address, port, backend.zone)

    def _note_blocked(self) -> None:
        for zone, proxy in self._proxies.items():
            for tried, at in blocked_ways(zone, proxy.log.read()):
                self._ground.directory.blocked.note(tried, at)

    def _break_links(self) -> None:
        is_deaf = any(it.links.deaf for it in self._proxies.values())
        if self._has_open_links() and not is_deaf:
            return
        for zone, proxy in self._proxies.items():
            proxy.links.follow(proxy.envoy.pid, proxy.envoy.address, self._closed_from(zone))

    def _has_open_links(self) -> bool:
        """Of those that services use: within a region, and to what is outside all zones."""
        return all(
            all_open(
                self._ground.zones,
                [Place(zone, Tier.PRIVATE) for zone in region.zones],
                [OUTSIDE, *(Place(zone, Tier.PRIVATE) for zone in region.zones)],
            )
            for region in self._ground.settings.regions
        )

    def _closed_from(self, zone: str) -> "_Closed":
        directory, tasks = self._ground.directory, Place(zone, Tier.PRIVATE)
        ways = {
            (it.backend.address, it.backend.port): (tasks, Place(it.backend.zone, Tier.PRIVATE))
            for it in directory.mesh.all().values()
        }
        if partners := directory.partners.get("partners"):
            ways[partners.address, partners.port] = (tasks, OUTSIDE)
        if aws := _emulator(self._ground.control_plane.endpoint):
            ways[aws.address, aws.port] = (Place(zone), OUTSIDE)
        return _Closed(self._ground, ways)


@dataclass(frozen=True)
class _Closed:
    """Whether the link to a peer is closed. Attributes: ways: from where to where, by the peer."""

    ground: Ground
    ways: Mapping[tuple[str, int], tuple[Place, Place]]

    def __call__(self, address: str, port: int) -> bool:
        ends = self.ways.get((address, port))
        return ends is not None and not way(self.ground.zones, *ends).is_open


def _address(endpoint: MeshEndpoint) -> tuple[str, int]:
    return endpoint.backend.address, endpoint.backend.port


def _emulator(endpoint: str) -> Backend | None:
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    return Backend(parts.hostname or "", parts.port or 80, None)
