"""A drill: a playbook carried out under load, measured, and left as evidence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from evidence import (
    Account,
    Acknowledgement,
    Declared,
    EstateLedger,
    EventKind,
    Kind,
    Record,
    Run,
    acknowledged,
    compare,
    read_operations,
    unpromised,
)
from evidence.ledger import Operation
from runbooks.exceptions import DrillUnknown, NotReady, StepFailed
from runbooks.journal import Entry, Journal, Mark
from runbooks.judgement import Findings, judge
from runbooks.library import check_possible
from runbooks.outage import given_up, outage, rpo_seconds
from runbooks.playbook import Playbook
from runbooks.runner import Clock, Runner, Told
from runbooks.step import UNTOLD, Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["Drill", "Drilled", "People", "StepTaken", "Verification", "steps_taken"]

CALM_AFTER_SECONDS = 15.0
"""After the last step people go on coming for so long, so that it is seen whether they are served."""

SUBMIT = "submit"
EVIDENCE_FACT = "evidence"
PEOPLE_KILLED = "people-before"


class People(Protocol):
    """Who comes while a drill is carried out."""

    def begin(self, folder: Path) -> None:
        """They come, some seconds from now at the latest; ledgers are written into the folder."""
        ...

    def end(self) -> Sequence[str]:
        """Nobody comes any more, and whoever had come has been answered. Returns: why that proves nothing."""
        ...

    def show(self, run: Run, operations: Sequence[Operation]) -> None:
        """What they met, and what served them, is in the record as series."""
        ...


@dataclass(frozen=True)
class Verification:
    """What a drill is compared with. Attributes: changes: what `estate diff` and `estate drift` find, a line each."""

    books: EstateLedger
    changes: Callable[[], Sequence[str]]


@dataclass(frozen=True)
class StepTaken:
    """Attributes: seconds: None where it is not done. state: of its last mark."""

    id: str
    title: str
    kind: StepKind
    state: str
    began_at: float | None
    seconds: float | None
    text: str = ""


@dataclass(frozen=True)
class Drilled:
    """Attributes: folder: of the evidence. failure: of the step that did not come about, as a sentence."""

    id: str
    record: Record
    folder: Path
    findings: Findings
    steps: tuple[StepTaken, ...]
    failure: str | None


@dataclass
class Drill:
    """Attributes:
    home: folder of the journals. root: of the evidence.
    tell: is given a line now and then.
    """

    playbook: Playbook
    around: Surroundings
    people: People
    verification: Verification
    home: Path
    root: Path
    seed: int
    tell: Callable[[str], None] = lambda _: None
    clock: Clock = field(default_factory=Clock)
    configuration: Mapping[str, Any] = field(default_factory=dict[str, Any])
    _run: Run | None = field(default=None, init=False)

    def run(self, resume: str | None = None) -> Drilled:
        """It was carried out, or failed at a step, and what that showed is evidence.

        Raises: NotPossibleHere, NotReady: nothing was changed; DrillUnknown.
        """
        check_possible(self.playbook, self.around)
        journal = self._journal(resume)
        try:
            return self._drill(journal, journal.entries()[1:])
        finally:
            journal.close()

    def would(self) -> list[tuple[Step, str]]:
        """What it would do; nothing is changed, and nothing stays."""
        check_possible(self.playbook, self.around)
        journal = self._journal(None)
        try:
            return list(self._runner(journal).would())
        finally:
            journal.remove()
            journal.close()

    def _journal(self, resume: str | None) -> Journal:
        if resume is None:
            settings = self.playbook.choose(self.around, self.seed)
            name = self.around.label.name
            return Journal.begin(self.home, self.playbook.name, name, settings, self.clock.now())
        journal = Journal.resume(self.home, resume)
        if refusal := _not_this(journal, self.playbook.name, self.around.label.name):
            journal.close()
            raise DrillUnknown(refusal)
        return journal

    def _runner(self, journal: Journal) -> Runner:
        return Runner(self.playbook.steps_on(self.around), self.around, journal, self.clock, self._told)

    def _drill(self, journal: Journal, before: Sequence[Entry]) -> Drilled:
        runner = self._runner(journal)
        try:
            runner.check()
        except NotReady:
            if not before:
                journal.remove()
            raise
        return self._carry_out(runner, journal, before)

    def _carry_out(self, runner: Runner, journal: Journal, before: Sequence[Entry]) -> Drilled:
        progress = journal.progress
        with Run.begin(
            Kind.DRILL,
            self.playbook.name,
            self.around.label,
            self.seed,
            {"drill": journal.id, "settings": progress.settings, **self.configuration},
            self.root,
            declares=self._declares(),
            clock=self.clock.now,
        ) as run:
            self._run = run
            self._remember(run, journal, before)
            self.people.begin(run.folder)
            failure = self._steps(runner)
            findings = self._measure(run, journal, failure, bool(before))
            judge(run, self.playbook, findings)
        record = run.finish()
        if failure is None:
            journal.append(self.clock.now(), Mark.ENDED)
        entries = journal.entries()
        return Drilled(journal.id, record, run.folder, findings, steps_taken(runner.steps, entries), failure)

    def _declares(self) -> tuple[Declared, ...]:
        makes_trouble = any(it.kind is StepKind.DRILL for it in self.playbook.steps_on(self.around))
        return (Declared.LEDGER, Declared.FAULTS) if makes_trouble else (Declared.LEDGER,)

    def _remember(self, run: Run, journal: Journal, before: Sequence[Entry]) -> None:
        """What was done before a kill is in this record too, with its own times, and so are its ledgers."""
        steps = {it.id: it for it in self.playbook.steps}
        for it in before:
            if it.step in steps:
                _write(run, Told(steps[it.step], it.mark, it.at, str(it.said.get("text", ""))))
        earlier = [
            Path(it.said["facts"][EVIDENCE_FACT])
            for it in before
            if EVIDENCE_FACT in it.said.get("facts", {})
        ]
        for number, file in enumerate(f for folder in earlier for f in sorted(folder.glob("ledger-*.jsonl"))):
            run.ledger_file(f"{PEOPLE_KILLED}-{number}").write_bytes(_whole_lines(file))
        said = {"facts": {EVIDENCE_FACT: str(run.folder)}}
        journal.append(self.clock.now(), Mark.RECORDED, "", said)

    def _steps(self, runner: Runner) -> str | None:
        """Why a step did not come about; None where all did. Nothing that was made up is left, and people have gone."""
        try:
            runner.run()
            self.tell("waiting whether people go on being served")
            self.clock.sleep(CALM_AFTER_SECONDS)
        except StepFailed as error:
            return str(error)
        finally:
            self._undo_troubles(runner)
        return None

    def _undo_troubles(self, runner: Runner) -> None:
        """What no step has ended is ended now, and is said to be, or to be left."""
        assert self._run
        acted = runner.journal.progress.acted_at
        ended = {it.ends for it in runner.steps if it.id in acted}
        made_up = [it for it in runner.steps if it.undo and it.id in acted and it.id not in ended]
        left = runner.undo_troubles()
        for it in left:
            self._run.event(EventKind.VIOLATION, f"trouble that was made up is left: {it}")
        for step in made_up:
            if not any(it.startswith(f"{step.id}:") for it in left):
                self._run.event(EventKind.UNDO, f"{step.title}: taken back", fault=step.id)

    def _measure(self, run: Run, journal: Journal, failure: str | None, is_resumed: bool) -> Findings:
        voids = list(self.people.end())
        onset = self._onset(journal)
        operations = read_operations(run.ledger_files)
        self.people.show(run, operations)
        promises = [it for it in acknowledged(run.ledger_files) if it.kind == SUBMIT]
        self.tell("asking the estate what became of what it promised")
        others = [it for it in unpromised(run.ledger_files) if it.kind == SUBMIT]
        account = compare(promises, self.verification.books, others)
        self.tell("comparing with what is declared")
        facts = journal.progress.facts
        if onset is not None and UNTOLD in facts:
            voids.append(facts[UNTOLD])
        return Findings(
            onset=onset,
            outage=None if onset is None else outage(operations, onset, facts.get("recovered_at")),
            recovered_at=facts.get("recovered_at"),
            recovered_source=facts.get("recovered_source", ""),
            rpo_seconds=None if onset is None else _rpo(account, promises, onset, facts),
            account=account,
            changes=tuple(self.verification.changes()),
            failure=failure,
            is_resumed=is_resumed,
            voids=tuple(voids),
            given_up=() if onset is None else self._given_up(journal, account, promises, onset),
        )

    def _onset(self, journal: Journal) -> float | None:
        acted = journal.progress.acted_at
        return next((acted[it] for it in self.playbook.front.onset if it in acted), None)

    def _given_up(
        self, journal: Journal, account: Account, promises: Sequence[Acknowledgement], onset: float
    ) -> tuple[str, ...]:
        """Keys of what may be lost. Trouble that is made up takes from its onset until its step is done."""
        front = self.playbook.front
        made_up = {it.id for it in self.playbook.steps if it.kind is StepKind.DRILL} & set(front.onset)
        whole = (it.at for it in journal.entries() if it.mark is Mark.DONE and it.step in made_up)
        return given_up(account, promises, front.targets.rpo_seconds, onset, next(whole, onset))

    def _told(self, told: Told) -> None:
        self.tell(f"{told.step.title}: {told.mark}{f' ({told.text})' if told.text else ''}")
        if self._run:
            _write(self._run, told)


def steps_taken(steps: Sequence[Step], entries: Sequence[Entry]) -> tuple[StepTaken, ...]:
    """How every step went, by the journal."""
    return tuple(_taken(step, [it for it in entries if it.step == step.id]) for step in steps)


def _taken(step: Step, own: Sequence[Entry]) -> StepTaken:
    began = next((it.at for it in own if it.mark is Mark.STARTED), None)
    last = own[-1] if own else None
    is_done = last is not None and last.mark is Mark.DONE
    seconds = last.at - began if is_done and last and began is not None else None
    state = (
        "not begun" if last is None else str(last.mark) if last.mark in (Mark.DONE, Mark.FAILED) else "begun"
    )
    text = str(last.said.get("text", "")) if last else ""
    return StepTaken(step.id, step.title, step.kind, state, began, seconds, text)


def _write(run: Run, told: Told) -> None:
    """What happens is on the record's axis of time."""
    step, words = told.step, {"step": told.step.id} | ({"said": told.text} if told.text else {})
    if told.mark is Mark.ACTED and step.kind is StepKind.DRILL and step.undo:
        run.event(EventKind.FAULT, step.title, told.at, id=step.id, **words)
    elif told.mark is Mark.ACTED and step.kind is StepKind.DRILL:
        run.event(EventKind.UNDO, step.title, told.at, fault=step.ends, **words)
    elif told.mark in (Mark.STARTED, Mark.ACTED, Mark.DONE, Mark.FAILED):
        run.event(EventKind.STEP, f"{step.title}: {told.mark}", told.at, **words)


def _not_this(journal: Journal, playbook: str, environment: str) -> str | None:
    progress = journal.progress
    if (progress.playbook, progress.environment) != (playbook, environment):
        return (
            f"Drill {journal.id!r} is of {progress.playbook!r} in {progress.environment!r}, and was asked for as "
            f"{playbook!r} in {environment!r}."
        )
    return f"Drill {journal.id!r} has come to its end; nothing is left to do." if progress.is_ended else None


def _rpo(account: Account, promises: Sequence[Any], onset: float, facts: Mapping[str, Any]) -> float | None:
    """By the ledgers, or by what a step found lost in a store, whichever is more."""
    by_ledger = rpo_seconds(account, promises, onset)
    return None if by_ledger is None else max(by_ledger, float(facts.get("rpo_seconds", 0.0)))


def _whole_lines(file: Path) -> bytes:
    content = file.read_bytes()
    return content[: content.rfind(b"\n") + 1]
