"""Carries a playbook's steps out, one after another, and remembers on disk how far it is."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import httpx
import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from runbooks.exceptions import EndpointRefused, NotReady, StepFailed
from runbooks.journal import Journal, Mark, Progress
from runbooks.step import Facts, Scene, Step, StepKind
from runbooks.surroundings import Surroundings

__all__ = ["Clock", "Runner", "Told", "left"]

LOOK_SECONDS = 1.0
PASSING = (BotoCoreError, ClientError, httpx.HTTPError, EndpointRefused, psycopg.Error)
"""Errors after which trying again may help: the step's time says for how long."""


@dataclass(frozen=True)
class Clock:
    """Attributes: now: Unix seconds."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Told:
    """What somebody who looks on is told."""

    step: Step
    mark: Mark
    at: float
    text: str


def left(steps: Sequence[Step], progress: Progress) -> list[Step]:
    """What is still to be done, in order. What was done before a kill is not done again."""
    return [it for it in steps if it.id not in progress.done]


@dataclass
class Runner:
    """Attributes: tell: is told whatever is written, after it is on disk."""

    steps: Sequence[Step]
    around: Surroundings
    journal: Journal
    clock: Clock
    tell: Callable[[Told], None] = lambda _: None

    def check(self) -> None:
        """Every precheck holds. Raises: NotReady: nothing was changed."""
        for step in self._left():
            if step.kind is StepKind.PRECHECK:
                try:
                    self._carry_out(step)
                except StepFailed as error:
                    raise NotReady(error.step, error.lacking) from None

    def run(self) -> None:
        """Every step is done. Raises: StepFailed: one did not come about; it can be resumed."""
        for step in self._left():
            try:
                self._carry_out(step)
            except StepFailed as error:
                self._say(step, Mark.FAILED, error.lacking)
                raise

    def undo_troubles(self) -> list[str]:
        """Nothing that a drill makes up is left. Returns: what could not be taken back, a sentence each."""
        scene = self._scene()
        found = []
        for step in self.steps:
            if step.undo:
                try:
                    step.undo(scene)
                except PASSING as error:
                    found.append(f"{step.id}: {error}")
        return found

    def would(self) -> Iterator[tuple[Step, str]]:
        """What it would do, and of prechecks whether they hold. Only reads.

        Facts that prechecks learn are used here, and forgotten.
        """
        progress = self.journal.progress
        facts = dict(progress.facts)
        for step in self.steps:
            scene = self._scene(facts)
            if step.kind is not StepKind.PRECHECK:
                yield step, step.would(scene)
                continue
            facts |= step.prepare(scene)
            scene = self._scene(facts)
            lacking = _look(step, scene)
            facts |= {} if lacking else step.learn(scene)
            yield step, f"does not hold: {lacking}" if lacking else "holds"

    def _left(self) -> list[Step]:
        return left(self.steps, self.journal.progress)

    def _scene(self, facts: Facts | None = None) -> Scene:
        """Args: facts: other than those that the journal has."""
        progress = self.journal.progress
        known = progress.facts if facts is None else facts
        return Scene(self.around, progress.settings, known, self.journal.id, self.clock.now())

    def _carry_out(self, step: Step) -> None:
        """Raises: StepFailed"""
        self._say(step, Mark.STARTED)
        deadline = self.clock.now() + step.within_seconds
        if step.id not in self.journal.progress.prepared:
            facts = self._insist(step, step.prepare, deadline)
            self.journal.append(self.clock.now(), Mark.PREPARED, step.id, {"facts": facts})
        while (lacking := self._try(step)) is not None:
            if self.clock.now() >= deadline:
                raise StepFailed(step.id, lacking, step.within_seconds)
            self.clock.sleep(LOOK_SECONDS)
        facts = self._insist(step, step.learn, deadline)
        self.journal.append(at := self.clock.now(), Mark.DONE, step.id, {"facts": facts})
        self.tell(Told(step, Mark.DONE, at, ""))

    def _insist(self, step: Step, read: Callable[[Scene], Facts], deadline: float) -> Facts:
        """What is read, asked for again while that may help. Raises: StepFailed"""
        while True:
            try:
                return read(self._scene())
            except PASSING as error:
                if self.clock.now() >= deadline:
                    raise StepFailed(step.id, _words(error), step.within_seconds) from error
                self.clock.sleep(LOOK_SECONDS)

    def _try(self, step: Step) -> str | None:
        """What lacks, after it was asked for."""
        scene = self._scene()
        lacking = _look(step, scene)
        if lacking is None or step.act is None:
            return lacking
        if step.id not in self.journal.progress.acted_at:
            self._say(step, Mark.ACTED, lacking)
        try:
            step.act(scene)
        except PASSING as error:
            return _words(error)
        return _look(step, scene)

    def _say(self, step: Step, mark: Mark, text: str = "") -> None:
        at = self.clock.now()
        self.journal.append(at, mark, step.id, {"text": text} if text else {})
        with suppress(BrokenPipeError):
            self.tell(Told(step, mark, at, text))


def _look(step: Step, scene: Scene) -> str | None:
    try:
        return step.lacking(scene)
    except PASSING as error:
        return _words(error)


def _words(error: Exception) -> str:
    return f"no answer that helps: {error}"
