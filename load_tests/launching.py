"""A launch from begin to end: announced, sent, watched, accounted for, judged, and left as evidence."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from evidence import Run
from evidence.facts import Declared, EventKind, Kind
from load_tests.aftermath import Aftermath, Launched
from load_tests.generator_process import GeneratorProcess
from load_tests.journal import write_plan
from load_tests.observation import LOOK_SECONDS, Observation
from load_tests.plan import Plan, PlanSettings
from load_tests.schedule import PREPARATION_SECONDS
from load_tests.scheduled_minimum import ScheduledMinimum
from load_tests.surroundings import Surroundings, check_up

__all__ = ["launch"]

START_SECONDS = PREPARATION_SECONDS + 6.0
"""From the generator's start until the launch begins: its modules are loaded, and what comes before is prepared."""

TAIL_SECONDS = 90.0
"""After the last arrival, until which every operation has ended: a minute, an attempt, and what a busy machine adds."""


def launch(
    plan: Plan,
    settings: PlanSettings,
    surroundings: Surroundings,
    tell: Callable[[str], None] = lambda _: None,
) -> Launched:
    """The launch is over, and what it showed is evidence. To be called from the main thread.

    Args: tell: is given a line of progress now and then.

    Raises: EstateDown: nobody answers, and nothing was sent; MinimumNotRaised.
    """
    check_up(plan.target)
    return _Launching(plan, settings, surroundings, tell).run()


@dataclass
class _Launching:
    plan: Plan
    settings: PlanSettings
    surroundings: Surroundings
    tell: Callable[[str], None]
    seen: Observation = field(init=False)
    minimum: ScheduledMinimum | None = field(default=None, init=False)
    minimum_raised: bool | None = field(default=None, init=False)
    minimum_lowered: bool | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.seen = Observation(self.surroundings)

    def run(self) -> Launched:
        around, plan = self.surroundings, self.plan
        with Run.begin(
            Kind.LOAD,
            plan.launch.name,
            around.label,
            self.settings.seed,
            write_plan(plan, self.settings),
            around.root,
            declares=(Declared.LEDGER,),
        ) as run:
            try:
                with self.seen:
                    begin_at = self._announce(run)
                    exit_code = self._send(run, begin_at)
                    self._wait_until_lowered()
                launched = self._aftermath(run, begin_at, exit_code).judge()
            finally:
                self._withdraw(run)
        return replace(launched, record=run.finish())

    def _announce(self, run: Run) -> float:
        """When the launch begins; an announced one has its minimum scheduled by then."""
        earliest = time.time() + START_SECONDS
        if self.plan.launch.notice is None:
            return earliest
        around = self.surroundings
        self.minimum = ScheduledMinimum(
            around.aws("application-autoscaling"),
            self.plan.launch.notice,
            around.cluster,
            around.services,
            self.settings.run,
        )
        begin_at = self.minimum.put(self.plan.schedule.seconds, earliest)
        for service, bounds in self.minimum.during.items():
            before = self.minimum.before[service].minimum
            title = f"{service}: a minimum of {bounds.minimum} in place of {before} is scheduled"
            run.event(EventKind.SCALING, title)
        return begin_at

    def _send(self, run: Run, begin_at: float) -> int | None:
        """The generator's exit code; None where it had to be stopped."""
        self._look_until(begin_at - START_SECONDS, "waiting for the announced capacity")
        generator = GeneratorProcess(self.plan, self.settings, begin_at, run.folder)
        try:
            self._follow(generator, begin_at)
        finally:
            exit_code = generator.exit_code
            generator.stop()
        return exit_code

    def _follow(self, generator: GeneratorProcess, begin_at: float) -> None:
        """The generator has ended, or the time in which it must have."""
        end_at = begin_at + self.plan.schedule.seconds + TAIL_SECONDS
        while generator.exit_code is None and (now := time.time()) < end_at:
            self._look_whether_raised(begin_at)
            self.seen.look(now)
            self._say(generator, now - begin_at)
            generator.wait(LOOK_SECONDS)

    def _look_whether_raised(self, begin_at: float) -> None:
        """Known is what was so when people began to come; what AWS says later is not that."""
        if self.minimum is None or self.minimum_raised is not None:
            return
        if abs(time.time() - begin_at) > LOOK_SECONDS:
            return
        with suppress(Exception):
            is_raised = self.minimum.is_raised()
            if time.time() <= begin_at + LOOK_SECONDS:
                self.minimum_raised = is_raised

    def _say(self, generator: GeneratorProcess, after: float) -> None:
        seen, schedule = generator.progress(), self.plan.schedule
        if seen is None:
            return
        begun = [name for name, at in schedule.begins().items() if at <= after]
        self.tell(
            f"{begun[-1] if begun else 'preparation'}, {after:+.0f} of {schedule.seconds:.0f} s: {seen.sent} sent, "
            f"{seen.under_way} under way, {seen.unserved} not served ({seen.shed} shed); generator "
            f"{seen.cpu_percent:.0f}% of a core"
        )

    def _look_until(self, at: float, why: str) -> None:
        while (left := at - time.time()) > 0:
            self.tell(f"{why}: {left:.0f} s")
            self.seen.look(time.time())
            time.sleep(min(left, LOOK_SECONDS))

    def _wait_until_lowered(self) -> None:
        if self.minimum is None:
            return
        self.tell("waiting for the minimum to be lowered")
        with suppress(Exception):
            self.minimum_lowered = self.minimum.wait_until_lowered()

    def _aftermath(self, run: Run, begin_at: float, exit_code: int | None) -> Aftermath:
        return Aftermath(
            run,
            self.plan,
            self.surroundings,
            self.seen,
            begin_at,
            exit_code,
            self.minimum_raised,
            self.minimum_lowered,
            self.tell,
        )

    def _withdraw(self, run: Run) -> None:
        """Nothing of an announcement is left, however the launch ended."""
        if self.minimum is None:
            return
        try:
            self.minimum.remove()
        except Exception as error:
            run.event(EventKind.VIOLATION, f"the minimum could not be put back as it was ({error})")
