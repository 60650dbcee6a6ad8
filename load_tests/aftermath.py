"""After a launch: its ledgers are counted and compared, its course is told, and it is judged."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catalogue import OperationKind
from evidence import Record, Run, Verdict, acknowledged, compare, read_operations, unpromised
from evidence.facts import EventKind
from evidence.ledger import Account, Operation, Outcome
from load_tests.estate_ledger import Books, HttpEstateLedger
from load_tests.generator_process import busiest_percent, progress_of
from load_tests.journal import write_alarms, write_figures, write_story
from load_tests.objectives import Conduct, objectives, voids
from load_tests.observation import LOOK_SECONDS, Observation
from load_tests.plan import Plan
from load_tests.scaling import ScalingTimes, activities, scaling_times
from load_tests.series import write_people, write_tasks, write_zones
from load_tests.surroundings import Surroundings
from load_tests.tally import Tally, tally

__all__ = ["Aftermath", "Launched"]

BEFORE_SECONDS = 600.0
"""Before the begin, from when scaling is told: what an announcement did."""


@dataclass(frozen=True)
class Launched:
    """Attributes: folder: of the evidence."""

    record: Record
    folder: Path
    tally: Tally
    account: Account
    scaling: ScalingTimes

    @property
    def verdict(self) -> Verdict:
        return self.record.verdict


@dataclass
class Aftermath:
    """Attributes: exit_code: of the generator. minimum_raised, minimum_lowered: see Conduct."""

    run: Run
    plan: Plan
    surroundings: Surroundings
    seen: Observation
    begin_at: float
    exit_code: int | None
    minimum_raised: bool | None
    minimum_lowered: bool | None
    tell: Callable[[str], None]

    def judge(self) -> Launched:
        """Figures, account, objectives and reasons to be void are in the record, which is not finished yet."""
        operations = read_operations(self.run.ledger_files)
        kinds = {it.key: str(it.kind) for it in self.plan.schedule.operations()}
        counted, conduct, account = tally(kinds, operations), self._conduct(operations), self._compare()
        write_story(self.run, self.plan, self.begin_at)
        launched = [it for it in operations if it.key in kinds]
        schedule = self.plan.schedule
        write_people(
            self.run, launched, self.begin_at, self.begin_at + schedule.seconds, schedule.mix.percent
        )
        write_zones(self.run, self.seen.watch)
        write_tasks(self.run, self.seen.watch)
        write_figures(self.run, counted, conduct)
        times = self._scaling()
        self.run.account(account)
        for it in objectives(self.plan.launch, counted, conduct):
            self.run.objective(it.name, it.wanted, it.seen, it.holds, assumption=it.assumption)
        for reason in voids(counted, conduct):
            self.run.void(reason)
        return Launched(self.run.record, self.run.folder, counted, account, times)

    def _conduct(self, operations: list[Operation]) -> Conduct:
        end_at = self.begin_at + self.plan.schedule.seconds
        prepared = sum(
            it.scheduled_at < self.begin_at and it.outcome is Outcome.ACKNOWLEDGED for it in operations
        )
        return Conduct(
            self.exit_code,
            busiest_percent(progress_of(self.run.folder), self.begin_at, end_at),
            prepared,
            self.seen.busiest(self.begin_at, end_at),
            self.minimum_raised,
            self.minimum_lowered,
        )

    def _compare(self) -> Account:
        files = self.run.ledger_files
        promises = [it for it in acknowledged(files) if it.kind == OperationKind.SUBMIT]
        others = [it for it in unpromised(files) if it.kind == OperationKind.SUBMIT]
        books = Books.of(self.plan.estate, self.plan.target, self.surroundings.payments)
        if missing := books.missing():
            self.run.assumption(missing, "load_tests/estate_ledger.py")
        side = HttpEstateLedger(
            books,
            told=lambda settled, of: self.tell(f"asking what became of {of} applications: {settled} settled"),
        )
        return compare(promises, side, others)

    def _alarms(self) -> None:
        try:
            write_alarms(self.run, self.surroundings.aws("cloudwatch"), self.begin_at)
        except Exception as error:
            self.run.event(EventKind.NOTE, "Changes of alarms could not be read", said=str(error))

    def _scaling(self) -> ScalingTimes:
        """What scaled, counted from the steepest rise of the schedule. Nothing where the API does not tell."""
        around, run = self.surroundings, self.run
        if self.seen.complaint:
            run.event(EventKind.NOTE, "AWS's API did not answer every look", said=self.seen.complaint)
        self._alarms()
        try:
            client = around.aws("application-autoscaling")
            done = activities(client, around.cluster, around.services, self.begin_at - BEFORE_SECONDS)
        except Exception as error:
            run.event(EventKind.NOTE, "Scaling activities could not be read", said=str(error))
            return ScalingTimes(None, None)
        for it in done:
            run.event(
                EventKind.SCALING, f"{it.service}: {it.description}", it.at, cause=it.cause, status=it.status
            )
        times = scaling_times(self.begin_at + self.plan.schedule.step_at, done, self.seen.watch.samples)
        source = f"DescribeServices and DescribeTargetHealth, every {LOOK_SECONDS:g} s"
        run.figure(
            "trigger_seconds", times.trigger_seconds, "s", source="DescribeScalingActivities, StartTime"
        )
        run.figure("healthy_seconds", times.healthy_seconds, "s", source=source)
        return times
