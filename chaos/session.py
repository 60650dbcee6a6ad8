"""The experiment that is under way: round by round, its load, its fault and its guard."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from botocore.exceptions import BotoCoreError, ClientError

from catalogue import Catalogue
from chaos import round_record, stores, watchdog
from chaos.blast_radius import check
from chaos.capacity import LOOK_SECONDS, Capacity, stands
from chaos.exceptions import ChaosError, EstateAway, NoRun, NotAllowed
from chaos.experiment import WRITER_AND_PRIMARY, Experiment
from chaos.guard import Budget, Guard
from chaos.hands import Hands
from chaos.injection import Injection, choose
from chaos.place import Place
from chaos.protection import Removal, removal
from chaos.round_load import RoundLoad
from chaos.rounds import Round
from chaos.servers import busiest_servers
from chaos.settings import RunSettings
from chaos.tier_objectives import Objectives, objectives_of
from chaos.undo import FILE, UndoJournal, left_behind
from evidence import Declared, EventKind, Kind, Run

__all__ = ["LAST_SECONDS", "MARGIN_SECONDS", "Session", "current", "put", "zone_of_control_case"]

MARGIN_SECONDS = 120.0
"""For which a fault lasts beyond its round at the most, should nobody be left to end it."""

LAST_SECONDS = 15.0
"""Of a fault's own time, in which nobody looks any more: it has to be undone before it ends by itself."""

_current: "list[Session]" = []


def current() -> "Session":
    """The session of this process. Raises: NoRun: the experiment's controls are not at work."""
    if not _current:
        raise NoRun(
            "No experiment of this project is under way, so nothing is broken. Run a file that has the control "
            "chaos.controls."
        )
    return _current[-1]


def put(session: "Session | None") -> None:
    """It is the one that is under way; None: none is."""
    _current[:] = [session] if session else []


