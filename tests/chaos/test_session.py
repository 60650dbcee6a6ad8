"""A round: what is broken is watched until it is made up for, undone, and told of where it proves nothing."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalogue import load_catalogue
from chaos import actions, capacity, conclusion, session
from chaos.exceptions import NoRun, NotAllowed
from chaos.experiment import find
from chaos.guard import Budget, Guard
from chaos.hands import Hands
from chaos.injection import Injection
from chaos.place import Place
from chaos.protection import Removal
from chaos.rounds import Round
from chaos.session import LAST_SECONDS, MARGIN_SECONDS, Session
from chaos.settings import RunSettings
from chaos.undo import FILE, Deed, UndoJournal
from evidence import Account
from evidence.ledger import Operation
from load_tests.tally import Tally, tally
from tests.chaos.acting import Caches, Databases, place, run, standing
from tests.chaos.stand_in import StandIn

PATH = place().path
FAULT_SECONDS = 65 + MARGIN_SECONDS
CALL = {"service": "ecs", "operation": "update_service", "parameters": {"desiredCount": 3}}
TAKEN = Removal("portal has 1 task", (CALL,), (CALL,), lambda: True, lambda: True)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Virtual time, from now: the last is what it is."""
    times = [time.time()]
    clock = SimpleNamespace(
        time=lambda: times[-1], monotonic=lambda: times[-1], sleep=lambda it: times.append(times[-1] + it)
    )
    for module in (capacity, session):
        monkeypatch.setattr(module, "time", clock)
    return times


@dataclass
class Load:
    """A load that is over at once, and in which nobody met anything."""

    folder: Path
    begin_at: float = 0.0
    expected: float = 1000.0
    asked: list[Any] = field(default_factory=list[Any])

    @property
    def end_at(self) -> float:
        return self.begin_at + 65

    def start(self, lead_seconds: float) -> None:
        self.begin_at = session.time.time()

    def progress(self) -> None:
        return None

    def wait(self, until: Callable[[], bool], each: Callable[[], None], look_seconds: float) -> None:
        each()

    def stop(self) -> None:
        return

    def operations(self) -> list[Operation]:
        return []

    def tally(self) -> Tally:
        return tally({}, [])

    def voids(self, others: Mapping[str, float], cut_at: float | None) -> list[str]:
        self.asked.append((others, cut_at))
        return []


def settings(root: Path, **changes: Any) -> RunSettings:
    made = RunSettings.of({"evidence": str(root), "heal_seconds": 10})
    return replace(made, before_seconds=0, after_seconds=65, **changes)


def held(root: Path, at: Place | None = None, name: str = "az-power-loss", **changes: Any) -> Session:
    at, of = at or there(), settings(root, **changes)
    made = run(root)
    hands = Hands(at, UndoJournal(made.folder / FILE), made)
    return Session(find(name), of, load_catalogue(), at, made, hands)


def there(*zones: str, faults: str | None = None, **stores: Any) -> Place:
    clients = {"rds": Databases("one", one="a", two="b"), "elasticache": Caches("a"), **stores}
    return place(clients, [standing(name, *(zones or ("a", "b")), desired=2) for name in PATH], faults)


def under_way(made: Session, at: float) -> Session:
    """In its first round, with a fault at work since then."""
    made.rounds.append(Round(1, "1/1", "a loses its power", fault_at=at))
    made.load = Load(made.run.folder / "round-1", at)  # type: ignore[assignment]
    made.guard = Guard(lambda: None, Budget("critical", 99.95, 1000), lambda _: None, time.monotonic)
    made.guard.start()
    made.lost = Injection("a loses its power", zones=("a",))
    return made


def watching() -> Sequence[str]:
    return [it.name for it in threading.enumerate() if it.name == "guard"]


def test_capacity_is_waited_for_after_the_load_while_the_fault_lasts(
    now: list[float], tmp_path: Path
) -> None:
    made, seen = under_way(held(tmp_path), now[-1]), list[Sequence[str]]()

    def standings() -> Any:
        seen.append(watching())
        zones = ("b", "c") if now[-1] > now[0] + 30 else ("a", "b")
        return [standing(name, *zones) for name in PATH]

    made.place.standings = standings  # type: ignore[method-assign]
    made.watch()
    assert made.round.capacity_seconds == 31.0
    assert seen[-1] == [], "the guard would take the end of the load for silence"


def test_capacity_that_stands_only_after_the_undo_is_not_known(now: list[float], tmp_path: Path) -> None:
    made = under_way(held(tmp_path), now[-1])
    made.watch()
    assert FAULT_SECONDS - LAST_SECONDS <= now[-1] - now[0] < FAULT_SECONDS
    made.place.standings = lambda: [standing(name, "b", "c") for name in PATH]  # type: ignore[method-assign]
    made.end_round()
    assert (made.round.capacity_seconds, made.round.is_healed) == (None, True)


def test_a_control_case_does_not_wait_for_what_cannot_come(now: list[float], tmp_path: Path) -> None:
    under_way(held(tmp_path, is_control_case=True), now[-1]).watch()
    assert len(now) == 1


def test_nothing_is_broken_without_load_and_guard(tmp_path: Path) -> None:
    made = held(tmp_path)
    with pytest.raises(NoRun, match="people_come has to succeed"):
        made.break_it()
    made.rounds.append(Round(1, "1/1"))
    made.load = Load(tmp_path)  # type: ignore[assignment]
    with pytest.raises(NoRun, match="no guard watches"):
        made.break_it()
    assert made.hands.journal.pending() == []


