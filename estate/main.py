"""The commands and their arguments, and the one place where errors become a sentence and an exit code."""

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Abort
from typer._click.exceptions import ClickException  # Typer carries its own Click and exports no base class
from typer.core import TyperGroup

from catalogue import CatalogueError
from engine.exceptions import EstateError
from estate.places import evidence_root
from estate.terminal import Judged, Terminal
from evidence.exceptions import EvidenceError
from stacks.names import Layer

__all__ = ["app", "main"]

COULD_NOT_RUN = 2
INTERRUPTED = 130


class _InOrder(TyperGroup):
    """Commands are listed as they are declared, in the order of a deployment; groups of commands come last."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(self.commands, key=lambda name: isinstance(self.commands[name], TyperGroup))


app = typer.Typer(
    cls=_InOrder,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The estate of a national benefits agency: on AWS, or on a twin on this machine.",
    epilog="Exit codes: 0 it holds; 1 it does not hold; 2 it could not run.",
)

Environment = Annotated[
    str, typer.Argument(help="An environment of the catalogue: slice, local (twins), dev, staging, prod.")
]


class Profile(StrEnum):
    """Names of twin.runtime.profile.PROFILES, which this module need not load to say so."""

    AWS = "aws"
    QUICK = "quick"


AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Log what happens, and traces of failed programs.")]
RecordFolder = Annotated[
    Path | None,
    typer.Option("--evidence", help="Folder of the records. Default: evidence below ESTATE_HOME."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Change an environment on AWS without asking.")]


@app.command()
def preview(
    environment: Environment = "local",
    layer: Annotated[Layer | None, typer.Option(help="Only this layer's stacks.")] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Computed outputs unknown, as under Pulumi's own preview.")
    ] = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Evaluate the program: what it declares. Needs no AWS and no Pulumi CLI."""
    from estate.commands import preview as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal, layer, unknown))


@app.command()
def diff(environment: Environment = "local", json: AsJson = False, verbose: Verbose = False) -> int:
    """What `up` would create, update, replace and delete."""
    from estate.commands import diff as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal))


@app.command()
def up(
    environment: Environment = "local",
    detach: Annotated[
        bool, typer.Option("--detach", help="Leave the twin running and return, which it does in any case.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="Port of the emulated AWS API. Default: a free one."),
    ] = None,
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="Waiting times of a twin that is started now: as AWS documents, or quick for tests."
        ),
    ] = None,
    clock_factor: Annotated[
        float | None,
        typer.Option(
            min=0.05,
            max=1,
            help="AWS's waits take this share of their time on a twin that is started now: for development only.",
        ),
    ] = None,
    control_plane_only: Annotated[
        bool, typer.Option("--control-plane-only", help="Emulate AWS's API, and run nothing.")
    ] = False,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Provision: on a twin, start it where it is not running, make it as declared and wait until it is healthy."""
    from estate.commands import up as command
    from estate.data_plane import Pace

    terminal = Terminal(json, verbose)
    pace = Pace(profile.value if profile else None, clock_factor)
    return terminal.report(command.run(environment, terminal, port, yes, pace, control_plane_only))


@app.command()
def status(
    environment: Environment = "local",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Show it anew each second.")] = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """What runs where, and whether it is well."""
    from estate.commands import status as command

    terminal = Terminal(json, verbose)
    if follow and not json:
        return command.follow(environment, terminal)
    return terminal.report(command.run(environment))


@app.command()
def logs(
    environment: Environment = "local",
    name: Annotated[
        str | None, typer.Argument(help="A service or a server; without one, the names that there are.")
    ] = None,
    lines: Annotated[int, typer.Option(min=1, help="Last lines of each log.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written.")] = False,
    json: AsJson = False,
) -> int:
    """What tasks and servers wrote."""
    from estate.commands import logs as command

    if follow and name and not json:
        return command.follow(environment, name)
    return Terminal(json).report(command.run(environment, name, lines))


@app.command()
def permissions(environment: Environment = "local", json: AsJson = False) -> int:
    """What roles were refused, and what they were granted and never used."""
    from estate.commands import permissions as command

    return Terminal(json).report(command.run(environment))


@app.command()
def env(environment: Environment = "local", json: AsJson = False) -> int:
    """The exports with which aws and other programs reach the environment: eval "$(estate env)"."""
    from estate.commands import env as command

    return Terminal(json).report(command.run(environment))


@app.command()
def drift(environment: Environment = "local", json: AsJson = False, verbose: Verbose = False) -> int:
    """What is there against what was declared."""
    from estate.commands import drift as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal))


@app.command()
def graph(
    environment: Environment = "local",
    output: Annotated[str | None, typer.Option(help="File to write: .svg or .mmd (Mermaid).")] = None,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """The estate as a picture, by layer, zone and service."""
    from estate.commands import graph as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal, output))


@app.command()
def scan(
    environment: Environment = "local",
    output: Annotated[
        Path | None, typer.Option(help="Folder for the reports: HTML, SARIF and others.")
    ] = None,
    ignore_waivers: Annotated[
        bool, typer.Option("--ignore-waivers", help="Show what is waived as failed.")
    ] = False,
    program: Annotated[
        Path | None, typer.Option(help="Scan this Python Pulumi program in place of an environment.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Also permissions, dependencies, secrets, code, licences and others."),
    ] = False,
    edge: Annotated[
        str | None, typer.Option(help="With --all: URL of a running workload, which is then tried as well.")
    ] = None,
    advisories: Annotated[
        str | None,
        typer.Option(
            help="With --all: OSV's database as a folder or zip file, or a service: pypi, osv, a URL."
        ),
    ] = None,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Judge what the program declares by Checkov's checks and the agency's policies. Needs no AWS."""
    from estate.commands import scan as command

    terminal = Terminal(json, verbose)
    options = command.Options(output, ignore_waivers, program, everything, edge, advisories)
    result = command.run(environment, terminal, options)
    return _judged(terminal, result)


