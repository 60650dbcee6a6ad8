"""The faults that were asked for: which are at work, and since when; written down before anything is done."""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twin.runtime.faults.effect import ControlPlaneFrozen, Effect
from twin.runtime.faults.exceptions import UnknownFault
from twin.runtime.faults.kinds import AnyKind
from twin.runtime.faults.works import Works
from twin.runtime.undertaker import FROZEN

__all__ = ["Fault", "Ledger"]

_log = logging.getLogger(__name__)

_KEPT = 1_000
"""Faults that are over and still shown."""


@dataclass(frozen=True)
class Fault:
    """Attributes: started_at, ended_at: seconds since the epoch; ending: why it ended."""

    id: str
    kind: AnyKind
    effects: tuple[Effect, ...]
    started_at: float
    ended_at: float | None = None
    ending: str | None = None

    @property
    def is_active(self) -> bool:
        return self.ended_at is None

    def document(self) -> dict[str, Any]:
        """As the endpoint shows it."""
        return {
            "id": self.id,
            **self.kind.model_dump(exclude_none=True),
            "is_active": self.is_active,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "ending": self.ending,
        }


class Ledger:
    """All faults of one supervisor. With it they end: one that is started finds none at work."""

    def __init__(self, journal: Path, works: Works) -> None:
        self._journal, self._works = journal, works
        self._faults: dict[str, Fault] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def all(self) -> Sequence[Fault]:
        """The oldest first."""
        return list(self._faults.values())

    def active(self) -> Sequence[Fault]:
        return [fault for fault in self._faults.values() if fault.is_active]

    def get(self, fault_id: str) -> Fault:
        """Raises: UnknownFault"""
        if fault_id not in self._faults:
            raise UnknownFault(fault_id)
        return self._faults[fault_id]

    def begin(self, kind: AnyKind) -> Fault:
        """The fault is at work, or was and is over where nothing of it lasts. Raises: FaultRefused"""
        fault = Fault(secrets.token_hex(6), kind, self._works.effects_of(kind), time.time())
        self._put(fault)
        try:
            is_all = self._works.do(kind)
            self._works.settle(self._effects())
        except BaseException:
            self._faults.pop(fault.id)
            self._works.settle(self._effects())
            self._write()
            raise
        _log.info("fault %s: %s", fault.id, kind)
        if is_all:
            return self.end(fault.id, "done at once")
        if kind.seconds is not None:
            loop = asyncio.get_running_loop()
            self._timers[fault.id] = loop.call_later(kind.seconds, self.end, fault.id, "its time was over")
        return fault

    def end(self, fault_id: str, why: str = "deleted") -> Fault:
        """The fault has ended; one that had is as it was. Raises: UnknownFault"""
        fault = self.get(fault_id)
        if not fault.is_active:
            return fault
        if timer := self._timers.pop(fault_id, None):
            timer.cancel()
        ended = replace(fault, ended_at=time.time(), ending=why)
        self._faults[fault_id] = ended
        self._works.settle(self._effects())
        self._write()
        _log.info("fault %s has ended: %s", fault_id, why)
        return ended

    def end_all(self) -> Sequence[Fault]:
        """None is at work. Returns: those that were, the latest first."""
        return [self.end(fault.id) for fault in reversed(self.active())]

    def _put(self, fault: Fault) -> None:
        self._faults[fault.id] = fault
        over = [it.id for it in self._faults.values() if not it.is_active]
        for fault_id in over[:-_KEPT]:
            del self._faults[fault_id]
        self._write()

    def _effects(self) -> tuple[Effect, ...]:
        return tuple(effect for fault in self.active() for effect in fault.effects)

    def _write(self) -> None:
        """The journal is on disk, whole. Who finds it thaws what it says is frozen."""
        frozen = [[it.pid, it.started] for it in self._effects() if isinstance(it, ControlPlaneFrozen)]
        document: Mapping[str, Any] = {FROZEN: frozen, "faults": [it.document() for it in self.active()]}
        self._journal.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._journal.with_suffix(".new")
        scratch.write_text(json.dumps(document, indent=1))
        scratch.replace(self._journal)
