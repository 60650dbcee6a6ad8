"""A region's load balancer at work: from what is declared and seen to what its nodes do and what is said of targets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from twin.runtime.directory import TargetKey
from twin.runtime.envoy.detour import Detours, all_open, way
from twin.runtime.envoy.health_events import Cause, Failure
from twin.runtime.envoy.process import Envoy
from twin.runtime.ground import Ground
from twin.runtime.load_balancer.admission import admits_person, admits_target
from twin.runtime.load_balancer.dns_answer import NodeSight, answer
from twin.runtime.load_balancer.edge import EDGE_PORT, PROBE, EdgePlace, edge
from twin.runtime.load_balancer.holding import Hold, hold
from twin.runtime.load_balancer.listening import NODE_HEALTH_PORT, NodePlace, listener_port
from twin.runtime.load_balancer.model import LoadBalancer, Target, TargetGroup
from twin.runtime.load_balancer.node import Share, node
from twin.runtime.load_balancer.nodes import Watched
from twin.runtime.load_balancer.reports import Reports
from twin.runtime.load_balancer.targets import Key, Known, Phase, Sight, Verdict, follow, keys_of, verdict
from twin.runtime.load_balancer.view import BalancerView, GroupView, NodeView, registered
from twin.runtime.network.ways import ClosedWays
from twin.runtime.zones import OUTSIDE, Place, Tier

__all__ = ["RegionBalancer"]

_HTTPS_PORT = 443


@dataclass
class RegionBalancer:
    """Attributes:
    edge_address: where people come in.
    absence_counts_from: on the loop's clock; before, a target that is not registered may only not be there yet.
    problems: what is declared and not done, by where.
    elsewhere: all regions' load balancers; the estate's name may lead from this one's edge to another.
    """

    ground: Ground
    region: str
    edge_address: str
    detours: Detours
    balancer: LoadBalancer | None = None
    groups: Sequence[TargetGroup] = ()
    absence_counts_from: float = float("inf")
    nodes: dict[str, Watched] = field(default_factory=dict[str, Watched])
    edge: Watched | None = None
    known: dict[Key, Known] = field(default_factory=dict[Key, Known])
    problems: dict[str, str] = field(default_factory=dict[str, str])
    answer: tuple[str, ...] = ()
    elsewhere: Mapping[str, "RegionBalancer"] = field(default_factory=dict[str, "RegionBalancer"])
    _holds: dict[tuple[str, Key], Hold] = field(default_factory=dict[tuple[str, Key], Hold])
    _told: object = None
    _sights: dict[str, NodeSight] = field(default_factory=dict[str, NodeSight])

    def __post_init__(self) -> None:
        self._said = Reports(self.ground, self.region)

    async def take_in(self, balancers: Sequence[LoadBalancer], groups: Sequence[TargetGroup]) -> None:
        """What is declared is this. One load balancer has the zones' addresses; a second is a problem."""
        chosen = sorted(balancers, key=lambda it: it.name)
        self.balancer, self.groups = (chosen[0] if chosen else None), groups
        self.problems = {
            it.name: "The twin runs one load balancer a region, and this is a second one."
            for it in chosen[1:]
        }
        await self._have_nodes(self.balancer.zones if self.balancer else ())

    def step(self, now: float) -> None:
        """Everything follows from what is declared, what the nodes see, and the state of the zones."""
        sights = self._all_sights(now)
        verdicts = {key: verdict(it) for key, it in sights.items()}
        before = self.known
        self.known = follow(
            before,
            self.groups,
            verdicts,
            now,
            absence_counts=now >= self.absence_counts_from,
            delay_factor=self.ground.profile.declared_factor,
        )
        self._end_connections([it for it in before if it not in self.known])
        self._said.say(self.groups, self.known, sights, self._overridden_keys(now), now)
        self._answer(now)
        self._tell(now)

    def break_links(self) -> None:
        """What is under way over closed links stands still, and goes on when they open."""
        envoys = [*self.nodes.values(), *([self.edge] if self.edge else [])]
        if self._has_open_links() and not any(it.links.deaf for it in envoys):
            return
        for zone, watched in self.nodes.items():
            source = Place(zone, Tier.PUBLIC)
            watched.break_links(
                lambda address, _, source=source: self._is_closed(source, Tier.PRIVATE, address)
            )
        if self.edge:
            self.edge.break_links(lambda address, _: self._is_closed(OUTSIDE, Tier.PUBLIC, address))

    def _has_open_links(self) -> bool:
        zones = self.ground.zones
        nodes = [Place(zone, Tier.PUBLIC) for zone in self.nodes]
        tasks = [Place(zone, Tier.PRIVATE) for zone in self.nodes]
        met = [*nodes, *(Place(zone, Tier.PUBLIC) for zone in self.led.nodes)]
        return all_open(zones, nodes, tasks) and all_open(zones, [OUTSIDE], met)

    def problem_sentences(self) -> dict[str, str]:
        """What is not as declared, by where."""
        envoys = [*self.nodes.values(), *([self.edge] if self.edge else [])]
        said = {it.envoy.name: it.envoy.problem for it in envoys if it.envoy.problem}
        return {**self.problems, **said}

    @property
    def led(self) -> "RegionBalancer":
        """Whose nodes people meet who come in at this region's edge."""
        to = self.elsewhere.get(self.ground.directory.led.get(self.region) or self.region, self)
        return to if to.answer else self

    def ways_in(self) -> list[tuple[str, int]]:
        """Each node of the DNS answer as somebody outside reaches it: address and port."""
        if self.balancer is None:
            return []
        return [self._lead_to_node(zone, self._port(self.balancer)) for zone in self.answer]

    def has_targets(self) -> bool:
        """Every target group in use has a healthy target; one that has no targets at all has none."""
        used = [it for it in self.groups if it.is_in_use]
        return bool(used) and all("healthy" in self._states(it).values() for it in used)

    def view(self, now: float) -> BalancerView | None:
        """The load balancer as it is now; None where none is declared."""
        if self.balancer is None:
            return None
        used = [it for it in self.groups if it.is_in_use]
        return BalancerView(
            self.region,
            self.balancer.arn,
            {zone: it.envoy.access_log for zone, it in self.nodes.items()},
            tuple(GroupView(it.arn, it.name, self._states(it)) for it in used),
            tuple(self._node_view(zone, used) for zone in self._voters(now)),
        )

    def _states(self, group: TargetGroup) -> dict[Target, str]:
        table = self.ground.directory.target_health
        keys = (TargetKey(group.arn, it.address, it.port) for _, it in self._keys(group))
        found = ((Target(key.address, key.port), table.get(key)) for key in keys)
        return registered((target, health.state) for target, health in found if health)

    def _node_view(self, zone: str, groups: Sequence[TargetGroup]) -> NodeView:
        envoy = self.nodes[zone].envoy
        keys = [(group, key) for group in groups for key in self._keys(group)]
        checked = [(group, key) for group, key in keys if self._checks(group, zone, key[1])]
        verdicts = {key: self._sight(zone, group, key).verdict for group, key in checked}
        return NodeView(zone, envoy.access_log, envoy.administration, verdicts)

    # Nodes

    async def _have_nodes(self, zones: Sequence[str]) -> None:
        for zone in [it for it in self.nodes if it not in zones]:
            await self.nodes.pop(zone).stop()
        for zone in zones:
            if zone not in self.nodes:
                self.nodes[zone] = self._watched(
                    f"load-balancer-{zone}", zone, self.ground.addresses.load_balancer(zone)
                )
        if zones and self.edge is None:
            self.edge = self._watched(f"edge-{self.region}", None, self.edge_address)
        if not zones and self.edge:
            await self.edge.stop()
            self.edge = None
        self.run_all()
        self._publish_edge()

    def run_all(self) -> None:
        for it in [*self.nodes.values(), *([self.edge] if self.edge else [])]:
            it.start()

    def _watched(self, name: str, zone: str | None, address: str) -> Watched:
        return Watched(
            Envoy(self.ground, name, zone, self.region, address), self.ground.profile.seconds("health_look")
        )

    def _publish_edge(self) -> None:
        if self.edge:
            self.ground.directory.edge.put(self.region, f"http://{self.edge_address}:{EDGE_PORT}")
        else:
            self.ground.directory.edge.drop(self.region)

    # Targets

    def _all_sights(self, now: float) -> dict[Key, list[Sight]]:
        """Of each target, what the nodes see that are there, and in zones that can be reached."""
        voters = self._voters(now)
        return {
            key: [self._sight(zone, group, key) for zone in voters if self._checks(group, zone, key[1])]
            for group in self.groups
            for key in self._keys(group)
        }

    def _voters(self, now: float) -> list[str]:
        recently = now - max(1.0, 3 * self.ground.profile.seconds("health_look"))
        return [
            zone
            for zone, it in self.nodes.items()
            if self.ground.zones.condition(zone).is_usable and it.has_answered_since(recently)
        ]

    def _checks(self, group: TargetGroup, zone: str, target: Target) -> bool:
        return group.crosses_zones or self._zone_of(target) == zone

    def _keys(self, group: TargetGroup) -> list[Key]:
        return keys_of(group, self.known)

    def _sight(self, zone: str, group: TargetGroup, key: Key) -> Sight:
        held = self._holds.get((zone, key))
        if held and held.verdict is not Verdict.UNKNOWN:
            return Sight(held.verdict, Cause(Failure.TIMEOUT))
        return self._seen(zone, group, key)

    def _seen(self, zone: str, group: TargetGroup, key: Key) -> Sight:
        """What the node's Envoy says, in whichever of its two lists the target is."""
        at = self._lead(zone, key[1])
        sights = [self.nodes[zone].sight(it, at) for it in (group.cluster, group.probation)]
        return next((it for it in sights if it.verdict is not Verdict.UNKNOWN), sights[0])

    def _lead(self, zone: str, target: Target) -> Target:
        source, to = Place(zone, Tier.PUBLIC), Place(self._zone_of(target), Tier.PRIVATE)
        is_admitted = admits_target(self._closed, zone, target, self.known)
        return Target(*self.detours.lead(source, to, target.address, target.port, is_admitted=is_admitted))

    @property
    def _closed(self) -> ClosedWays:
        return self.ground.directory.closed_ways.get(self.region) or ClosedWays()

    def _zone_of(self, target: Target) -> str | None:
        return self.ground.addresses.zone_of(target.address)

    def _end_connections(self, gone: Sequence[Key]) -> None:
        """The time of leaving targets is over: what is still under way to them is cut."""
        peers = frozenset((target.address, target.port) for _, target in gone)
        for it in self.nodes.values():
            it.cut(peers)

    # Where people are led

    def _answer(self, now: float) -> None:
        self._sights = {zone: self._node_sight(zone, now) for zone in self.nodes}
        seconds = self.ground.profile.seconds
        self.answer = answer(self._sights, now, seconds("dns"), seconds("zonal_shift"))

    def _node_sight(self, zone: str, now: float) -> NodeSight:
        before = self._sights.get(zone, NodeSight())
        is_shifted = self.ground.zones.condition(zone).is_shifted_away
        return NodeSight(
            _since(before.silent_since, now, holds=self._is_silent(zone)),
            _since(before.shifted_since, now, holds=is_shifted),
        )

    def _is_silent(self, zone: str) -> bool:
        """What the edge last said of the node; before it ever did, the node is taken for one that answers."""
        if self.edge is None:
            return False
        at = Target(*self._lead_to_node(zone, NODE_HEALTH_PORT))
        return self.edge.sight(PROBE, at).verdict is Verdict.UNHEALTHY

    def _lead_to_node(self, zone: str, port: int) -> tuple[str, int]:
        address, to = self.ground.addresses.load_balancer(zone), Place(zone, Tier.PUBLIC)
        is_admitted = admits_person(self._closed, zone, port)
        return self.detours.lead(OUTSIDE, to, address, port, is_admitted=is_admitted)

    def _overridden_keys(self, now: float) -> set[Key]:
        return {key for group in self.groups for key in self._overridden(group, now)}

    def _overridden(self, group: TargetGroup, now: float) -> set[Key]:
        """Targets that a zonal shift leads past, too. Not where no other zone has any.

        Source: Application Load Balancers guide, "Zonal shift" (cross-zone on: no traffic to targets in the zone, and
        its address leaves the DNS answer); ARC developer guide, "Application Load Balancers" (single-AZ groups).
        """
        seconds = self.ground.profile.seconds("zonal_shift")
        shifted = {
            zone
            for zone, it in self._sights.items()
            if it.shifted_since is not None and now - it.shifted_since >= seconds
        }
        keys = self._keys(group)
        over = {key for key in keys if self._zone_of(key[1]) in shifted}
        return over if len(over) < len(keys) else set()

    # What the Envoys are told

    def _tell(self, now: float) -> None:
        if self.balancer is None or self.edge is None:
            return
        self._holds = dict(self._held(now))
        facts = self._facts(now)
        if facts == self._told:
            return
        self._told = facts
        rules: tuple[str, ...] = ()
        for zone, watched in self.nodes.items():
            configuration, rules = node(
                self.balancer,
                self.groups,
                {group.name: self._share(zone, group, now) for group in self.groups},
                lambda target, zone=zone: self._lead(zone, target),
                self._zone_of,
                self._node_place(zone, watched.envoy),
            )
            watched.envoy.want(configuration)
        self._note_rules(rules)
        self._tell_edge(self.balancer, self.edge)

    def _facts(self, now: float) -> object:
        """Differ where the Envoys have to be told something else."""
        over = [self._overridden(group, now) for group in self.groups]
        versions = self.ground.zones.versions()
        return (
            self.balancer,
            self.groups,
            self.known,
            self._holds,
            over,
            versions,
            self._closed,
            self.answer,
            set(self.nodes),
            (self.led.region, self.led.answer, self.led._closed),
        )

    def _tell_edge(self, balancer: LoadBalancer, watched: Watched) -> None:
        to = self.led
        port = self._port(to.balancer or balancer)
        place = EdgePlace(
            self.edge_address,
            watched.envoy.access_log,
            self.ground.profile.seconds("node_look"),
            self.ground.profile.seconds("node_silence"),
        )
        zones = sorted(self.nodes)

        def lead(zone: str, port: int) -> tuple[str, int]:
            return (self if zone in self.nodes else to)._lead_to_node(zone, port)

        watched.envoy.want(edge(to.answer, zones, port, lead, place))

    def _port(self, balancer: LoadBalancer) -> int:
        """That nodes listen on for people."""
        ports = [it.port for it in balancer.listeners]
        return listener_port(_HTTPS_PORT if _HTTPS_PORT in ports else min(ports, default=_HTTPS_PORT))

    def _share(self, zone: str, group: TargetGroup, now: float) -> Share:
        over = self._overridden(group, now)
        keys = [key for key in self._keys(group) if self.known[key].phase is not Phase.DRAINING]
        held = {key: self._holds[zone, key].verdict for key in keys if (zone, key) in self._holds}
        serving = [
            key
            for key in keys
            if self.known[key].phase is Phase.SERVING
            and key not in over
            and held.get(key) is not Verdict.UNHEALTHY
        ]
        return Share(
            tuple(key[1] for key in serving),
            tuple(key[1] for key in keys if key not in serving or held.get(key) is Verdict.HEALTHY),
            frozenset(key[1] for key in serving if held.get(key) is Verdict.HEALTHY),
        )

    def _held(self, now: float) -> Iterator[tuple[tuple[str, Key], Hold]]:
        for zone in self.nodes:
            for group in self.groups:
                check = group.health_check
                for key in self._keys(group) if check else ():
                    assert check
                    sight, lead = self._seen_before(zone, group, key), self._lead(zone, key[1])
                    factor = self.ground.profile.declared_factor
                    before = self._holds.get((zone, key))
                    yield (zone, key), hold(before, key[1], lead, sight, check, factor, now)

    def _seen_before(self, zone: str, group: TargetGroup, key: Key) -> Sight:
        """What the node saw of the target where the way led until now."""
        before = self._holds.get((zone, key))
        is_held = before is not None and before.verdict is not Verdict.UNKNOWN
        cluster = group.probation if is_held else group.cluster
        return self.nodes[zone].sight(cluster, before.lead if before else key[1])

    def _node_place(self, zone: str, envoy: Envoy) -> NodePlace:
        return NodePlace(
            zone,
            self.ground.addresses.load_balancer(zone),
            envoy.access_log,
            envoy.health_events,
            self.ground.profile.declared_factor,
        )

    def _note_rules(self, rules: Sequence[str]) -> None:
        kept = {name: it for name, it in self.problems.items() if not name.startswith("rule ")}
        self.problems = kept | {f"rule {number}": it for number, it in enumerate(rules)}

    def _is_closed(self, source: Place, tier: Tier, address: str) -> bool:
        zone = self.ground.addresses.zone_of(address) if self._is_ours(address) else None
        return zone is not None and not way(self.ground.zones, source, Place(zone, tier)).is_open

    def _is_ours(self, address: str) -> bool:
        return address.startswith(f"127.{self.ground.addresses.block}.")


def _since(before: float | None, now: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now if before is None else before
