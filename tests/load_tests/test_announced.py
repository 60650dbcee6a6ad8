"""An announced launch from its announcement to its record: what is looked at, when, and what comes of it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from catalogue import load_catalogue
from evidence import EnvironmentKind, EnvironmentLabel, Run
from load_tests import launching
from load_tests.aftermath import Aftermath, Launched
from load_tests.estate_ledger import PaymentBook
from load_tests.observation import Observation
from load_tests.plan import Plan, PlanSettings
from load_tests.scheduled_minimum import Bounds, ScheduledMinimum
from load_tests.surroundings import Surroundings
from tests.evidence.runs import begin
from tests.load_tests.stand_in import StandIn, standing_in
from tests.load_tests.test_scheduled_minimum import AutoScaling

LABEL = EnvironmentLabel("slice", EnvironmentKind.TWIN, "Nothing real.", "no server", "aws")
RAISED, LOWERED = "The minimum is raised before people come", "The minimum is lowered afterwards"


class Scaling(AutoScaling):
    """The same, which does not answer or answers late around the begin of a launch, once that is known."""

    def __init__(self) -> None:
        super().__init__(portal=Bounds(3, 9))
        self.begin_at = float("inf")
        self.silent_until = self.takes = 0.0
        self.asked_after: list[float] = []

    def time(self) -> float:
        return self.at

    def describe_scalable_targets(self, ResourceIds: list[str], **given: Any) -> dict[str, Any]:
        after = self.at - self.begin_at
        self.asked_after.append(after)
        if -10 < after < self.silent_until:
            raise ConnectionError("nobody answers")
        if -10 < after < 10:
            self.sleep(self.takes)
        return super().describe_scalable_targets(ResourceIds, **given)


class Generator:
    """Sends nothing, and ends when its schedule does."""

    aws: Scaling

    def __init__(self, plan: Plan, settings: PlanSettings, begin_at: float, folder: Path) -> None:
        self.folder = folder
        self.aws.begin_at = begin_at
        self.end_at = begin_at + plan.schedule.seconds

    @property
    def exit_code(self) -> int | None:
        return None if self.aws.at < self.end_at else 0

    def progress(self) -> None:
        return None

    def wait(self, seconds: float) -> None:
        self.aws.sleep(seconds)

    def stop(self) -> None:
        pass


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Scaling:
    """Everything of a launch keeps to its clock."""
    scaling = Scaling()

    monkeypatch.setattr(launching, "time", scaling)
    monkeypatch.setattr(
        launching, "ScheduledMinimum", partial(ScheduledMinimum, now=scaling.now, sleep=scaling.sleep)
    )
    monkeypatch.setattr(launching, "GeneratorProcess", type("Here", (Generator,), {"aws": scaling}))
    return scaling


def launched(aws: Scaling, folder: Path, busy: Callable[[], dict[str, float]] = dict) -> Launched:
    settings = PlanSettings("slice", "emergency-benefit-day", 5, "test", 0.01, 0.05, "http://127.0.0.1:9")
    plan = Plan.of(load_catalogue(), settings)

    def client(service: str) -> Any:
        if service == "application-autoscaling":
            return aws
        raise ConnectionError(f"nobody answers for {service}")

    around = Surroundings(LABEL, folder, client, "estate", ("portal",), None, busy)
    return launching._Launching(plan, settings, around, lambda _: None).run()


def judged(done: Launched, name: str) -> bool | None:
    (found,) = (it.holds for it in done.record.objectives if it.name == name)
    return found


def test_the_minimum_is_seen_raised_at_the_begin_and_lowered_afterwards(aws: Scaling, tmp_path: Path) -> None:
    done = launched(aws, tmp_path)

    assert (judged(done, RAISED), judged(done, LOWERED)) == (True, True)
    assert (aws.bounds, aws.actions) == ({"portal": Bounds(3, 9)}, {})
    assert [it.title for it in done.record.events if it.kind == "scaling"] == [
        "portal: a minimum of 9 in place of 3 is scheduled"
    ]


@pytest.mark.parametrize(
    ("silent_until", "takes", "seen"),
    [(0.5, 0.0, True), (3.0, 0.0, None), (0.0, 30.0, None), (0.0, 0.5, True)],
    ids=["answers-in-time", "answers-after-the-begin", "answers-late", "answers-slowly"],
)
def test_what_is_learned_after_the_begin_says_nothing_of_the_begin(
    silent_until: float, takes: float, seen: bool | None, aws: Scaling, tmp_path: Path
) -> None:
    aws.silent_until, aws.takes = silent_until, takes

    assert judged(launched(aws, tmp_path), RAISED) is seen
    assert [it for it in aws.asked_after if launching.LOOK_SECONDS < it < 20] == []


def test_a_minimum_that_is_not_raised_by_the_begin_and_is_so_later_was_not(
    aws: Scaling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        ScheduledMinimum, "is_raised", lambda self: self.now() > aws.begin_at + 3 and bool(self.during)
    )

    assert judged(launched(aws, tmp_path), RAISED) is False


def test_a_server_that_is_busy_during_the_launch_makes_it_void(aws: Scaling, tmp_path: Path) -> None:
    def busy() -> dict[str, float]:
        after = aws.at - aws.begin_at
        return {"the emulator": 95.0 if 4 < after < 14 else 20.0, "Envoy 7": 95.0 if after < 0 else 20.0}

    reasons = launched(aws, tmp_path, busy).record.reasons

    assert "Of a core, the emulator used 95%: above 80% the run measures that instead." in reasons
    assert not any("Envoy 7" in it for it in reasons)


def test_a_control_plane_that_tells_nothing_of_alarms_and_scaling_is_noted(
    aws: Scaling, tmp_path: Path
) -> None:
    events = launched(aws, tmp_path).record.events

    notes = {it.title: it.details["said"] for it in events if it.kind == "note"}
    assert notes["Changes of alarms could not be read"] == "nobody answers for cloudwatch"
    assert "Scaling activities could not be read" in notes


def test_the_busiest_is_an_average_of_looks_one_after_another(tmp_path: Path) -> None:
    looks = iter(
        [
            {"a": 900.0},
            {"a": 10.0, "b": 99.0},
            {"a": 40.0},
            {"a": 70.0},
            {"a": 10.0},
            {"a": 900.0},
        ]
    )
    around = Surroundings(LABEL, tmp_path, lambda _: None, "estate", (), None, lambda: next(looks))
    seen = Observation(around)
    for at in range(6):
        seen.look(float(at))

    assert seen.busiest(1.0, 4.0) == {"a": 40.0, "b": 99.0}
    assert Observation(around).busiest(0.0, 9.0) == {}


def test_a_submission_that_nobody_answered_and_that_was_paid_twice_is_doubled(tmp_path: Path) -> None:
    paid = [{"client_reference": f"client-{key}"} for key in ("a", "b", "b", "c")]
    with standing_in(StandIn(ledger=paid, stored={"a": "app-a"})) as server:
        run = begin(tmp_path)
        _write(run)
        account = _aftermath(run, server.url)._compare()

    assert (account.acknowledged, account.lost, account.doubled) == (1, (), ("b",))
    assert (account.unpromised, account.kinds) == (2, ("submit",))


def _write(run: Run) -> None:
    """One application that was acknowledged, two that nobody answered, and a page that nobody answered."""
    ledger = run.ledger()
    for key, kind in (("a", "submit"), ("b", "submit"), ("c", "submit"), ("d", "information")):
        ledger.scheduled(key, kind, "best-start-foods", 1.0)
        ledger.sent(key, 1.0)
    ledger.acknowledged("a", "app-a", 2.0, 201)


def _aftermath(run: Run, url: str) -> Aftermath:
    plan = Plan.of(load_catalogue(), PlanSettings("local", "ten-fold-step", 5, "test", 0.1, 0.1, url))
    around = Surroundings(LABEL, run.folder, lambda _: None, "estate", (), PaymentBook(url, "dwp"))
    return Aftermath(run, plan, around, Observation(around), 0.0, 0, None, None, lambda _: None)
