"""What people saw during a drill proves nothing where the harness did not keep its schedule or was the bottleneck."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from estate import drilling
from estate.drilling import Crowd, crowd
from evidence import read_operations
from evidence.ledger import Ledger
from load_tests.plan import Plan, PlanSettings
from load_tests.scaling import Capacity, ScalingWatch
from load_tests.schedule import ScheduledOperation
from tests.load_tests.plans import CATALOGUE

BEGIN, SECONDS = 1_700_000_000.0, 30.0


class Clock:
    """The time of a drill, which waiting moves on."""

    def __init__(self) -> None:
        self.at = BEGIN

    def time(self) -> float:
        return self.at


class Generator:
    """One that has written what the test says."""

    clock: Clock
    exit_code: int | None = None
    exits_with: int | None = 0

    def __init__(self, plan: Plan, settings: PlanSettings, begin_at: float, folder: Path) -> None:
        self.plan, self.begin_at, self.folder = plan, begin_at, folder

    def wait(self, seconds: float) -> None:
        self.clock.at += seconds

    def check(self) -> None:
        pass

    def enough(self) -> None:
        self.exit_code = self.exits_with

    def stop(self) -> None:
        pass

    def write(
        self, late: int = 0, cpu_percent: float | None = 30.0, prepares: bool = True, until: float = 1e9
    ) -> None:
        """Everything of the schedule was sent, some of it late, up to some time."""
        with Ledger(self.folder / "ledger-0.jsonl") as ledger:
            for number, it in enumerate((*self.plan.schedule.preparation(), *self._due(until))):
                at = self.begin_at + it.at
                ledger.scheduled(it.key, str(it.kind), it.benefit, at)
                ledger.sent(it.key, at + (1.0 if it.at >= 0 and number % 2 and late else 0.0))
                if it.at >= 0 or prepares:
                    ledger.acknowledged(it.key, "id", at + 0.1, 201)
        with (self.folder / "generator-0.jsonl").open("w") as file:
            for second in range(int(SECONDS) if cpu_percent is not None else 0):
                line = {"at": self.begin_at + second, "under_way": 0, "cpu_percent": cpu_percent}
                file.write(json.dumps(line) + "\n")

    def _due(self, until: float) -> Iterator[ScheduledOperation]:
        return takewhile(lambda it: it.at < min(until, SECONDS), self.plan.schedule.operations())


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Crowd, Generator]]:
    """Those who came in a drill that began at BEGIN and is to end now. Args: busy: of the servers, at each look."""

    def come(busy: Mapping[str, float] | None = None) -> tuple[Crowd, Generator]:
        clock, looked = Clock(), threading.Event()

        def look() -> Mapping[str, float]:
            looked.set()
            return busy or {}

        monkeypatch.setattr(drilling, "time", clock)
        monkeypatch.setattr(drilling, "busy_servers", lambda _: look)
        monkeypatch.setattr(drilling, "check_up", lambda _: None)
        monkeypatch.setattr(drilling, "LOOK_SECONDS", 0.01)
        monkeypatch.setattr(drilling, "GeneratorProcess", type("Here", (Generator,), {"clock": clock}))
        found = crowd(CATALOGUE, "slice", "http://127.0.0.1:9", 1, 4.0)
        found.begin(tmp_path)
        assert looked.wait(30)
        generator = found._process
        assert isinstance(generator, Generator)
        clock.at = generator.begin_at + SECONDS
        return found, generator

    return come


People = Callable[..., tuple[Crowd, Generator]]


def test_a_harness_that_did_well_is_not_complained_of(people: People) -> None:
    found, generator = people({"the emulator": 40.0})
    generator.write()

    assert found.end() == []


def test_what_people_met_and_what_served_them_is_shown(people: People, tmp_path: Path) -> None:
    found, generator = people()
    generator.write()
    found.end()
    watch = ScalingWatch({}.__getitem__, "estate", ())
    watch.zones.append((generator.begin_at, Counter({"eu-west-2a": 3, "eu-west-2b": 2})))
    watch.samples.append((generator.begin_at, {"portal": Capacity(3, 3, 2)}))
    other = ScalingWatch({}.__getitem__, "estate", ())
    other.zones.append((generator.begin_at, Counter({"eu-west-1a": 1})))
    other.samples.append((generator.begin_at, {"portal": Capacity(1, 1, 1)}))
    found.watches = [watch, other]
    series: dict[str, list[tuple[float, float | None]]] = {}
    record: Any = SimpleNamespace(
        series=lambda name, unit, points: series.setdefault(name, []).extend(points)
    )
    operations = read_operations(sorted(tmp_path.glob("ledger-*.jsonl")))

    found.show(record, operations)

    assert series["tasks/eu-west-1a"] == [(generator.begin_at, 1)]
    assert series["tasks/eu-west-2b"] == [(generator.begin_at, 2)]
    assert (series["healthy/portal"], series["wanted/portal"]) == (
        [(generator.begin_at, 2)],
        [(generator.begin_at, 3)],
    )
    came = sum(2.0 * (per_second or 0.0) for _, per_second in series["arrivals/operations"])
    assert came == pytest.approx(len(operations), abs=1)
    assert {it for _, it in series["success/operations"]} <= {100.0, None}
    assert {"latency/p50", "latency/p99"} <= set(series)


def test_a_schedule_that_was_not_kept_proves_nothing(people: People) -> None:
    found, generator = people()
    generator.write(late=1)

    (reason,) = found.end()
    assert reason.startswith("The schedule was not kept: ")


def test_what_is_due_after_the_end_of_the_drill_need_not_have_begun(people: People) -> None:
    found, generator = people()
    generator.write(until=20.0)
    drilling.time.at = generator.begin_at + 20.0  # pyright: ignore[reportAttributeAccessIssue]

    assert found.end() == []


def test_a_twin_whose_servers_were_the_bottleneck_proves_nothing(people: People) -> None:
    found, generator = people({"the emulator": 95.0, "Envoy 7": 20.0})
    generator.write()

    assert found.end() == ["Of a core, the emulator used 95%: above 80% the run measures that instead."]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ({"cpu_percent": 92.0}, "The generator used 92% of a core, and above 80% it measures itself."),
        ({"cpu_percent": None}, "The generator wrote nothing of how busy it was."),
        (
            {"prepares": False},
            "The estate took nothing of what was sent before the launch: there was nothing to return to or ask about.",
        ),
    ],
    ids=["busy", "silent", "nothing-prepared"],
)
def test_the_rules_of_a_launch_are_those_of_a_drill(
    written: Mapping[str, float], reason: str, people: People
) -> None:
    found, generator = people()
    generator.write(**written)  # pyright: ignore[reportArgumentType]

    assert found.end() == [reason]


@pytest.mark.parametrize(
    ("before", "at_the_end", "reason"),
    [
        (-9, -9, "The generator ended with -9 before the drill did."),
        (0, 0, "The generator ended with 0 before the drill did."),
        (None, 3, "The generator ended with 3 before its schedule was over."),
        (None, None, "The generator had to be stopped before its schedule was over."),
    ],
    ids=["killed", "over-too-soon", "failed-at-the-end", "hangs"],
)
def test_a_generator_that_did_not_end_as_it_should_is_told_of_once(
    before: int | None, at_the_end: int | None, reason: str, people: People
) -> None:
    found, generator = people()
    generator.write()
    generator.exit_code, generator.exits_with = before, at_the_end

    assert found.end() == [reason]


def test_where_nobody_came_nothing_is_proved() -> None:
    settings = PlanSettings("slice", "steady", 1, "run", 0.1, 1.0, "http://127.0.0.1:9")

    assert Crowd(Plan.of(CATALOGUE, settings), settings).end() == ["Nobody came."]