@pytest.mark.parametrize("is_control_case", [False, True])
def test_no_round_follows_one_that_did_not_heal(
    now: list[float], tmp_path: Path, is_control_case: bool
) -> None:
    made = under_way(held(tmp_path, there("a"), is_control_case=is_control_case), now[-1])
    made.end_round()
    assert (made.round.is_healed, made.is_over) == (False, True)
    session.put(made)
    try:
        assert actions.people_come() == {"skipped": "a round before was aborted, or left the estate unwell"}
    finally:
        session.put(None)
    assert len(made.rounds) == 1


def test_a_fault_that_changed_nothing_makes_its_round_void(now: list[float], tmp_path: Path) -> None:
    made = under_way(held(tmp_path), now[-1])
    made.lost = Injection("the writer fails over", idle=lambda: "Nothing failed over.")
    assert made.end_round().void == ["Nothing failed over."]


def test_a_fault_of_which_nobody_knows_what_it_changed_makes_its_round_void(
    now: list[float], tmp_path: Path
) -> None:
    def idle() -> str | None:
        raise NoRun("nobody answers")

    made = under_way(held(tmp_path), now[-1])
    made.lost = Injection("the writer fails over", idle=idle)
    assert made.end_round().void == ["Whether the fault had an effect could not be seen: nobody answers"]


def test_a_fault_that_ended_before_it_was_undone_makes_its_round_void(
    now: list[float], tmp_path: Path, endpoint: StandIn
) -> None:
    made = under_way(held(tmp_path, there(faults=endpoint.url)), now[-1])
    made.hands.begin(Injection("a loses its power", {"kind": "zone-power-loss", "zone": "a"}))
    endpoint.end("f0", at=time.time() - 60)
    (said,) = made.end_round().void
    assert said.endswith("it had ended before: a loses its power.")


def test_what_a_guard_ended_is_judged_until_then(now: list[float], tmp_path: Path) -> None:
    made = under_way(held(tmp_path, servers=tmp_path / "servers.jsonl"), now[-1])
    assert made.guard
    made.guard.breached = "the budget is spent"
    made.guard.aborted.set()
    made.round.aborted_at = now[-1] + 2
    (tmp_path / "servers.jsonl").write_text(
        f'{{"at": {now[-1] + 1}, "used": {{"Envoy 1": 90}}}}\n{{"at": {now[-1] + 3}, "used": {{"Envoy 2": 90}}}}\n'
    )
    load: Any = made.load
    made.end_round()
    assert load.asked == [({"Envoy 1": 90.0}, now[0] + 2)]
    assert made.round.void == []


def test_servers_that_nobody_looked_at_make_a_round_void(now: list[float], tmp_path: Path) -> None:
    made = under_way(held(tmp_path, servers=tmp_path / "servers.jsonl"), now[-1])
    assert made.end_round().void == ["nobody saw how busy the emulator and the Envoys were."]


@pytest.mark.parametrize(("zone", "asked"), [(None, 1), ("a", 0)], ids=["as it is", "the control case"])
def test_roles_that_a_round_has_parted_are_brought_together_before_the_next(
    now: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str | None, asked: int
) -> None:
    databases = Databases("one", one="a", two="b")
    made = held(tmp_path, there(rds=databases, elasticache=Caches("b")), "az-with-writer-and-cache-primary")
    made.zone = zone
    monkeypatch.setattr(made, "_load", lambda number: Load(tmp_path / f"round-{number}"))
    made.begin_round()
    assert databases.asked == []
    made.begin_round()
    made.stop_load()
    assert len(databases.asked) == asked


def test_what_was_taken_away_and_does_not_come_back_is_left_over(now: list[float], tmp_path: Path) -> None:
    made = held(tmp_path)
    made.taken = replace(TAKEN, is_restored=lambda: False)
    made.put_back()
    assert made.hands.left_over == ["portal has 1 task: 10 s after that was undone, it is not as before"]
    made.taken = TAKEN
    made.put_back()
    assert made.hands.left_over == []


class Ecs:
    """Remembers what it is told."""

    def __init__(self, told: list[str]) -> None:
        self._told = told

    def update_service(self, **asked: Any) -> None:
        self._told.append("put back")


@pytest.mark.parametrize("fails", [False, True])
def test_a_control_case_is_judged_before_its_protection_is_put_back(
    now: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    told = list[str]()

    def compare(*_: Any) -> Account:
        told.append("compared")
        if fails:
            raise RuntimeError("the ledger cannot be read")
        return Account(1)

    monkeypatch.setattr(conclusion, "compare", compare)
    made = held(tmp_path, there(ecs=Ecs(told)), is_control_case=True)
    made.hands.journal.write(Deed("protection-1", "portal has 1 task", 0, calls=(CALL,)))
    session.put(made)
    assert actions.undo_everything() == []
    session.put(None)
    if fails:
        with pytest.raises(RuntimeError):
            conclusion.conclude(made, {})
    else:
        conclusion.conclude(made, {})
    assert told == ["compared", "put back"]


def test_a_run_does_not_begin_where_an_earlier_one_has_left_something(tmp_path: Path) -> None:
    journal = UndoJournal(tmp_path / "20260101T000000Z-experiment" / FILE)
    journal.place("local")
    journal.write(Deed("one", "portal has 1 task", 0, calls=(CALL,)))
    with pytest.raises(NotAllowed, match=f"python -m chaos.watchdog {journal.file}"):
        Session.begin(find("task-lost"), settings(tmp_path), load_catalogue(), there())
    assert len(list(tmp_path.iterdir())) == 1
