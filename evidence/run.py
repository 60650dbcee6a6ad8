"""A run that is under way: whatever it says is on disk at once, so that a killed one leaves what it had seen."""

import getpass
import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from evidence.chain import RECORD, Chain, ChainWriter, Step, file_digest
from evidence.commit import Commit, commit_of
from evidence.exceptions import FactInvalid, RunOver
from evidence.facts import (
    Assumption,
    Basis,
    Declared,
    EnvironmentLabel,
    Event,
    EventKind,
    Figure,
    Kind,
    Objective,
    Series,
    Value,
    Void,
    one_of,
)
from evidence.journal import JOURNAL, Begun, Fact, Finished, Journal
from evidence.ledger import Account, Ledger
from evidence.lines import canonical, plain
from evidence.record import Record, record_of, to_document
from evidence.report.page import PAGE, render
from evidence.service_desk import papers

__all__ = ["Run"]

NAME_CHARACTERS = 80
"""So that a folder's name is one that every file system takes."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HERE = Path(__file__).resolve().parent
_ACCOUNT = "Nothing that was acknowledged is lost or doubled"


class Run:
    """Collects what is seen, and leaves a folder of evidence. Any thread may write to it.

    `begin` it, write to it, `finish` it. As a context manager it is finished at the end of the block; an exception
    makes it void, with its words, and goes on.
    """

    def __init__(self, begun: Begun, folder: Path, clock: Callable[[], float]) -> None:
        self._begun = begun
        self._clock = clock
        self._journal = Journal(folder)
        self._facts: list[Fact] = [self._journal.append(begun)]
        self._lock = threading.RLock()
        self._ledgers: list[Ledger] = []
        self._record: Record | None = None
        self.folder = folder

    @classmethod
    def begin(
        cls,
        kind: Kind | str,
        name: str,
        environment: EnvironmentLabel,
        seed: Value,
        configuration: Mapping[str, Any],
        root: Path,
        *,
        declares: Collection[Declared | str] = (),
        clock: Callable[[], float] = time.time,
        who: str | None = None,
        commit: Commit | None = None,
    ) -> "Run":
        """A folder ``<root>/<UTC time>-<kind>-<name>-<short id>`` exists, with a journal that says what began.

        Args:
            name: of the launch, experiment or playbook: small letters, digits and hyphens.
            configuration: everything that, with the seed, decides the run; it is shown, so it holds no secrets.
            declares: what the run will have: without a ledger (or faults) that it declared it is void.
            clock: Unix seconds. who: default: the login name and machine. commit: default: that of this code.

        Raises: FactInvalid: a kind or a name that no record can hold.
        """
        at, chosen = clock(), one_of(Kind, kind, "The kind of a run")
        begun = Begun(
            id=_id(at, chosen, name),
            kind=chosen,
            name=name,
            who=who or _login(),
            at=at,
            commit=commit or commit_of(_HERE),
            environment=environment,
            seed=seed,
            configuration=plain(configuration),
            declares=tuple(one_of(Declared, it, "What a run declares") for it in declares),
        )
        folder = root / begun.id
        with Chain(root).writing() as chain:
            folder.mkdir()
            run = cls(begun, folder, clock)
            chain.append(Step.BEGUN, begun.id, at)
        return run

    @property
    def id(self) -> str:
        return self._begun.id

    @property
    def record(self) -> Record:
        """What the run amounts to so far; unfinished, and so void, until `finish`."""
        with self._lock:
            return self._record or record_of(self._facts, str(self.folder))

    def event(self, kind: EventKind | str, title: str, at: float | None = None, **details: Any) -> None:
        """Something happened. Args: at: Unix seconds; default: now. details: see EventKind for those of each kind.

        Raises: FactInvalid: an unknown kind; RunOver.
        """
        chosen = one_of(EventKind, kind, "The kind of an event")
        self._say(Event(self._clock() if at is None else at, chosen, title, plain(details)))

    def series(self, name: str, unit: str, points: Iterable[tuple[float, float | None]]) -> None:
        """The series has these points too; what is not a number is a gap. Args: name: ``group/member``, see Series."""
        if found := tuple(points):
            self._say(Series(name, unit, found))

    def point(self, name: str, unit: str, at: float, value: float | None) -> None:
        """The series has one more point."""
        self.series(name, unit, [(at, value)])

    def figure(
        self, name: str, value: Value, unit: str, basis: Basis | str = Basis.MEASURED, source: str = ""
    ) -> None:
        """The figure stands in the record; a later one of the same name replaces it. None: it was not measured."""
        self._say(Figure(name, plain(value), unit, one_of(Basis, basis, "The basis of a figure"), source))

    def assumption(self, text: str, source: str) -> None:
        """The report says that this was taken for true."""
        self._say(Assumption(text, source))

    def objective(
        self, name: str, wanted: str, seen: str, holds: bool | None, assumption: bool = False
    ) -> None:
        """One more objective was judged. Args: holds: None where it could not be; see Objective."""
        self._say(Objective(name, wanted, seen, holds, assumption))

    def void(self, reason: str) -> None:
        """Whatever else it shows, the run proves nothing. Args: reason: a sentence."""
        self._say(Void(reason))

    def ledger(self, name: str = "people") -> Ledger:
        """A ledger in the run's folder, closed when the run is finished."""
        ledger = Ledger(self.ledger_file(name))
        with self._lock:
            self._ledgers.append(ledger)
        return ledger

    def ledger_file(self, name: str = "people") -> Path:
        """Where another process, such as a worker of a load generator, opens a ledger of this run."""
        return self.folder / f"ledger-{_slug(name)}.jsonl"

    @property
    def ledger_files(self) -> list[Path]:
        return sorted(self.folder.glob("ledger-*.jsonl"))

    def account(self, account: Account, given_up: Collection[str] = (), but_for: str = "") -> None:
        """The ledgers were compared; that nothing was lost or doubled is one of the run's objectives.

        Args: given_up: keys that may be lost, and are told all the same. but_for: what those are, in words.
        """
        self._say(account)
        judged = replace(account, lost=tuple(it for it in account.lost if it not in given_up))
        lost = f"0 lost but for {but_for}" if but_for else "0 lost"
        wanted = f"{lost}, 0 doubled, and all of it finished"
        self.objective(_ACCOUNT, wanted, _told(account, judged), judged.holds)

    def finish(self) -> Record:
        """The record, the report and what a service desk takes are written, and the chain has one more link.

        Finishing again returns the same record.
        """
        with self._lock:
            if self._record is None:
                self._say(Finished(self._clock()))
                for ledger in self._ledgers:
                    ledger.close()
                with Chain(self.folder.parent).writing() as chain:
                    self._record = self._seal(chain)
                self._journal.close()
            return self._record

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        if self._record is None:
            if error is not None:
                self.void(f"The run broke off: {type(error).__name__}{f': {error}' if str(error) else ''}.")
            self.finish()

    def _seal(self, chain: ChainWriter) -> Record:
        hashed = {file.name: file_digest(file) for file in (self.folder / JOURNAL, *self.ledger_files)}
        record = record_of(self._facts, str(self.folder), hashed, chain.previous)
        pages = {RECORD: canonical(to_document(record)) + "\n"} | {PAGE: render(record)} | papers(record)
        for name, text in pages.items():
            _write(self.folder / name, text)
        written = {name: file_digest(self.folder / name) for name in pages}
        chain.append(Step.FINISHED, record.id, self._clock(), record.sha256, hashed | written)
        return record

    def _say(self, fact: Fact) -> None:
        with self._lock:
            if self._record is not None:
                raise RunOver(self.id)
            self._facts.append(self._journal.append(fact))


def _id(at: float, kind: Kind, name: str) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}-{kind}-{_slug(name)}-{uuid.uuid4().hex[:6]}"


def _told(account: Account, judged: Account) -> str:
    """Args: judged: the same without what was given up."""
    given_up = len(account.lost) - len(judged.lost)
    return account.in_words + (f"; {given_up} of the lost had been given up" if given_up else "")


def _slug(name: str) -> str:
    if not _SLUG.fullmatch(name) or len(name) > NAME_CHARACTERS:
        raise FactInvalid(
            f"A run or a ledger is named with small letters, digits and hyphens, at most {NAME_CHARACTERS} of them; "
            f"got {name!r}."
        )
    return name


def _login() -> str:
    """Who runs this, as the machine knows it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return f"{name}@{socket.gethostname()}"


def _write(file: Path, text: str) -> None:
    """The file is there whole, or not at all, and on disk."""
    part = file.with_name(f".{file.name}.part")
    with part.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