@app.command()
def down(
    environment: Environment = "local", yes: Yes = False, json: AsJson = False, verbose: Verbose = False
) -> int:
    """Take the environment away. Of a twin, no process is left."""
    from estate.commands import down as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal, yes))


@app.command()
def doctor(environment: Environment = "local", json: AsJson = False) -> int:
    """Check what a run needs, with the fix for each thing that is missing."""
    from estate.commands import doctor as command

    return Terminal(json).report(command.run(environment))


@app.command()
def load(
    launch: Annotated[str, typer.Argument(help="A launch of catalogue/launches.yaml.")],
    environment: Environment = "local",
    seed: Annotated[int, typer.Option(min=0, help="That arrivals are drawn from.")] = 1,
    rate_scale: Annotated[float, typer.Option(help="Times the launch's rates.")] = 1.0,
    duration_scale: Annotated[float, typer.Option(help="Times the launch's duration.")] = 1.0,
    evidence: RecordFolder = None,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Send a launch, whether or not the environment keeps up, and judge what became of it."""
    from estate.commands import load as command

    terminal = Terminal(json, verbose)
    scales = command.Scales(rate_scale, duration_scale)
    result = command.run(launch, environment, terminal, seed, scales, evidence_root(evidence), yes)
    return _judged(terminal, result)


@app.command()
def drill(
    playbook: Annotated[str, typer.Argument(help="A playbook of runbooks/, such as az-evacuation.")],
    environment: Environment = "local",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would do, and change nothing.")
    ] = False,
    resume: Annotated[
        str | None, typer.Option(help="Id of a drill that was killed or failed: go on where it was.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="That zone and arrivals are drawn from.")] = 1,
    per_second: Annotated[
        float, typer.Option(min=1, max=500, help="Operations of the people who come meanwhile.")
    ] = 50.0,
    evidence: RecordFolder = None,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Carry a recovery playbook out under load, and measure how long it takes and what is lost."""
    from estate.commands import drill as command

    terminal = Terminal(json, verbose)
    options = command.Options(seed, per_second, evidence_root(evidence), dry_run, resume, yes)
    result = command.run(playbook, environment, terminal, options)
    return _judged(terminal, result)


chaos_app = typer.Typer(
    cls=_InOrder, no_args_is_help=True, help="Experiments: break it on purpose, under load."
)
app.add_typer(chaos_app, name="chaos")

ExperimentName = Annotated[str, typer.Argument(help="An experiment: `estate chaos list` names them.")]
Seed = Annotated[int, typer.Option(min=0, help="That arrivals, and what is broken, are drawn from.")]
Rate = Annotated[float, typer.Option(help="Operations a second.")]
AfterSeconds = Annotated[float, typer.Option(help="For which everything counts after each fault.")]
LeadSeconds = Annotated[
    float, typer.Option(help="For the load generator to start: more where the machine is busy.")
]
HealSeconds = Annotated[float, typer.Option(help="For which is waited until all is healthy again.")]


@chaos_app.command("list")
def list_chaos(json: AsJson = False) -> int:
    """The experiments, and how near each of them is to what AWS does."""
    from estate.commands import chaos as command

    return Terminal(json).report(command.list_experiments())


@chaos_app.command("run")
def run_chaos(
    name: ExperimentName,
    environment: Environment = "local",
    seed: Seed = 1,
    faults: Annotated[int, typer.Option(help="One after another, each with a load of its own.")] = 1,
    rate: Rate = 150.0,
    after_seconds: AfterSeconds = 60.0,
    heal_seconds: HealSeconds = 600.0,
    lead_seconds: LeadSeconds = 15.0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be broken, and break nothing.")
    ] = False,
    evidence: RecordFolder = None,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Break something under load, and judge whether people noticed."""
    from estate.commands import chaos as command

    terminal = Terminal(json, verbose)
    options = command.Options(seed, faults, rate, 5.0, after_seconds, heal_seconds, lead_seconds)
    if dry_run:
        return terminal.report(command.dry_run(name, environment, options))
    result = command.run(name, environment, terminal, options, evidence_root(evidence), yes)
    return _judged(terminal, result)


@chaos_app.command("verify")
def verify_chaos(
    name: ExperimentName,
    environment: Environment = "local",
    seeds: Annotated[int, typer.Option(min=1, help="Rounds of the control case.")] = 10,
    seed: Seed = 1,
    faults: Annotated[int, typer.Option(help="Rounds of the experiment as it is.")] = 1,
    rate: Rate = 150.0,
    after_seconds: AfterSeconds = 60.0,
    heal_seconds: HealSeconds = 600.0,
    lead_seconds: LeadSeconds = 15.0,
    evidence: RecordFolder = None,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """The experiment, and again with its protection removed: then it must fail in nine seeds of ten."""
    from estate.commands import chaos as command

    terminal = Terminal(json, verbose)
    options = command.Options(seed, faults, rate, 5.0, after_seconds, heal_seconds, lead_seconds)
    root = evidence_root(evidence)
    result = command.verify(name, environment, terminal, options, seeds, root, yes)
    return _judged(terminal, result)


evidence_app = typer.Typer(cls=_InOrder, no_args_is_help=True, help="The records that runs left.")
app.add_typer(evidence_app, name="evidence")

EvidenceFolder = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        exists=True,
        file_okay=False,
        help="Folder of the records. Default: evidence below ESTATE_HOME.",
    ),
]
RunName = Annotated[str, typer.Argument(help="A run: its id, a part of it that no other has, or last.")]


@evidence_app.command("list")
def list_evidence(evidence: EvidenceFolder = None, json: AsJson = False) -> int:
    """Every run and its verdict, and whether a record was changed or removed since."""
    from estate.commands import evidence as command

    return Terminal(json).report(command.list_runs(evidence_root(evidence)))


@evidence_app.command("show")
def show_evidence(
    run: RunName = "last",
    output: Annotated[
        Path | None,
        typer.Option(help="File into which the run's page is written anew, also of one that was killed."),
    ] = None,
    evidence: EvidenceFolder = None,
    json: AsJson = False,
) -> int:
    """One run: verdict, objectives, figures, and where its page is."""
    from estate.commands import evidence as command

    return Terminal(json).report(command.show(evidence_root(evidence), run, output))


@evidence_app.command("compare")
def compare_evidence(
    left: RunName,
    right: RunName,
    force: Annotated[bool, typer.Option("--force", help="Also runs of different kinds.")] = False,
    evidence: EvidenceFolder = None,
    json: AsJson = False,
) -> int:
    """Two runs side by side: first what differs in what was asked, then figures and objectives."""
    from estate.commands import evidence_comparison as command

    return Terminal(json).report(command.compare(evidence_root(evidence), left, right, force))


def _judged(terminal: Terminal, result: Judged) -> int:
    """What proves nothing is neither held nor failed."""
    code = terminal.report(result)
    return COULD_NOT_RUN if result.is_void else code


def main() -> None:
    """The process has ended with the exit code of its command."""
    sys.exit(_exit_code(lambda: app(standalone_mode=False)))


def _exit_code(command: Callable[[], Any]) -> int:
    try:
        return command() or 0
    except (EstateError, CatalogueError, EvidenceError) as error:
        return _say(str(error))
    except ClickException as error:
        return _say(f"{error.format_message()} 'estate --help' lists what there is.")
    except OSError as error:
        return _say(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.")
    except (Abort, KeyboardInterrupt):
        print("estate: interrupted; the next run goes on from here.", file=sys.stderr)
        return INTERRUPTED


def _say(message: str) -> int:
    print(f"estate: {message}", file=sys.stderr)
    return COULD_NOT_RUN
