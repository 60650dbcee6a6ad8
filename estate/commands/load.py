"""`estate load`: a launch of the catalogue against the environment, judged, and left as evidence."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from catalogue import Estate, Kind, load_catalogue
from estate.aws import Clients
from estate.busy_servers import busy_servers
from estate.commands import env
from estate.exceptions import NotConfirmed
from estate.objectives import objectives_table
from estate.people import path_of_people
from estate.terminal import Terminal
from evidence import Verdict
from evidence.report.page import PAGE
from load_tests.aftermath import Launched
from load_tests.estate_ledger import PaymentBook
from load_tests.launching import launch
from load_tests.plan import Plan, PlanSettings
from load_tests.surroundings import CLUSTER, Surroundings, label_of
from load_tests.tally import Tally

__all__ = ["LoadResult", "run"]


@dataclass(frozen=True)
class LoadResult:
    """Attributes: launched: the run and all that was counted."""

    environment: str
    launch: str
    seed: int
    launched: Launched

    @property
    def holds(self) -> bool:
        return self.launched.verdict is Verdict.HOLDS

    @property
    def is_void(self) -> bool:
        """It proves nothing: not that the launch is survived, nor that it is not."""
        return self.launched.verdict is Verdict.VOID

    def to_json(self) -> Mapping[str, Any]:
        record, seen, account = self.launched.record, self.launched.tally, self.launched.account
        return {
            "environment": self.environment,
            "launch": self.launch,
            "seed": self.seed,
            **_counted(seen),
            "lost": len(account.lost),
            "doubled": len(account.doubled),
            "unfinished": len(account.unfinished),
            "acknowledged": account.acknowledged,
            "scaling": asdict(self.launched.scaling),
            "objectives": [asdict(it) for it in record.objectives],
            "verdict": str(record.verdict),
            "reasons": list(record.reasons),
            "evidence": str(self.launched.folder),
        }

    def show(self, console: Console) -> None:
        record, seen, times = self.launched.record, self.launched.tally, self.launched.scaling
        console.print(objectives_table(record.objectives))
        lines = [
            f"{seen.sent} of {seen.scheduled} operations began in time; {seen.operations_failed} were not served "
            f"({', '.join(f'{count} {sort}' for sort, count in seen.unserved.items())}).",
            f"{seen.attempts_failed} of {seen.attempts} attempts failed, {seen.shed} of them shed"
            + (f", half of those within {seen.shed_p50_ms:.0f} ms." if seen.shed_p50_ms is not None else "."),
            f"From the scheduled time: half within {_ms(seen.p50_ms)}, 99 in 100 within {_ms(seen.p99_ms)}.",
            _scaled(times.trigger_seconds, times.healthy_seconds),
            f"Applications: {self.launched.account.in_words}.",
            *(f"{record.verdict}: {reason}" for reason in record.reasons),
            f"{self.launch} on {self.environment}, seed {self.seed}: {record.verdict}. "
            + " ".join([record.environment.in_words, *record.environment.cautions]),
            f"Evidence: {self.launched.folder / PAGE}",
        ]
        for line in lines:
            console.print(Text(line))


@dataclass(frozen=True)
class Scales:
    """Attributes: rate, duration: times what the launch says."""

    rate: float = 1.0
    duration: float = 1.0


def run(
    name: str, environment: str, terminal: Terminal, seed: int, scales: Scales, root: Path, yes: bool = False
) -> LoadResult:
    """Raises: NotUp; NotConfirmed; load_tests.exceptions.LoadError: the launch cannot be run, and nothing was sent."""
    catalogue = load_catalogue()
    estate = catalogue.estate(environment)
    exports = {} if estate.environment.kind is Kind.AWS else dict(env.run(environment).variables)
    settings = PlanSettings(
        environment, name, seed, uuid.uuid4().hex, scales.rate, scales.duration, exports.get("ESTATE_EDGE")
    )
    plan = Plan.of(catalogue, settings)
    if estate.environment.kind is Kind.AWS and not yes:
        raise NotConfirmed(_would(plan))
    terminal.note(_announcement(plan))
    with terminal.progress() as progress:
        launched = launch(plan, settings, _surroundings(estate, exports, root), progress.say)
    return LoadResult(environment, name, seed, launched)


def _surroundings(estate: Estate, exports: Mapping[str, str], root: Path) -> Surroundings:
    clients = Clients(estate, exports.get("AWS_ENDPOINT_URL"))
    made: dict[str, Any] = {}
    region = estate.environment.primary.name

    def aws(service: str) -> Any:
        if service not in made:
            made[service] = clients.of(service, region)
        return made[service]

    environment = estate.environment
    return Surroundings(
        label_of(environment, exports),
        root,
        aws,
        CLUSTER,
        path_of_people(estate),
        PaymentBook.of(environment, exports),
        busy_servers(environment),
    )


def _announcement(plan: Plan) -> str:
    schedule = plan.schedule
    left_out = "".join(f" {why} So {kind} is left out." for kind, why in plan.left_out.items())
    return (
        f"{plan.launch.title}: some {schedule.expected:.0f} operations in {schedule.seconds:.0f} s, at most "
        f"{schedule.peak_per_second:.0f} a second, to {plan.target}.{left_out}"
    )


def _would(plan: Plan) -> str:
    return f"{_announcement(plan)} It makes up people who apply and are paid, and it costs money. Say --yes to send it."


def _counted(seen: Tally) -> dict[str, Any]:
    return {
        "scheduled": seen.scheduled,
        "sent": seen.sent,
        "attempts": seen.attempts,
        "attempts_failed": seen.attempts_failed,
        "operations_failed": seen.operations_failed,
        "unserved": dict(seen.unserved),
        "shed": seen.shed,
        "shed_p50_ms": seen.shed_p50_ms,
        "shed_p99_ms": seen.shed_p99_ms,
        "p50_ms": seen.p50_ms,
        "p99_ms": seen.p99_ms,
        "kinds": {name: asdict(it) for name, it in seen.kinds.items()},
    }


def _ms(value: float | None) -> str:
    return "no time (nothing ended)" if value is None else f"{value:.0f} ms"


def _scaled(trigger: float | None, healthy: float | None) -> str:
    if trigger is None:
        return "Nothing scaled out after the steepest rise."
    then = "not seen healthy" if healthy is None else f"healthy {healthy:.0f} s after"
    return f"The first scale-out came {trigger:.0f} s after the steepest rise, and what it wanted was {then}."
