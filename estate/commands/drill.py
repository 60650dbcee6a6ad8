"""`estate drill`: a playbook carried out under load, measured, and left as evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from catalogue import Estate, Kind, load_catalogue
from estate.aws import Clients
from estate.commands import env
from estate.drilling import LAUNCH, LAUNCH_IN_EITHER_REGION, books, changes, crowd
from estate.exceptions import NotConfirmed
from estate.objectives import objectives_table
from estate.people import path_of_people
from estate.places import Places, as_called
from estate.terminal import Terminal
from evidence import Verdict
from evidence.report.page import PAGE
from load_tests.scaling import ScalingWatch
from load_tests.surroundings import CLUSTER, label_of
from runbooks import Drill, Drilled, Playbook, Step, Surroundings, Verification
from runbooks.exceptions import NotPossibleHere
from runbooks.library import playbook
from runbooks.records import SqlRecords

__all__ = ["DrillResult", "Options", "Rehearsal", "run"]


@dataclass(frozen=True)
class Options:
    """Attributes: per_second: operations of the people who come meanwhile. root: folder of evidence."""

    seed: int
    per_second: float
    root: Path
    dry_run: bool = False
    resume: str | None = None
    yes: bool = False


@dataclass(frozen=True)
class Rehearsal:
    """What a drill would do. Nothing was changed."""

    environment: str
    playbook: Playbook
    steps: Sequence[tuple[Step, str]]

    @property
    def holds(self) -> bool:
        return not any(text.startswith("does not hold") for _, text in self.steps)

    @property
    def is_void(self) -> bool:
        """Never: nothing was to be proved."""
        return False

    def to_json(self) -> Mapping[str, Any]:
        targets = self.playbook.front.targets
        return {
            "environment": self.environment,
            "playbook": self.playbook.name,
            "dry_run": True,
            "rto_seconds": None,
            "rto_target_seconds": targets.rto_seconds,
            "rpo_seconds": None,
            "rpo_target_seconds": targets.rpo_seconds,
            "lost": None,
            "doubled": None,
            "steps": [
                {
                    "id": it.id,
                    "title": it.title,
                    "kind": str(it.kind),
                    "within_seconds": it.within_seconds,
                    "would": text,
                }
                for it, text in self.steps
            ],
            "verdict": None,
            "evidence": None,
        }

    def show(self, console: Console) -> None:
        table = Table("step", "kind", "within", "would", box=None)
        for number, (it, text) in enumerate(self.steps, start=1):
            table.add_row(f"{number}. {it.title}", str(it.kind), f"{it.within_seconds:g} s", text)
        console.print(table)
        console.print(Text(f"{self.playbook.name} on {self.environment}: nothing was changed."))


@dataclass(frozen=True)
class DrillResult:
    environment: str
    playbook: Playbook
    seed: int
    drilled: Drilled

    @property
    def holds(self) -> bool:
        return self.drilled.record.verdict is Verdict.HOLDS

    @property
    def is_void(self) -> bool:
        return self.drilled.record.verdict is Verdict.VOID

    def to_json(self) -> Mapping[str, Any]:
        drilled, targets = self.drilled, self.playbook.front.targets
        found, record = drilled.findings, drilled.record
        return {
            "environment": self.environment,
            "playbook": self.playbook.name,
            "dry_run": False,
            "id": drilled.id,
            "seed": self.seed,
            "rto_seconds": found.rto_seconds,
            "rto_target_seconds": targets.rto_seconds,
            "rpo_seconds": found.rpo_seconds,
            "rpo_target_seconds": targets.rpo_seconds,
            "acknowledged": found.account.acknowledged,
            "lost": len(found.account.lost),
            "given_up": len(found.given_up),
            "doubled": len(found.account.doubled),
            "unfinished": len(found.account.unfinished),
            "attempts_failed": found.outage.attempts_failed if found.outage else None,
            "operations_failed": found.outage.operations_failed if found.outage else None,
            "changes": list(found.changes),
            "failure": drilled.failure,
            "steps": [asdict(it) for it in drilled.steps],
            "objectives": [asdict(it) for it in record.objectives],
            "verdict": str(record.verdict),
            "reasons": list(record.reasons),
            "evidence": str(drilled.folder),
        }

    def show(self, console: Console) -> None:
        drilled, record = self.drilled, self.drilled.record
        console.print(_steps(drilled))
        console.print(objectives_table(record.objectives))
        lines = [
            *(f"{record.verdict}: {reason}" for reason in record.reasons),
            *([_how_to_go_on(self)] if drilled.failure else []),
            f"{self.playbook.name} on {self.environment}, seed {self.seed}: {record.verdict}. "
            + " ".join([record.environment.in_words, *record.environment.cautions]),
            f"Evidence: {drilled.folder / PAGE}",
        ]
        for line in lines:
            console.print(Text(line))


def run(name: str, environment: str, terminal: Terminal, options: Options) -> DrillResult | Rehearsal:
    """Raises: PlaybookUnknown, NotPossibleHere, NotReady, NotUp, NotConfirmed, DrillUnknown: nothing was changed."""
    chosen = playbook(name)
    catalogue = load_catalogue()
    estate = catalogue.estate(environment)
    _check_allowed(estate, chosen)
    is_twin = estate.environment.kind is Kind.TWIN
    exports = dict(env.run(environment).variables) if is_twin else {}
    if is_twin and "ESTATE_EDGE" not in exports:
        raise NotPossibleHere(
            f"{environment!r} emulates AWS's API and runs nothing, so there is nothing to recover. "
            f"Take it down, and start it with '{as_called()} up {environment}'."
        )
    launch = LAUNCH_IN_EITHER_REGION if chosen.front.needs_standby else LAUNCH
    edge = exports.get("ESTATE_EDGE")
    people = crowd(catalogue, environment, edge, options.seed, options.per_second, launch)
    around = _surroundings(estate, exports, people.plan.target)
    people.watches = _watches(estate, around)
    verification = Verification(
        books(estate, people.plan.target, exports, terminal), lambda: changes(environment, terminal)
    )
    with terminal.progress() as progress:
        drill = Drill(
            chosen,
            around,
            people,
            verification,
            Places.of(environment).drills,
            options.root,
            options.seed,
            tell=_teller(terminal, progress),
            configuration={"per_second": options.per_second},
        )
        if options.dry_run:
            return Rehearsal(environment, chosen, drill.would())
        if not is_twin and not options.yes:
            raise NotConfirmed(
                f"{chosen.front.title}: {len(chosen.steps_on(around))} steps on {environment!r}, while "
                f"{options.per_second:g} made-up people a second come. --dry-run shows them; say --yes to begin."
            )
        return DrillResult(environment, chosen, options.seed, drill.run(options.resume))


def _watches(estate: Estate, around: Surroundings) -> list[ScalingWatch]:
    """Of the tasks that serve people, in each of the environment's regions."""

    def watch(region: str) -> ScalingWatch:
        # Made here: boto3's sessions are not for threads, and looks are taken in one.
        made = {service: around.aws(service, region) for service in ("ecs", "elbv2")}
        return ScalingWatch(made.__getitem__, CLUSTER, path_of_people(estate))

    return [watch(region) for region in (around.primary, around.standby) if region]


