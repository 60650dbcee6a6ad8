"""Arrivals that keep to their schedule whether or not the estate keeps up, and what became of each operation."""

import asyncio
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workload.client import OperationClient, Outcome

__all__ = ["Done", "Load", "Step", "tally"]

BENEFITS = ("scottish-child-payment", "best-start-foods", "best-start-grant-school-age")
"""Of the cell `families`, which every twin has."""

MIX: Mapping[str, float] = {
    "submit": 0.03,
    "save": 0.32,
    "return": 0.15,
    "status": 0.30,
    "information": 0.20,
}
"""Shares of operations: an assumption of this project. An application is taken to be 20 to 40 requests, most of them
pages that are saved, so that 150 operations a second are 4 to 5 applications a second. Canada's Emergency Response
Benefit had 6 a second for as many people when it opened (30,000 in its first 12 minutes, as CBC reported)."""


@dataclass(frozen=True)
class Step:
    """One operation to come. Attributes: at: seconds from the begin."""

    at: float
    kind: str
    benefit: str
    key: str


@dataclass(frozen=True)
class Done:
    step: Step
    scheduled: float
    """Seconds since 1970."""
    outcome: Outcome


@dataclass
class Load:
    """An open load of Poisson arrivals.

    Attributes:
        mix: shares of kinds of operation.
        load: differs from one load to the next, so that the same seed sent again applies anew and is no repetition.
        sent_late: operations that began over 50 ms after their time.
    """

    edge: str
    per_second: float
    seed: int
    mix: Mapping[str, float] = field(default_factory=lambda: MIX)
    load: uuid.UUID = field(default_factory=uuid.uuid4)
    done: list[Done] = field(default_factory=list[Done])
    scheduled: int = 0
    sent_late: int = 0
    _known: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _saved: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def schedule(self, seconds: float) -> Iterable[Step]:
        """Times, kinds and benefits are drawn from the seed alone; keys are this run's own."""
        source = random.Random(self.seed)
        at = 0.0
        while (at := at + source.expovariate(self.per_second)) < seconds:
            kind = source.choices(list(self.mix), list(self.mix.values()))[0]
            key = uuid.uuid5(self.load, str(source.getrandbits(128)))
            yield Step(at, kind, source.choice(BENEFITS), str(key))

    async def run(self, seconds: float) -> None:
        """Every operation of the schedule has ended."""
        async with OperationClient(self.edge) as client:
            began = asyncio.get_running_loop().time()
            wall = time.time()
            async with asyncio.TaskGroup() as group:
                for step in self.schedule(seconds):
                    wait = began + step.at - asyncio.get_running_loop().time()
                    if wait > 0:
                        await asyncio.sleep(wait)
                    self.sent_late += wait < -0.05
                    self.scheduled += 1
                    group.create_task(self._operate(client, step, wall + step.at))

    async def _operate(self, client: OperationClient, step: Step, scheduled: float) -> None:
        method, path, body, key = self._request(step)
        outcome = await client.operate(method, path, json=body, key=key)
        self.done.append(Done(step, scheduled, outcome))
        if step.kind == "submit" and outcome.succeeded:
            self._known.append((step.benefit, outcome.json()["application_id"]))
        elif step.kind == "save" and outcome.status == 200:
            self._saved.append((step.benefit, step.key))

    def _request(self, step: Step) -> tuple[str, str, Any, str | None]:
        match step.kind:
            case "submit":
                body = {"client_reference": f"client-{step.key}", "answers": {"children": 1}}
                return "POST", f"/benefits/{step.benefit}/applications", body, step.key
            case "save":
                return (
                    "PUT",
                    f"/benefits/{step.benefit}/drafts/{step.key}",
                    {"answers": {"page": 3}},
                    step.key,
                )
            case "return" if self._saved:
                benefit, draft = self._saved[hash(step.key) % len(self._saved)]
                return "GET", f"/benefits/{benefit}/drafts/{draft}", None, None
            case "status" if self._known:
                benefit, application = self._known[hash(step.key) % len(self._known)]
                return "GET", f"/benefits/{benefit}/applications/{application}", None, None
            case _:
                return "GET", "/benefits", None, None

    def acknowledged(self) -> dict[str, str]:
        """Keys of applications that were acknowledged, and their ids."""
        return {
            it.step.key: it.outcome.json()["application_id"]
            for it in self.done
            if it.step.kind == "submit" and it.outcome.succeeded
        }


def tally(done: Sequence[Done]) -> dict[str, Any]:
    """What failed, by kind of operation and by how the attempts ended."""
    attempts = [attempt for it in done for attempt in it.outcome.attempts]
    failed = [it for it in done if not it.outcome.succeeded]
    seconds = sorted(it.outcome.seconds for it in done) or [0.0]
    return {
        "operations": len(done),
        "operations_failed": len(failed),
        "failed_by_kind": dict(Counter(it.step.kind for it in failed)),
        "failed_as": dict(Counter(str(it.outcome.status or _error(it.outcome)) for it in failed)),
        "attempts": len(attempts),
        "attempts_failed": sum(it.failed for it in attempts),
        "attempts_failed_as": dict(Counter(str(it.status or it.error) for it in attempts if it.failed)),
        "p50_seconds": round(seconds[len(seconds) // 2], 4),
        "p99_seconds": round(seconds[int(len(seconds) * 0.99)], 4),
        "longest_seconds": round(seconds[-1], 2),
    }


def _error(outcome: Outcome) -> str:
    return outcome.attempts[-1].error or "unknown"
