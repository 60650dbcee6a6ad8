"""Deploys to AWS, through Pulumi's Automation API, stack by stack.

Only here is AWS changed, and only by Pulumi itself. None of this has been run against AWS: it is tested against a
stand-in for the Pulumi CLI.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping

from catalogue import Estate, load_estate
from estate.deployer.prerequisites import Machine, require
from estate.deployer.results import Deployed, Planned, Removed
from estate.deployer.walk import Walk
from estate.deployer.workspace import Change, Outcome, Workspace
from estate.drift import Drift
from estate.exceptions import DeploymentFailed
from estate.places import project_root
from estate.terminal import Terminal

__all__ = ["diff", "down", "drift", "up"]


def up(environment: str, terminal: Terminal, yes: bool) -> Deployed:
    """Every stack of the environment is as declared, after what would change was shown and confirmed.

    Raises: ToolMissing, NotConfirmed: nothing was touched. DeploymentFailed: says what is done and what is not.
    """
    return _walk(environment, terminal).up(yes)


def down(environment: str, terminal: Terminal, yes: bool) -> Removed:
    """The environment's stacks are empty, after what would be deleted was shown and confirmed.

    Raises: as `up`.
    """
    return _walk(environment, terminal).down(yes)


def diff(environment: str, terminal: Terminal) -> Planned:
    """What `up` would change. Raises: ToolMissing, DeploymentFailed."""
    return _walk(environment, terminal).diff()


def drift(environment: str, terminal: Terminal) -> Drift:
    """What AWS has otherwise than was deployed. Raises: ToolMissing, DeploymentFailed, NotUp."""
    return _walk(environment, terminal).drift()


def _walk(environment: str, terminal: Terminal) -> Walk:
    estate = load_estate(environment)
    require(estate.environment, Machine(project_root()))
    return Walk(
        estate=estate,
        workspace=_workspace(estate, terminal),
        terminal=terminal,
        declared=lambda: _declared(environment),
        ask=_question(terminal),
    )


def _workspace(estate: Estate, terminal: Terminal) -> Workspace:
    from estate.deployer.automation import AutomationWorkspace

    return AutomationWorkspace(
        project_root(),
        estate.environment.primary.name,
        on_step=lambda stack, text: terminal.note(f"  {stack:<28} {text}"),
    )


def _declared(environment: str) -> Mapping[str, Outcome]:
    """What the program declares, as the engine evaluates it: all of it is to be created.

    In a process of its own, because the engine forks, and the Automation API has threads here by now.
    """
    done = subprocess.run(
        [sys.executable, "-m", "estate", "preview", environment, "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeploymentFailed(done.stderr.strip().removeprefix("estate: "))
    urns = {
        stack["name"]: [it["urn"] for it in stack["resources"]] for stack in json.loads(done.stdout)["stacks"]
    }
    return {
        stack: Outcome({"create": len(created)}, [Change("create", urn) for urn in created])
        for stack, created in urns.items()
    }


def _question(terminal: Terminal) -> Callable[[str], str] | None:
    """Asks on the terminal, and None where nobody sits there. stdout is kept for the result."""
    if terminal.as_json or not (sys.stdin.isatty() and terminal.err.is_terminal):
        return None

    def ask(question: str) -> str:
        try:
            return terminal.err.input(question, markup=False)
        except EOFError:
            return ""

    return ask
