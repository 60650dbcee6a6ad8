"""Does what an experiment does to its environment, and undoes it: the intention is on disk before the deed."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chaos import fis
from chaos.exceptions import FaultRefused
from chaos.injection import Injection
from chaos.place import Place
from chaos.protection import Removal
from chaos.undo import Deed, UndoJournal
from chaos.undoing import undo_all
from evidence import EventKind, Run

__all__ = ["Hands"]

FIS_ROLE = "estate-fault-injection"
"""Name of the role that FIS takes on AWS. A twin asks for none of its permissions (docs/twin.md, Permissions)."""

PROTECTION = "protection-"


@dataclass
class Hands:
    """Attributes: left_over: what could not be undone, a sentence each."""

    place: Place
    journal: UndoJournal
    run: Run
    left_over: list[str] = field(default_factory=list[str])
    _lock: Any = field(default_factory=RLock)

    def begin(self, chosen: Injection) -> float:
        """The fault is at work. Returns: Unix seconds at which it was asked for. Raises: FaultRefused, EstateAway."""
        deed = self._intended(chosen)
        at = time.time()
        if chosen.action:
            fis.begin(self.place.aws("fis"), deed.template, chosen.title)
        else:
            named = self.place.endpoint().begin(chosen.fault)
            self.journal.write(replace(deed, fault_id=named))
        self.run.event(EventKind.FAULT, chosen.title, at, id=deed.id, zones=list(chosen.zones))
        return at

    def take_away(self, taken: Removal) -> None:
        """The protection has been asked to go. Raises: FaultRefused."""
        deed = Deed(f"{PROTECTION}{uuid.uuid4().hex}", taken.title, time.time(), calls=taken.undo)
        self.journal.write(deed)
        try:
            for call in taken.calls:
                getattr(self.place.aws(call["service"]), call["operation"])(**call["parameters"])
        except (ClientError, BotoCoreError) as error:
            raise FaultRefused(f"The control case could not be prepared, {taken.title}: {error}") from error
        self.run.event(EventKind.STEP, f"protection removed: {taken.title}")

    def undo_faults(self, by: str) -> Sequence[str]:
        """No fault of this run is at work; what the control case took away stays away.

        Returns: titles of those that were not at work any more.
        """
        return self._undo([it for it in self.journal.pending() if not it.id.startswith(PROTECTION)], by)

    def undo_everything(self, by: str) -> None:
        """Nothing of this run is left, but what `left_over` says."""
        self._undo(self.journal.pending(), by)

    def _undo(self, deeds: Sequence[Deed], by: str) -> Sequence[str]:
        with self._lock:
            ids = {it.id for it in deeds}
            done = undo_all(self.journal, self.place.aws, by, only=ids)
            self.left_over = list(done.left)
            left = {it.id for it in self.journal.pending()}
            for it in deeds:
                if it.id not in left:
                    kind = EventKind.STEP if it.id.startswith(PROTECTION) else EventKind.UNDO
                    self.run.event(kind, f"undone: {it.title}", fault=it.id, by=by)
            return done.ended_before

    def _intended(self, chosen: Injection) -> Deed:
        """On disk before anything is done."""
        deed = Deed(f"fault-{uuid.uuid4().hex}", chosen.title, time.time())
        if chosen.action:
            account = self.place.estate.environment.account_id
            role = f"arn:aws:iam::{account}:role/{FIS_ROLE}"
            made = fis.create(self.place.aws("fis"), chosen.action, role, chosen.title)
            deed = replace(deed, template=made)
        else:
            deed = replace(deed, endpoint=self.place.endpoint().url, fault=dict(chosen.fault))
        self.journal.write(deed)
        return deed
