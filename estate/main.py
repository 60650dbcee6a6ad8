"""The commands and their arguments, and the one place where errors become a sentence and an exit code."""

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import typer
from typer import Abort
from typer._click.exceptions import ClickException  # Typer carries its own Click and exports no base class
from typer.core import TyperGroup

from catalogue import CatalogueError
from engine.exceptions import EstateError
from estate.terminal import Terminal
from stacks.names import Layer

__all__ = ["app", "main"]

COULD_NOT_RUN = 2
INTERRUPTED = 130


class _InOrder(TyperGroup):
    """Commands are listed as they are declared: in the order of a deployment."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)


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
    control_plane_only: Annotated[
        bool, typer.Option("--control-plane-only", help="Emulate AWS's API, and run nothing.")
    ] = False,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Provision: on a twin, start it where it is not running, make it as declared and wait until it is healthy."""
    from estate.commands import up as command

    terminal = Terminal(json, verbose)
    chosen = profile.value if profile else None
    return terminal.report(command.run(environment, terminal, port, yes, chosen, control_plane_only))


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


def main() -> None:
    """The process has ended with the exit code of its command."""
    sys.exit(_exit_code(lambda: app(standalone_mode=False)))


def _exit_code(command: Callable[[], Any]) -> int:
    try:
        return command() or 0
    except (EstateError, CatalogueError) as error:
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