def _check_allowed(estate: Estate, chosen: Playbook) -> None:
    environment = estate.environment
    if not environment.fault_injection:
        raise NotPossibleHere(
            f"{environment.name!r} is not to be experimented on (fault_injection: false in environments.yaml). Follow "
            f"the page of {chosen.name!r} by hand, or drill it in another environment."
        )


def _surroundings(estate: Estate, exports: Mapping[str, str], edge: str) -> Surroundings:
    clients = Clients(estate, exports.get("AWS_ENDPOINT_URL"))
    made: dict[tuple[str, str], Any] = {}

    def aws(service: str, region: str) -> Any:
        if (service, region) not in made:
            made[service, region] = clients.of(service, region)
        return made[service, region]

    environment = estate.environment
    return Surroundings(
        label=label_of(environment, exports),
        aws=aws,
        primary=environment.primary.name,
        zones=tuple(environment.primary.zones),
        standby=environment.standby.name if environment.standby else None,
        cluster=CLUSTER,
        databases=tuple(sorted(estate.databases)),
        edge=edge,
        faults=exports.get("ESTATE_FAULTS_URL"),
        records=SqlRecords(lambda name: _database_url(environment.name, name)) if exports else None,
    )


def _database_url(environment: str, name: str) -> str | None:
    """As of now: a cluster that was restored meanwhile has one too."""
    return env.run(environment).variables.get(f"ESTATE_DATABASE_{name.upper().replace('-', '_')}_URL")


def _teller(terminal: Terminal, progress: Any) -> Any:
    def tell(text: str) -> None:
        progress.say(text)
        terminal.trace(text)

    return tell


def _how_to_go_on(result: DrillResult) -> str:
    drilled = result.drilled
    return (
        f"{drilled.failure} Look why, then go on with '{as_called()} drill {result.playbook.name} {result.environment} "
        f"--resume {drilled.id}', or follow the step's undo in the page."
    )


def _steps(drilled: Drilled) -> Table:
    table = Table("step", "kind", "took", "", box=None)
    for number, it in enumerate(drilled.steps, start=1):
        took = "" if it.seconds is None else f"{it.seconds:.1f} s"
        table.add_row(f"{number}. {it.title}", str(it.kind), took, it.state)
    return table
