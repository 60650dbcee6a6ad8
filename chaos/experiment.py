"""Experiments: the files that `chaos run` takes, and what each of them says of itself."""

import difflib
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from chaos.exceptions import ExperimentInvalid, ExperimentUnknown

__all__ = [
    "FOLDER",
    "WRITER_AND_PRIMARY",
    "About",
    "Break",
    "Experiment",
    "FailsBy",
    "Fidelity",
    "Protection",
    "experiments",
    "find",
    "read",
]

FOLDER = Path(__file__).with_name("experiments")
EXTENSION = "estate"
ACTIONS = "chaos.actions"
BREAK = "break_it"
WRITER_AND_PRIMARY = "writer-and-cache-primary"

Sentence = Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fidelity(StrEnum):
    """How near the fault is to what AWS does. SAME: by AWS's own API. TWIN_ONLY: AWS has nothing for it."""

    SAME = "same"
    APPROXIMATED = "approximated"
    TWIN_ONLY = "twin-only"


class FailsBy(StrEnum):
    """How a control case shows that people would notice. WAITING: by applications that have no end while the protection
    is away, of an experiment that no operation waits for."""

    OPERATIONS = "operations"
    WAITING = "waiting-applications"


class Protection(_Strict):
    """What keeps people from noticing, and how the control case takes it away, by AWS's API."""

    is_: Sentence = Field(alias="is")
    removed_by: Literal["one-zone", "one-task", "no-task", "no-queue"]
    service: str
    fails_by: FailsBy = FailsBy.OPERATIONS


class About(_Strict):
    """What an experiment says of itself in its extension. Attributes: how: about its fidelity.

    tier: whose objectives are the steady state. needs: services without which it shows nothing.
    """

    name: Literal["estate"]
    tier: str
    aws: Fidelity
    how: Sentence
    protection: Protection
    needs: tuple[str, ...] = ()


class LoseZone(_Strict):
    """A zone that people's requests go to. Attributes: kind: of the fault endpoint."""

    what: Literal["zone"]
    kind: Literal["zone-power-loss", "zone-freeze", "zone-cut"]
    holding: Literal["anything", "writer-and-cache-primary"] = "anything"
    database: str = "core"
    cache: str = "sessions"


class StopTask(_Strict):
    """One task of a service, by FIS."""

    what: Literal["task"]
    service: str


class SlowTask(_Strict):
    """One task of a service whose every packet is late, by FIS."""

    what: Literal["slow-task"]
    service: str
    delay_milliseconds: int = Field(gt=0, le=60_000)


class PartnerDown(_Strict):
    """What a service sends to a partner is never answered, or refused."""

    what: Literal["partner"]
    partner: str
    caller: str
    is_silent: bool = True


class FailOver(_Strict):
    """A database's writer, by FIS."""

    what: Literal["failover"]
    database: str


Break = Annotated[LoseZone | StopTask | SlowTask | PartnerDown | FailOver, Field(discriminator="what")]
BREAKS: TypeAdapter[Any] = TypeAdapter(Break)


class Experiment:
    """One file. Attributes: document: as Chaos Toolkit reads it."""

    def __init__(self, document: Mapping[str, Any], where: str) -> None:
        """Raises: ExperimentInvalid."""
        self.document, self._where = document, where
        self.about: About = self._read(TypeAdapter(About), self._extension(), "extensions.estate")
        self.break_: Any = self._read(BREAKS, self._breaks(), BREAK)

    @property
    def name(self) -> str:
        return Path(self._where).stem

    @property
    def file(self) -> Path:
        return Path(self._where)

    @property
    def title(self) -> str:
        return str(self.document["title"])

    @cached_property
    def description(self) -> str:
        return str(self.document["description"])

    def _extension(self) -> Any:
        found = [it for it in self.document.get("extensions", ()) if it.get("name") == EXTENSION]
        if not found:
            raise ExperimentInvalid(
                f"{self._where} has no extension {EXTENSION!r}, which says tier, fidelity and protection. Add one."
            )
        return found[0]

    def _breaks(self) -> Any:
        """Arguments of the one activity that breaks something."""
        providers = [it.get("provider", {}) for it in self.document.get("method", ())]
        found = [
            it["arguments"] for it in providers if (it.get("module"), it.get("func")) == (ACTIONS, BREAK)
        ]
        if len(found) != 1:
            raise ExperimentInvalid(
                f"The method of {self._where} has {len(found)} activities {ACTIONS}.{BREAK}, and there must be one."
            )
        return found[0]

    def _read(self, adapter: TypeAdapter[Any], document: Any, what: str) -> Any:
        try:
            return adapter.validate_python(document)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(it) for it in first["loc"])
            raise ExperimentInvalid(
                f"{self._where}, {what}: {field}: {first['msg']}, got {first.get('input')!r}."
            ) from None


def read(file: Path) -> Experiment:
    """Raises: ExperimentInvalid."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ExperimentInvalid(f"{file} is not JSON: {error}.") from None
    return Experiment(document, str(file))


def experiments(folder: Path = FOLDER) -> Sequence[Experiment]:
    """All of them, by name."""
    return [read(file) for file in sorted(folder.glob("*.json"))]


def find(name: str, folder: Path = FOLDER) -> Experiment:
    """Raises: ExperimentUnknown, ExperimentInvalid."""
    names = sorted(file.stem for file in folder.glob("*.json"))
    if name not in names:
        near = difflib.get_close_matches(name, names, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ExperimentUnknown(f"There is no experiment {name!r}.{hint} There are {', '.join(names)}.")
    return read(folder / f"{name}.json")
