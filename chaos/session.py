"""The experiment that is under way: round by round, its load, its fault and its guard."""

import time
from dataclasses import dataclass, field
from random import Random

from catalogue import Catalogue
from chaos import round_record, watchdog
from chaos.blast_radius import check
from chaos.capacity import LOOK_SECONDS, Capacity, stands
from chaos.exceptions import EstateAway, NoRun
from chaos.experiment import Experiment
from chaos.guard import Budget, Guard
from chaos.hands import Hands
from chaos.injection import Injection, choose, zone_of_single_roles
from chaos.place import Place
from chaos.protection import Removal, removal
from chaos.round_load import RoundLoad
from chaos.rounds import Round
from chaos.settings import RunSettings
from chaos.tier_objectives import Objectives, objectives_of
from chaos.undo import UndoJournal
from evidence import Declared, EventKind, Kind, Run

__all__ = ["MARGIN_SECONDS", "Session", "current", "put", "zone_of_control_case"]

MARGIN_SECONDS = 120.0
"""For which a fault lasts beyond its round at the most, should nobody be left to end it."""

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
    """Attributes: rounds: those that have begun. zone: that the control case is about."""

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

    @classmethod
    def begin(
        cls, experiment: Experiment, settings: RunSettings, catalogue: Catalogue, place: Place
    ) -> "Session":
        """Evidence and watchdog are there, and nothing is broken yet. Raises: ChaosError, load_tests.LoadError."""
        run = Run.begin(
            Kind.EXPERIMENT,
            experiment.name + ("-control-case" if settings.is_control_case else ""),
            place.label,
            settings.seed,
            _configuration(experiment, settings),
            settings.evidence,
            declares=(Declared.LEDGER, Declared.FAULTS),
        )
        journal = UndoJournal(run.folder / "undo.jsonl")
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
        """No further round begins: a guard has aborted, and that was not what the control case is for."""
        return self.is_aborted and not self.settings.is_control_case

    def begin_round(self) -> None:
        """People come, the guard watches over them, and the time of the fault has come."""
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
        if self.is_aborted:
            return "nothing: the round was aborted before"
        self.lost = self.injection()
        self.round.title = self.lost.title
        self.round.fault_at = self.hands.begin(self.lost)
        if self.is_aborted:
            self._undo("the guard")
        return self.lost.title

    def watch(self) -> None:
        """Everybody's operation has ended, or the guard has aborted."""
        if self.load:
            self.load.wait(
                lambda: self.is_aborted, lambda: self.capacity.look(self.round, self.lost), LOOK_SECONDS
            )

    def end_round(self) -> Round:
        """The fault is undone, all that is wanted is healthy again or time is over, and what people met is known."""
        self._undo("the runner")
        round_ = self.round
        if self.load and self.guard:
            self.load.stop()
            self.guard.stop()
            round_.aborted = self.guard.breached
            if self.guard.silent:
                round_.void.append("the generator stopped saying how it was getting on.")
            self._count(round_, self.load)
        round_.is_healed = self.until_healthy(round_)
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
        taken = removal(self.experiment.about.protection, self.place, self.zone)
        self.hands.take_away(taken)
        self._settle(taken)

    def until_healthy(self, round_: Round | None = None) -> bool:
        """Whether all that is wanted stood and was healthy in time."""
        return self.capacity.until_whole(self.settings.heal_seconds, round_)

    def _load(self, number: int) -> RoundLoad:
        settings, name = self.settings, self.place.estate.environment.name
        seed, folder = settings.seed * 1000 + number, self.run.folder / f"round-{number}"
        return RoundLoad.of(
            self.catalogue, name, self.place.edge, seed, settings.rate, settings.window_seconds, folder
        )

    def _count(self, round_: Round, load: RoundLoad) -> None:
        seen, operations = load.tally(), load.operations()
        if not round_.aborted:
            round_.void += load.voids(seen)
        round_record.count(round_, seen, operations, load.begin_at)
        round_record.write(self.run, load, operations)

    def _abort(self, why: str) -> None:
        """Called by the guard, from its thread."""
        self._undo("the guard")
        self.run.event(EventKind.VIOLATION, f"aborted: {why}")

    def _undo(self, by: str) -> None:
        self.hands.undo_faults(by)
        if self.rounds and self.round.fault_at and self.round.undone_at is None:
            self.round.undone_at = time.time()

    def _settle(self, taken: Removal) -> None:
        deadline = time.monotonic() + self.settings.heal_seconds
        while not taken.is_settled():
            if time.monotonic() > deadline:
                raise EstateAway(
                    f"After {self.settings.heal_seconds:g} s it is not so that {taken.title}. "
                    "`estate status` says what runs."
                )
            time.sleep(LOOK_SECONDS)

    def _wait_until(self, at: float) -> None:
        while (left := at - time.time()) > 0 and not self.is_aborted:
            time.sleep(min(left, LOOK_SECONDS / 4))


def zone_of_control_case(experiment: Experiment, place: Place, seed: int) -> str:
    """Where everything stands without protection, and what is lost."""
    what = experiment.break_
    if getattr(what, "holding", "") == "writer-and-cache-primary":
        return zone_of_single_roles(place, what.database, what.cache)
    return Random(seed).choice(place.zones)  # noqa: S311


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
