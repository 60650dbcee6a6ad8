"""The commands and their arguments, and the one place where errors become a sentence and an exit code."""

import sys
from collections.abc import Callable
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
        bool, typer.Option("--detach", help="Leave the twin running and return. So far it always does.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option(min=1024, max=65535, help="Port of the emulated AWS API. Default: a free one."),
    ] = None,
    yes: Yes = False,
    json: AsJson = False,
    verbose: Verbose = False,
) -> int:
    """Provision: on a twin, start it where it is not running and make it as declared."""
    from estate.commands import up as command

    terminal = Terminal(json, verbose)
    return terminal.report(command.run(environment, terminal, port, yes))


@app.command()
def status(environment: Environment = "local", json: AsJson = False, verbose: Verbose = False) -> int:
    """What runs where."""
    from estate.commands import status as command

    return Terminal(json, verbose).report(command.run(environment))


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