@dataclass
class Session:
    """Attributes: rounds: those that have begun. zone: that the control case is about. taken: what it took away."""

    experiment: Experiment
    settings: RunSettings
    catalogue: Catalogue
    place: Place
    run: Run
    hands: Hands
    rounds: list[Round] = field(default_factory=list[Round])
    load: RoundLoad | None = None
    guard: Guard | None = None
    lost: Injection | None = None
    zone: str | None = None
    taken: Removal | None = None

    @classmethod
    def begin(
        cls, experiment: Experiment, settings: RunSettings, catalogue: Catalogue, place: Place
    ) -> "Session":
        """Evidence and watchdog are there, and nothing is broken yet. Raises: ChaosError, load_tests.LoadError."""
        environment = place.estate.environment.name
        _check_nothing_left(settings.evidence, environment)
        run = Run.begin(
            Kind.EXPERIMENT,
            experiment.name + ("-control-case" if settings.is_control_case else ""),
            place.label,
            settings.seed,
            _configuration(experiment, settings),
            settings.evidence,
            declares=(Declared.LEDGER, Declared.FAULTS),
        )
        journal = UndoJournal(run.folder / FILE)
        journal.place(environment)
        watchdog.start(journal.file)
        run.assumption(f"{experiment.about.aws}: {experiment.about.how}", "the experiment's own words")
        return cls(experiment, settings, catalogue, place, run, Hands(place, journal, run))

    @property
    def capacity(self) -> Capacity:
        return Capacity(self.place, self.run)

    @property
    def objectives(self) -> Objectives:
        return objectives_of(self.catalogue, self.experiment.about.tier)

    @property
    def round(self) -> Round:
        """Raises: NoRun: none has begun."""
        if not self.rounds:
            raise NoRun("No round has begun: a method begins with chaos.actions.people_come.")
        return self.rounds[-1]

    @property
    def is_aborted(self) -> bool:
        return bool(self.guard and self.guard.aborted.is_set())

    @property
    def is_over(self) -> bool:
        """No further round begins: one has left the estate unwell, or a guard has aborted one, which in a control case
        is what it is for."""
        is_unwell = any(it.is_healed is False for it in self.rounds)
        return is_unwell or (self.is_aborted and not self.settings.is_control_case)

    def begin_round(self) -> None:
        """People come, the guard watches over them, and the time of the fault has come."""
        if self.rounds:
            self._bring_together()
        number = len(self.rounds) + 1
        self.rounds.append(Round(number, f"{self.settings.seed}/{number}"))
        self.run.event(EventKind.PHASE, f"round {number}")
        self.lost, self.guard, self.load = None, None, self._load(number)
        self.load.start(self.settings.lead_seconds)
        self._wait_until(self.load.begin_at)
        budget = Budget(self.objectives.tier, self.objectives.availability_percent, self.load.expected)
        self.guard = Guard(self.load.progress, budget, self._abort, time.monotonic)
        self.guard.start()
        self._wait_until(self.load.begin_at + self.settings.before_seconds)

    def injection(self) -> Injection:
        """What this round's seed breaks of what is there now: checked, and not done."""
        chance = Random(self.round.seed)  # noqa: S311  what is broken is no secret
        most = self.settings.window_seconds + MARGIN_SECONDS
        chosen = choose(self.experiment.break_, self.place, chance, most, self.zone)
        if not self.settings.is_control_case:
            check(stands(self.place, self.settings.rate), chosen.zones, chosen.lost_of)
        return chosen

    def break_it(self) -> str:
        """The fault is at work. Returns: what it is. Raises: ChaosError: it is not."""
        if not (self.load and self.guard):
            raise NoRun(
                "Nobody comes and no guard watches, so nothing is broken: chaos.actions.people_come has to succeed "
                "before it."
            )
        if self.is_aborted:
            return "nothing: the round was aborted before"
        self.lost = self.injection()
        self.round.title = self.lost.title
        self.round.fault_at = self.hands.begin(self.lost)
        if self.is_aborted:
            self._undo("the guard")
        return self.lost.title

    def watch(self) -> None:
        """Everybody's operation has ended and what was lost stands elsewhere, or the guard has aborted, or the fault is
        about to end by itself."""
        if not (self.load and self.guard):
            return
        self.load.wait(lambda: self.is_aborted, self._look, LOOK_SECONDS)
        self.guard.stop()
        while self._is_capacity_awaited():
            self._look()
            time.sleep(LOOK_SECONDS)

    def end_round(self) -> Round:
        """The fault is undone, all that is wanted is healthy again or time is over, and what people met is known."""
        round_ = self.round
        if idle := self._idle():
            round_.void.append(idle)
        self._undo("the runner")
        if self.load and self.guard:
            self.load.stop()
            self.guard.stop()
            round_.aborted = self.guard.breached
            if self.guard.silent:
                round_.void.append("the generator stopped saying how it was getting on.")
            self._count(round_, self.load)
        round_.is_healed = self.until_healthy()
        self.load = None
        return round_

    def stop_load(self) -> None:
        """Nobody comes any more, however the experiment ended."""
        if self.guard:
            self.guard.stop()
        if self.load:
            self.load.stop()

    def remove_protection(self) -> None:
        """It is taken away, and what is left is healthy. Raises: ChaosError."""
        self.zone = zone_of_control_case(self.experiment, self.place, self.settings.seed)
        self.taken = removal(self.experiment.about.protection, self.place, self.zone)
        self.hands.take_away(self.taken)
        if not self._until(self.taken.is_settled):
            raise EstateAway(
                f"After {self.settings.heal_seconds:g} s it is not so that {self.taken.title}. "
                "`estate status` says what runs."
            )

    def put_back(self) -> None:
        """Nothing of this run is left, and what the control case took away stands again; or it is said to be left."""
        self.hands.undo_everything("the runner")
        if self.taken and not self._until(self.taken.is_restored):
            self.hands.left_over.append(
                f"{self.taken.title}: {self.settings.heal_seconds:g} s after that was undone, it is not as before"
            )

    def until_healthy(self) -> bool:
        """Whether all that is wanted stood and was healthy in time."""
        return self.capacity.until_whole(self.settings.heal_seconds)

    def _load(self, number: int) -> RoundLoad:
        settings, name = self.settings, self.place.estate.environment.name
        seed, folder = settings.seed * 1000 + number, self.run.folder / f"round-{number}"
        return RoundLoad.of(
            self.catalogue, name, self.place.edge, seed, settings.rate, settings.window_seconds, folder
        )

    def _look(self) -> None:
        self.capacity.look(self.round, self.lost)

    def _is_capacity_awaited(self) -> bool:
        """It is what the fault's own effect is judged by; a control case is not, and has nothing to wait for."""
        at = self.round.fault_at
        if at is None or self.round.capacity_seconds is not None or self.settings.is_control_case:
            return False
        last = at + self.settings.window_seconds + MARGIN_SECONDS - LAST_SECONDS
        return not self.is_aborted and time.time() < last

    def _idle(self) -> str | None:
        """Why the fault changed nothing; of one that was aborted people have seen what it changed."""
        if self.lost is None or self.round.fault_at is None or self.is_aborted:
            return None
        try:
            return self.lost.idle()
        except ChaosError as error:
            return f"Whether the fault had an effect could not be seen: {error}"

    def _count(self, round_: Round, load: RoundLoad) -> None:
        seen, operations = load.tally(), load.operations()
        round_.void += load.voids(self._busiest(round_, load), round_.aborted_at if round_.aborted else None)
        round_record.count(round_, seen, operations, load.begin_at)
        round_record.write(self.run, load, operations)

    def _busiest(self, round_: Round, load: RoundLoad) -> dict[str, float]:
        """Of a twin's servers during the round; nothing where nobody was to look at them."""
        if not self.settings.servers:
            return {}
        found = busiest_servers(self.settings.servers, load.begin_at, round_.aborted_at or load.end_at)
        if found is None:
            round_.void.append("nobody saw how busy the emulator and the Envoys were.")
        return found or {}

    def _bring_together(self) -> None:
        """What an earlier round has parted has one zone again. Raises: ChaosError."""
        what = self.experiment.break_
        if self.zone or getattr(what, "holding", "") != WRITER_AND_PRIMARY:
            return
        if stores.bring_together(self.place, what.database, what.cache, self.settings.heal_seconds):
            self.run.event(
                EventKind.STEP, f"the writer of {what.database} is where the primary of {what.cache} is"
            )
            self.until_healthy()

    def _abort(self, why: str) -> None:
        """Called by the guard, from its thread."""
        self.round.aborted_at = time.time()
        self._undo("the guard")
        self.run.event(EventKind.VIOLATION, f"aborted: {why}")

    def _undo(self, by: str) -> None:
        for title in self.hands.undo_faults(by):
            self.round.void.append(
                f"it is not known for how long this was at work, it had ended before: {title}."
            )
        if self.rounds and self.round.fault_at and self.round.undone_at is None:
            self.round.undone_at = time.time()

    def _until(self, is_so: Callable[[], bool]) -> bool:
        """Whether it was so in the time that is given to heal. What AWS's API does not say is not so yet."""
        deadline = time.monotonic() + self.settings.heal_seconds
        while not _is_seen(is_so):
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def _wait_until(self, at: float) -> None:
        while (left := at - time.time()) > 0 and not self.is_aborted:
            time.sleep(min(left, LOOK_SECONDS / 4))


