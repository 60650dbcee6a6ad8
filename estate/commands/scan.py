"""`estate scan`: whether what the program declares keeps the rules, before anything is deployed."""

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from catalogue import Catalogue, load_catalogue, load_estate
from compliance import controls, reports, waivers
from compliance.agency import Agency, DataClassRules
from compliance.analyses import suite
from compliance.analyses.dependencies import Advice
from compliance.analyses.tools import Toolbox
from compliance.graph import Graph
from compliance.plan import plan_of, write
from compliance.program import evaluate
from compliance.results import AnalysisResult, ScanResult, Waiver
from compliance.scan import Rules, Subject, scan_plan
from compliance.scanner import Scanner
from engine.exceptions import EstateError
from estate.evaluation import Evaluation
from estate.judgement import Scan
from estate.places import project_root
from estate.terminal import Terminal

__all__ = ["Options", "Scan", "agency_of", "run"]

SENSITIVITY_OF_PEOPLE = 2
"""From this place in the catalogue's order on, a class of data is about a person."""


@dataclass(frozen=True)
class Options:
    """Attributes:
    output: where reports are written; None for none.
    program: a Pulumi program to be scanned in place of an environment.
    everything: the other scans too.
    edge_url: of a running workload, which one of them talks to; None for none.
    advisories: a folder or zip file of OSV's database, or the name of a service; None for none.
    """

    output: Path | None = None
    ignore_waivers: bool = False
    program: Path | None = None
    everything: bool = False
    edge_url: str | None = None
    advisories: str | None = None


def run(environment: str, terminal: Terminal, options: Options) -> Scan:
    """The environment, or the program, was judged and its reports were written.

    Raises: EstateError: it could not be judged at all; then no report of an earlier scan is left to be taken for one.
    """
    started = time.perf_counter()
    _refuse_unused(options)
    previous = _previous(options.output)
    catalogue = load_catalogue()
    now, root = datetime.now(UTC), (options.program or project_root()).absolute()
    register = _register(environment, options.program, catalogue, now.date())
    rules = Rules(controls.load(), () if options.ignore_waivers else register)
    with (
        Scanner(agency_of(catalogue).to_json()) as scanner,
        tempfile.TemporaryDirectory(prefix="estate-plan-") as temporary,
    ):
        folder = Path(temporary)
        graph = _graph(environment, terminal, options.program)
        plan = plan_of(graph)
        write(plan, folder / "plan.json")
        subject = Subject(
            str(options.program or environment), _commit(root), graph.stacks, plan.resources, plan.unknown
        )
        result = scan_plan(folder / "plan.json", subject, scanner, rules, now, folder)
        if options.everything:
            result = replace(result, analyses=_analyses(graph, options, root, now, folder, terminal))
    result = replace(result, seconds=time.perf_counter() - started)
    return Scan(result, _written(result, options, previous, rules.crosswalk, root))


def _register(environment: str, program: Path | None, catalogue: Catalogue, today: date) -> Sequence[Waiver]:
    """The estate's waivers; of somebody else's program those that lie in its folder, whoever answers for them."""
    if program is None:
        return waivers.load(owners=catalogue.owners, environment=environment, today=today)
    own = program / waivers.WAIVERS.name
    return waivers.load(own, today=today) if own.exists() else ()


def agency_of(catalogue: Catalogue) -> Agency:
    """What the policies read of the catalogue."""
    classes = {
        name: DataClassRules(
            regions=sorted(it.residency.regions),
            log_retention_days=it.log_retention_days,
            backup_days=it.backup_days,
            is_about_people=it.sensitivity >= SENSITIVITY_OF_PEOPLE,
        )
        for name, it in catalogue.data_classes.items()
    }
    services = {it.name for it in catalogue.services.values() if it.depends_on.partners}
    return Agency(sorted(catalogue.owners), classes, sorted(services))


def _graph(environment: str, terminal: Terminal, program: Path | None) -> Graph:
    """The resources of all stacks together."""
    if program is not None:
        return evaluate(program)
    load_estate(environment)
    with Evaluation.of(environment) as evaluation, terminal.progress() as progress:
        session = evaluation.session(on_step=progress.step, on_trace=terminal.trace)
        runs = session.every([str(it) for it in evaluation.stacks()], session.preview)
    return Graph.of(runs, project_root())


def _analyses(
    graph: Graph, options: Options, root: Path, now: datetime, folder: Path, terminal: Terminal
) -> Sequence[AnalysisResult]:
    """What the other scans found. What they write stays where there is a folder for reports."""
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    subject = suite.Subject(
        registrations=[it.registration for it in graph.resources],
        root=root,
        now=now,
        folder=options.output or folder,
        version=_commit(root),
        accounts=sorted({it.config.account_id for it in graph.resources}),
        edge_url=options.edge_url,
        toolbox=Toolbox.of(project_root()),
        advice=_advice(options.advisories),
    )
    return [*suite.every(subject, on_start=lambda name: terminal.note(f"  {name}"))]


def _advice(given: str | None) -> Advice | None:
    if given is None:
        return None
    return Advice(database=Path(given)) if Path(given).exists() else Advice(service=given)


def _refuse_unused(options: Options) -> None:
    """Raises: EstateError: an option was given that nothing would read, which is no scan of what was asked for."""
    given = {"--edge": options.edge_url, "--advisories": options.advisories}
    unused = [name for name, value in given.items() if value is not None]
    if unused and not options.everything:
        raise EstateError(
            f"{' and '.join(unused)} {'is' if len(unused) == 1 else 'are'} read by the other scans only, and they "
            "were not asked for. Add --all."
        )


def _previous(output: Path | None) -> ScanResult | None:
    """The result that an earlier scan left in the folder, whose reports are taken away: they are not of this scan.

    Read first: one that cannot be read is told at once.
    """
    if output is None:
        return None
    file = output / reports.FILES["json"]
    found = reports.read(file) if file.exists() else None
    reports.take_away(output)
    return found


def _written(
    result: ScanResult,
    options: Options,
    previous: ScanResult | None,
    crosswalk: controls.Crosswalk,
    root: Path,
) -> Mapping[str, Path]:
    if options.output is None:
        return {}
    is_same = previous is not None and previous.subject == result.subject
    return reports.write_all(result, options.output, previous if is_same else None, root, crosswalk)


def _commit(folder: Path) -> str:
    """The commit that the folder is at, marked where files differ from it; '' outside a repository."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
