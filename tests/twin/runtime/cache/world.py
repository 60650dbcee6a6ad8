"""A replication group in virtual time: nodes that hold writes, die, freeze and are cut off, and a controller."""

from dataclasses import dataclass, field, replace

from twin.runtime.cache.model import Answer, Event, Group, Known, Node, Observed, Role, Surroundings
from twin.runtime.cache.plan import NOWHERE, Action, Follow, Kill, Promote, Start, plan

ZONES = ("a", "b", "c")
GROUP = Group(
    region="eu-west-2",
    name="sessions",
    shard="0001",
    port=6379,
    nodes=tuple(Node(f"sessions-00{n}", zone, f"00{n}.sessions") for n, zone in enumerate(ZONES, 1)),
    primary_endpoint="master.sessions",
    reader_endpoint="replica.sessions",
)
FAILOVER_SECONDS = 5.0


@dataclass
class Server:
    """Attributes: held: writes in order; is_frozen: it runs and does not answer."""

    role: Role
    upstream: tuple[str, int] | None
    held: tuple[int, ...] = ()
    is_frozen: bool = False


@dataclass
class World:
    """Attributes: dark, frozen, cut, held: zones; endpoint_log: where the primary endpoint led after each step."""

    group: Group = GROUP
    servers: dict[str, Server] = field(default_factory=dict[str, Server])
    dark: set[str] = field(default_factory=set[str])
    frozen: set[str] = field(default_factory=set[str])
    cut: set[str] = field(default_factory=set[str])
    held: set[str] = field(default_factory=set[str])
    known: Known = field(default_factory=Known)
    events: list[Event] = field(default_factory=list[Event])
    actions: list[Action] = field(default_factory=list[Action])
    now: float = 0.0
    writes: int = 0

    def address(self, name: str) -> tuple[str, int]:
        return (name, self.group.port)

    def step(self, seconds: float = 1.0) -> None:
        """The controller looked once; then replicas took what they could."""
        planned = plan(self.group, self.known, self.looks(), self.around(), self.now, FAILOVER_SECONDS)
        self.known = planned.known
        self.actions = list(planned.actions)
        for action in planned.actions:
            self._act(action)
        self.events += planned.events
        self._replicate()
        self.now += seconds

    def steps(self, count: int) -> None:
        for _ in range(count):
            self.step()

    def write(self) -> bool:
        """A client wrote through the primary endpoint, and was told that it is done."""
        server = self.servers.get(self.known.endpoint or "")
        if server is None or server.is_frozen or server.role is not Role.PRIMARY:
            return False
        self.writes += 1
        server.held = (*server.held, self.writes)
        return True

    # What happens to it

    def lose(self, name: str) -> None:
        self.servers.pop(name, None)

    def lose_power(self, zone: str) -> None:
        self.dark.add(zone)
        for node in self.group.nodes:
            if node.zone == zone:
                self.lose(node.name)

    def freeze(self, zone: str) -> None:
        self.frozen.add(zone)
        self._set_frozen(zone, is_frozen=True)

    def restore(self) -> None:
        for zone in self.frozen:
            self._set_frozen(zone, is_frozen=False)
        self.dark, self.frozen, self.cut, self.held = set(), set(), set(), set()

    def _set_frozen(self, zone: str, *, is_frozen: bool) -> None:
        for node in self.group.nodes:
            if node.zone == zone and node.name in self.servers:
                self.servers[node.name].is_frozen = is_frozen

    # What there is to see

    def primaries(self) -> list[str]:
        return [name for name, server in self.servers.items() if server.role is Role.PRIMARY]

    def looks(self) -> dict[str, Observed]:
        return {name: self._look(name) for name in self.group.names}

    def _look(self, name: str) -> Observed:
        server = self.servers.get(name)
        if server is None or server.is_frozen:
            return Observed(server is not None)
        return Observed(True, Answer(server.role, len(server.held), server.upstream, self._is_linked(name)))

    def _is_linked(self, name: str) -> bool:
        source = self._source(name)
        return source is not None and source.held == self.servers[name].held

    def _source(self, name: str) -> Server | None:
        upstream = self.servers[name].upstream
        source = self.servers.get(upstream[0]) if upstream else None
        return None if source is None or source.is_frozen else source

    def around(self) -> Surroundings:
        bad = self.dark | self.frozen | self.cut
        zone = {node.name: node.zone for node in self.group.nodes}
        names = self.group.names
        return Surroundings(
            startable=frozenset(name for name in names if zone[name] not in bad | self.held),
            reachable=frozenset(name for name in names if zone[name] not in self.cut),
            restless=frozenset(name for name in names if zone[name] not in bad),
            addresses={name: self.address(name) for name in names},
            cut=frozenset((x, y) for x in names for y in names if x != y and {zone[x], zone[y]} & self.cut),
            held=frozenset(name for name in names if zone[name] in self.held),
        )

    # What the controller does to it

    def _act(self, action: Action) -> None:
        match action:
            case Start():
                assert action.node not in self.servers, "a node was started twice"
                role = Role.REPLICA if action.upstream else Role.PRIMARY
                self.servers[action.node] = Server(role, action.upstream)
            case Kill():
                self.lose(action.node)
            case Promote():
                if (server := self._able(action.node)) is not None:
                    server.role, server.upstream = Role.PRIMARY, None
            case Follow():
                if (server := self._able(action.node)) is not None:
                    server.role, server.upstream = Role.REPLICA, action.upstream

    def _able(self, name: str) -> Server | None:
        server = self.servers.get(name)
        return None if server is None or server.is_frozen else server

    def _replicate(self) -> None:
        for name, server in self.servers.items():
            source = self._source(name)
            if source is not None and not server.is_frozen and server.upstream != NOWHERE:
                self.servers[name] = replace(server, held=source.held)
