"""Servers in memory that behave as PostgreSQL does, for the planner to be tried on.

A log is a tuple of marks, each made by one writer in one term; a position is its length.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from twin.runtime.database.group import (
    Build,
    Fence,
    Follow,
    Group,
    Initialise,
    Member,
    Promote,
    Record,
    Rejoin,
    Retire,
    Seen,
    SetPartners,
    Start,
    Step,
    Switch,
    Write,
    cluster_of,
)
from twin.runtime.database.plan import plan

Mark = tuple[int, str]
Planner = Callable[[Group, Record, Mapping[str, Seen], Switch | None, float], tuple[Step, ...]]


@dataclass
class Server:
    zone: str
    log: tuple[Mark, ...] | None = None
    is_standby_data: bool = False
    is_running: bool = False
    may_write: bool = False
    upstream: str | None = None
    names: frozenset[str] = frozenset()
    names_from: int | None = None
    streams_from: str | None = None
    confirmed: int = 0
    final: int | None = None
    misses: int = 0
    alone: float = 0.0
    astray: float = 0.0


@dataclass
class World:
    """Attributes: acknowledged: marks that clients were told are safe. violations: what must never have happened."""

    group: Group
    record: Record = field(default_factory=Record)
    servers: dict[str, Server] = field(default_factory=dict[str, Server])
    dark: set[str] = field(default_factory=set[str])
    frozen: set[str] = field(default_factory=set[str])
    cut: set[str] = field(default_factory=set[str])
    switch: Switch | None = None
    now: float = 0.0
    acknowledged: set[Mark] = field(default_factory=set[Mark])
    waiting: dict[Mark, str] = field(default_factory=dict[Mark, str])
    violations: list[str] = field(default_factory=list[str])
    marks: int = 0
    planner: Planner = plan

    def __post_init__(self) -> None:
        self.servers = {it.key: Server(it.zone) for it in self.group.members}

    # What the planner sees and does

    def seen(self) -> Mapping[str, Seen]:
        return {key: self._seen(key, it) for key, it in self.servers.items()}

    def _seen(self, key: str, it: Server) -> Seen:
        answers = it.is_running and self.is_awake(it.zone)
        streams = {other: that.confirmed for other, that in self.servers.items() if that.streams_from == key}
        return Seen(
            has_data=it.log is not None,
            is_standby_data=it.is_standby_data,
            is_running=it.is_running,
            is_reachable=self.is_reachable(it.zone),
            misses=it.misses,
            may_write=it.may_write,
            received=len(it.log or ()) if answers and not it.may_write else None,
            final=it.final,
            upstream=it.upstream,
            names=it.names,
            names_from=it.names_from,
            streams=streams if it.may_write else {},
            alone_seconds=it.alone,
            astray_seconds=it.astray,
        )

    def turn(self, steps: int | None = None) -> None:
        """The controller looks, plans and acts; it is interrupted after so many steps."""
        for it in self.servers.values():
            it.misses = it.misses + 1 if it.is_running and not self.is_awake(it.zone) else 0
        for step in self.planner(self.group, self.record, self.seen(), self.switch, self.now)[:steps]:
            self.act(step)
        self.now += 0.25
        for key, it in self.servers.items():
            is_alone = it.may_write and not any(that.streams_from == key for that in self.servers.values())
            it.alone = it.alone + 0.25 if is_alone else 0.0
            is_astray = it.is_running and not it.may_write and it.streams_from != self.record.writer
            it.astray = it.astray + 0.25 if is_astray else 0.0

    def act(self, step: Step) -> None:
        match step:
            case Write(record):
                self.record = record
            case Initialise(key) if self.has_power(key):
                self._start(key, None, frozenset(), log=())
            case Start(key, upstream, names) if self.has_power(key):
                self._start(key, upstream, names)
            case Fence(key):
                self._end(key)
            case Retire(key):
                self._retire(key)
            case Promote(key, names) if self.servers[key].is_running:
                self._promote(key, names)
            case Follow(key, upstream):
                self.servers[key].upstream, self.servers[key].streams_from = upstream, None
            case Build(key, upstream) | Rejoin(key, upstream) if self.has_power(key):
                self._copy(key, upstream)
            case SetPartners(key, names) if self.servers[key].may_write:
                self._set_partners(key, names)
            case _:
                pass

    def _start(
        self, key: str, upstream: str | None, names: frozenset[str], log: tuple[Mark, ...] | None = None
    ) -> None:
        it = self.servers[key]
        it.log = it.log if log is None else log
        it.is_standby_data = it.is_standby_data or upstream is not None
        it.is_running, it.final = True, None
        it.may_write = not it.is_standby_data
        it.upstream, it.names, it.names_from = upstream, names, len(it.log or ())
        self.check()

    def _end(self, key: str) -> None:
        it = self.servers[key]
        it.is_running = it.may_write = False
        it.streams_from = None
        for that in self.servers.values():
            if that.streams_from == key:
                that.streams_from = None
        self.waiting = {mark: at for mark, at in self.waiting.items() if at != key}

    def _retire(self, key: str) -> None:
        it = self.servers[key]
        if self.is_awake(it.zone) and it.may_write:
            self.ship()
            it.final = len(it.log or ()) - 1
        self._end(key)

    def _promote(self, key: str, names: frozenset[str]) -> None:
        it = self.servers[key]
        it.may_write, it.is_standby_data = True, False
        it.names, it.names_from, it.upstream, it.streams_from = names, len(it.log or ()), None, None
        self.check()

    def _copy(self, key: str, upstream: str) -> None:
        source = self.servers[upstream]
        if source.may_write and self.links(source.zone, self.servers[key].zone):
            self._end(key)
            self._start(key, upstream, frozenset(), log=source.log)

    def _set_partners(self, key: str, names: frozenset[str]) -> None:
        it = self.servers[key]
        for gone in it.names - names:
            if self.servers[gone].streams_from == key:
                self.servers[gone].streams_from = None
        it.names, it.names_from = names, len(it.log or ())

    # What happens by itself

    def commit(self) -> None:
        """Clients commit at every server that lets them."""
        for key, it in self.servers.items():
            if it.may_write and self.is_awake(it.zone):
                self.marks += 1
                mark = (self.marks, key)
                it.log = (*(it.log or ()), mark)
                self.waiting[mark] = key
        self._acknowledge()

    def connect(self) -> None:
        for key, it in self.servers.items():
            if not it.is_running or it.may_write or it.upstream is None or it.streams_from == it.upstream:
                continue
            source = self.servers[it.upstream]
            if source.may_write and self.links(source.zone, it.zone) and _extends(source.log, it.log):
                it.streams_from, it.confirmed = it.upstream, len(it.log or ())
            del key

    def ship(self, only: str | None = None, most: int = 1_000) -> None:
        """Logs have travelled to those who stream."""
        for key, it in self.servers.items():
            if it.streams_from is None or (only and key != only) or not it.is_running:
                continue
            source = self.servers[it.streams_from]
            if self.links(source.zone, it.zone) and source.log is not None:
                it.log = source.log[: max(len(it.log or ()), min(len(source.log), it.confirmed + most))]
                it.confirmed = len(it.log)
        self._acknowledge()

    def _acknowledge(self) -> None:
        for mark, key in list(self.waiting.items()):
            it = self.servers[key]
            place = (it.log or ()).index(mark) + 1
            confirmed = [
                that
                for name in it.names
                if (that := self.servers[name]).streams_from == key and that.confirmed >= place
            ]
            if self.is_awake(it.zone) and (not it.names or confirmed):
                del self.waiting[mark]
                self.acknowledged.add(mark)

    def kill(self, key: str) -> None:
        self._end(key)

    def crash(self) -> None:
        """The supervisor dies, and everything with it; disks stay."""
        for key in self.servers:
            self._end(key)
        for it in self.servers.values():
            it.misses, it.final = 0, None

    def power(self, zone: str, is_on: bool) -> None:
        (self.dark.discard if is_on else self.dark.add)(zone)
        if not is_on:
            for key, it in self.servers.items():
                if it.zone == zone:
                    self._end(key)

    def heal(self) -> None:
        self.dark.clear()
        self.frozen.clear()
        self.cut.clear()

    # What must hold

    def check(self) -> None:
        writers = [key for key, it in self.servers.items() if it.may_write]
        if len(writers) > 1:
            self.violations.append(f"two writers: {writers}")
        for key in writers:
            missing = self.acknowledged - set(self.servers[key].log or ())
            if missing:
                self.violations.append(f"{key} accepts commits without {sorted(missing)}")

    @property
    def is_whole(self) -> bool:
        """A writer accepts commits, everybody follows it, and somebody holds what it acknowledges."""
        writer = self.servers.get(self.record.writer or "")
        if writer is None or not writer.may_write:
            return False
        others = [key for key in self.servers if key != self.record.writer]
        same = [it for it in others if cluster_of(it) == cluster_of(self.record.writer or "")]
        follow = all(self.servers[it].streams_from == self.record.writer for it in others)
        return follow and bool(writer.names) == bool(same) and self.record.partners == writer.names

    def has_power(self, key: str) -> bool:
        return self.servers[key].zone not in self.dark

    def is_awake(self, zone: str) -> bool:
        return zone not in self.dark and zone not in self.frozen

    def is_reachable(self, zone: str) -> bool:
        return self.is_awake(zone) and zone not in self.cut

    def links(self, one: str, other: str) -> bool:
        return self.is_awake(one) and self.is_awake(other) and (one == other or not {one, other} & self.cut)


def _extends(log: tuple[Mark, ...] | None, other: tuple[Mark, ...] | None) -> bool:
    return log is not None and other is not None and log[: len(other)] == other


def cluster(instances: int = 3, region: str = "eu-west-2") -> Group:
    members = tuple(
        Member(f"{region}/core/core-{it + 1}", f"{region}{'abc'[it % 3]}") for it in range(instances)
    )
    return Group("core", (f"{region}/core",), members, members[0].key)
