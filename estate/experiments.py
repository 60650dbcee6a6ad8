"""What `estate chaos` shows: the experiments there are, what one would break, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaos.experiment import Experiment
from estate.objectives import objectives_table
from evidence import Objective, Verdict
from evidence.report.page import PAGE

__all__ = ["DryRun", "Experiments", "Ran", "Verified", "verified"]

MUST_FAIL = 0.9
"""Share of the seeds in which a control case has to fail, or else the experiment shows nothing."""


@dataclass(frozen=True)
class Experiments:
    found: Sequence[Experiment]

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "experiments": [
                {
                    "name": it.name,
                    "title": it.title,
                    "description": it.description,
                    "tier": it.about.tier,
                    "aws": str(it.about.aws),
                    "how": it.about.how,
                    "protection": it.about.protection.is_,
                    "needs": list(it.about.needs),
                    "file": str(it.file),
                }
                for it in self.found
            ]
        }

    def show(self, console: Console) -> None:
        table = Table("experiment", "tier", "aws", "what happens", box=None)
        for it in self.found:
            table.add_row(it.name, it.about.tier, str(it.about.aws), it.title)
        console.print(table)


@dataclass(frozen=True)
class DryRun:
    """What would be broken, of what is there now. Nothing was changed."""

    experiment: Experiment
    environment: str
    seed: int
    rate: float
    faults: Sequence[str]

    @property
    def holds(self) -> bool:
        return True

    def to_json(self) -> Mapping[str, Any]:
        return {
            "experiment": self.experiment.name,
            "environment": self.environment,
            "seed": self.seed,
            "status": "dry-run",
            "faults": list(self.faults),
        } | dict.fromkeys(_KEYS - {"status"})

    def show(self, console: Console) -> None:
        about = self.experiment.about
        for line in (
            f"{self.experiment.title}, on {self.environment} ({about.aws}: {about.how})",
            f"{self.rate:g} operations a second, seed {self.seed}; {len(self.faults)} faults:",
            *(f"  {it}" for it in self.faults),
            "Nothing was changed.",
        ):
            console.print(Text(line))


_KEYS = frozenset(
    {
        "status",
        "deviated",
        "attempts_failed",
        "operations_failed",
        "lost",
        "doubled",
        "recovery_seconds",
        "rolled_back",
        "verdict",
    }
)


@dataclass(frozen=True)
class Ran:
    """Attributes: document: that the run wrote."""

    document: Mapping[str, Any]

    @property
    def holds(self) -> bool:
        return self.document["verdict"] == Verdict.HOLDS

    @property
    def is_void(self) -> bool:
        return self.document["verdict"] == Verdict.VOID

    @property
    def failing(self) -> int:
        """Rounds in which people noticed, or promises of their own were not kept. One that proves nothing is none."""
        rounds = self.document["rounds"]
        return sum(row["fails"] for row in rounds if row["fault_at"] is not None and not row["void"])

    @property
    def is_interrupted(self) -> bool:
        return self.document["interrupted"]

    def to_json(self) -> Mapping[str, Any]:
        return self.document

    def show(self, console: Console) -> None:
        for row in self.document["rounds"]:
            console.print(Text(_told(row)))
        console.print(objectives_table(Objective(**it) for it in self.document["objectives"]))
        for line in _summary(self.document):
            console.print(Text(line))


@dataclass(frozen=True)
class Verified:
    """An experiment and its control case.

    Attributes: of: the experiment as it is; control: without its protection; seeds: rounds of it that were asked for.
    """

    of: Ran
    control: Ran
    seeds: int

    @property
    def verdict(self) -> Verdict:
        if self.control.is_interrupted:
            return Verdict.VOID
        return verified(Verdict(self.of.document["verdict"]), self.control.failing, self.seeds)

    @property
    def holds(self) -> bool:
        return self.verdict is Verdict.HOLDS

    @property
    def is_void(self) -> bool:
        return self.verdict is Verdict.VOID

    def to_json(self) -> Mapping[str, Any]:
        return {
            **self.of.document,
            "verdict": str(self.verdict),
            "control_case": {
                **self.control.document,
                "failed_in": self.control.failing,
                "seeds": self.seeds,
                "must_fail_in": MUST_FAIL * self.seeds,
            },
        }

    def show(self, console: Console) -> None:
        self.of.show(console)
        interrupted = "It was interrupted. " if self.control.is_interrupted else ""
        console.print(
            Text(
                f"{interrupted}Without its protection it failed in {self.control.failing} of {self.seeds} seeds, and "
                f"must in at least {MUST_FAIL:.0%}: {self.verdict}."
            )
        )


def verified(of: Verdict, failing: int, seeds: int) -> Verdict:
    """Void where the control case does not fail often enough: then whatever the experiment shows, it shows nothing."""
    if not seeds or failing < MUST_FAIL * seeds:
        return Verdict.VOID
    return of


def _told(row: Mapping[str, Any]) -> str:
    recovery = row["recovery_seconds"]
    said = "" if recovery is None else f"; the last failed attempt was over {recovery:g} s after the fault"
    aborted = f"; aborted: {row['aborted']}" if row["aborted"] else ""
    return (
        f"{row['number']}. {row['title'] or 'nothing was broken'}: {row['operations_failed']} of {row['operations']} "
        f"operations failed, {row['attempts_failed']} of {row['attempts']} attempts{said}{aborted}"
    )


def _summary(document: Mapping[str, Any]) -> Sequence[str]:
    bound = document["bound_on_share_of_faults"]
    return (
        *(
            [
                f"No failed operation in {document['faults']} faults: at most {bound:.0%} of them would have one (3/n)."
            ]
            if bound is not None
            else []
        ),
        f"Applications: {document['acknowledged']} acknowledged, {document['lost']} lost, "
        f"{document['doubled']} doubled, {document['unfinished']} unfinished.",
        *(f"{document['verdict']}: {it}" for it in document["reasons"]),
        f"{document['experiment']} on {document['environment']}, seed {document['seed']}: {document['verdict']}.",
        f"Evidence: {Path(document['evidence']) / PAGE}",
    )