def zone_of_control_case(experiment: Experiment, place: Place, seed: int) -> str:
    """Where everything stands without protection, and what is lost."""
    what = experiment.break_
    if getattr(what, "holding", "") == WRITER_AND_PRIMARY:
        return stores.zone_of_single_roles(place, what.database, what.cache)
    return Random(seed).choice(place.zones)  # noqa: S311


def _is_seen(is_so: Callable[[], bool]) -> bool:
    try:
        return is_so()
    except (ChaosError, BotoCoreError, ClientError):
        return False


def _check_nothing_left(evidence: Path, environment: str) -> None:
    """Raises: NotAllowed: an earlier run has left something, so nobody knows what would be measured."""
    if found := left_behind(evidence, environment):
        raise NotAllowed(
            f"An earlier run has left something undone in {environment!r}, or one is under way: {found[0]}. Undo it: "
            f'eval "$(estate env {environment})"; python -m chaos.watchdog {found[0]}. If what it changed is gone, '
            "delete that file."
        )


def _configuration(experiment: Experiment, settings: RunSettings) -> dict[str, object]:
    about = experiment.about
    return {
        "experiment": experiment.title,
        "aws": str(about.aws),
        "tier": about.tier,
        "break": experiment.break_.model_dump(mode="json"),
        "faults": settings.faults,
        "rate_per_second": settings.rate,
        "before_seconds": settings.before_seconds,
        "after_seconds": settings.after_seconds,
        "protection": about.protection.is_,
        "protection_removed_by": about.protection.removed_by if settings.is_control_case else None,
    }
