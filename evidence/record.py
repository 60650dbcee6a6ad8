"""The record of a run: one document, made of what its journal says and of nothing else."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from evidence.commit import Commit
from evidence.exceptions import RecordUnreadable
from evidence.facts import (
    Assumption,
    Declared,
    EnvironmentLabel,
    Event,
    Figure,
    Kind,
    Objective,
    Point,
    Series,
    Value,
    Void,
)
from evidence.journal import Begun, Fact, Finished
from evidence.ledger import Account
from evidence.lines import canonical, plain
from evidence.verdict import Case, Verdict, judge

__all__ = ["SCHEMA", "Previous", "Record", "digest", "from_document", "record_of", "to_document", "utc"]

_T = TypeVar("_T")
SCHEMA = "estate-evidence/1"
"""Version of the document. A reader refuses another one rather than misread it."""


@dataclass(frozen=True)
class Previous:
    """The record that was finished before this one in the same folder. Attributes: sha256: what it carries."""

    run: str
    sha256: str


@dataclass(frozen=True)
class Record:
    """What a run leaves.

    Attributes:
        began_at, ended_at: Unix seconds; the latter None where it was killed, or still runs.
        figures: by name the last that was given. voids: reasons that the run itself gave.
        verdict, reasons: worked out from the rest.
        files: SHA-256 of the files that the record was made of, by name. previous: None for the first in its folder.
        sha256: of the document without this field; empty where the record is not finished.
    """

    schema: str
    id: str
    kind: Kind
    name: str
    who: str
    commit: Commit | None
    environment: EnvironmentLabel
    seed: Value
    configuration: Mapping[str, Any]
    declares: tuple[Declared, ...]
    began_at: float
    ended_at: float | None
    events: tuple[Event, ...]
    series: tuple[Series, ...]
    figures: tuple[Figure, ...]
    assumptions: tuple[Assumption, ...]
    objectives: tuple[Objective, ...]
    voids: tuple[str, ...]
    account: Account | None
    verdict: Verdict
    reasons: tuple[str, ...]
    files: Mapping[str, str]
    previous: Previous | None
    sha256: str

    @property
    def is_finished(self) -> bool:
        return bool(self.sha256)

    @property
    def seconds(self) -> float | None:
        return None if self.ended_at is None else self.ended_at - self.began_at

    def figure(self, name: str) -> Figure | None:
        return next((it for it in self.figures if it.name == name), None)


_ADAPTER: TypeAdapter[Record] = TypeAdapter(Record)


def record_of(
    facts: Iterable[Fact],
    where: str,
    files: Mapping[str, str] | None = None,
    previous: Previous | None = None,
) -> Record:
    """The record that a journal amounts to.

    Args: where: the journal, for the error. files: hashes of a finished run; None: it is not finished, so it is void.

    Raises: RecordUnreadable: the journal does not begin with a begin.
    """
    begun, *said = list(facts) or [None]
    if not isinstance(begun, Begun):
        raise RecordUnreadable(
            f"{where} does not say what began: the run was killed as it began, or the file changed."
        )
    record = _record(begun, [it for it in said if it is not None], files is not None)
    if files is None:
        return record
    record = replace(record, files=dict(files), previous=previous)
    return replace(record, sha256=digest(to_document(record)))


def _record(begun: Begun, said: Sequence[Fact], finished: bool) -> Record:
    case = Case(
        environment=begun.environment,
        declares=frozenset(begun.declares),
        finished=finished,
        events=sorted(_all(Event, said), key=lambda it: it.at),
        objectives=_all(Objective, said),
        voids=[it.reason for it in _all(Void, said)],
        account=next(reversed(_all(Account, said)), None),
    )
    judgement = judge(case)
    return Record(
        schema=SCHEMA,
        id=begun.id,
        kind=begun.kind,
        name=begun.name,
        who=begun.who,
        commit=begun.commit,
        environment=begun.environment,
        seed=begun.seed,
        configuration=begun.configuration,
        declares=begun.declares,
        began_at=begun.at,
        ended_at=next((it.at for it in _all(Finished, said)), None),
        events=tuple(case.events),
        series=_joined(_all(Series, said)),
        figures=tuple({it.name: it for it in _all(Figure, said)}.values()),
        assumptions=tuple(dict.fromkeys(_all(Assumption, said))),
        objectives=tuple(case.objectives),
        voids=tuple(case.voids),
        account=case.account,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        files={},
        previous=None,
        sha256="",
    )


def _all(of: type[_T], facts: Iterable[Fact]) -> list[_T]:
    return [it for it in facts if isinstance(it, of)]


def _joined(parts: Iterable[Series]) -> tuple[Series, ...]:
    """One series a name and unit, its points in order of time."""
    points: dict[tuple[str, str], list[Point]] = {}
    for part in parts:
        points.setdefault((part.name, part.unit), []).extend(part.points)
    return tuple(
        Series(name, unit, tuple(sorted(found, key=lambda it: it[0])))
        for (name, unit), found in points.items()
    )


def to_document(record: Record) -> dict[str, Any]:
    """The record as JSON can hold it."""
    return plain(asdict(record))


def from_document(document: Any, where: str) -> Record:
    """Raises: RecordUnreadable: it is not a record of this version."""
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        raise RecordUnreadable(f"{where} has schema {schema!r}; this version reads {SCHEMA!r}.")
    try:
        return _ADAPTER.validate_python(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RecordUnreadable(f"{where} is not a record: {field}: {first['msg']}.") from None


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document without its own hash: keys in order, no spaces, ASCII."""
    content = {key: value for key, value in document.items() if key != "sha256"}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def utc(at: float) -> str:
    """The moment as people write it, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
