"""One step of a recovery: how it is seen that it is done, and what is asked of AWS where it is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from runbooks.surroundings import Surroundings

__all__ = ["UNTOLD", "Facts", "Scene", "Step", "StepKind", "recovered"]

Facts = Mapping[str, Any]
"""What a run has learned, as JSON can hold it: it is on disk before anything is done because of it."""

UNTOLD = "untold"
"""Fact: why it is not known when the resource was back, as a sentence; it makes the drill void."""


def recovered(at: float | None, source: str) -> Facts:
    """Facts: when the resource was back, and who says so; or that nobody does."""
    if at is None:
        return {UNTOLD: f"There is no {source}, so it is not known when the resource was back."}
    return {"recovered_at": at, "recovered_source": source}


class StepKind(StrEnum):
    """PRECHECK: must be so before anything is changed. DRILL: makes up the trouble, so an incident does without it."""

    PRECHECK = "precheck"
    DRILL = "drill"
    ACTION = "action"
    VERIFY = "verify"


@dataclass(frozen=True)
class Scene:
    """What a step sees. Attributes: settings: what this run is about, such as a zone. facts: learned so far.
    now: Unix seconds.
    """

    around: Surroundings
    settings: Facts
    facts: Facts
    drill: str
    now: float = 0.0

    def aws(self, service: str, region: str | None = None) -> Any:
        """A boto3 client; of the primary region unless told otherwise."""
        return self.around.aws(service, region or self.around.primary)


def _nothing(_: Scene) -> Facts:
    return {}


@dataclass(frozen=True)
class Step:
    """Asks first whether it is done, so that it may be begun any number of times.

    Attributes:
        lacking: a sentence that says what is not so yet; None where the step is done.
        act: asks AWS for it. It is called as often as something lacks, and leaves alone what is already under way.
        prepare: what must be known before anything is done; it only reads, and its answer outlives a kill.
        learn: what is known once the step is done.
        would: a sentence for a dry run.
        undo: of a DRILL step: takes back what it made up, also where it has not been made up.
        ends: of a DRILL step: id of the one whose trouble it takes back.
    """

    id: str
    title: str
    kind: StepKind
    within_seconds: float
    lacking: Callable[[Scene], str | None]
    act: Callable[[Scene], None] | None = None
    prepare: Callable[[Scene], Facts] = _nothing
    learn: Callable[[Scene], Facts] = _nothing
    would: Callable[[Scene], str] = lambda _: ""
    undo: Callable[[Scene], None] | None = None
    ends: str = ""
