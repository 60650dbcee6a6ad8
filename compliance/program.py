"""Anybody's Pulumi program in Python, evaluated for a scan."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from compliance.exceptions import UnknownAnswer
from compliance.graph import Graph
from engine.exceptions import UnsupportedFunction
from engine.host import ProgramHost
from engine.project import Project
from engine.session import Session

__all__ = ["evaluate", "stacks_of"]

_PRELOAD = ("pulumi", "pulumi_aws")
_UNNAMED = "scan"
"""The stack's name where a program has no stack configuration."""

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
"""Where Pulumi's AWS provider, too, looks for a region that nothing else names. Source: pulumi.com/registry/packages/
aws/installation-configuration."""


def evaluate(path: Path, stacks: Sequence[str] = ()) -> Graph:
    """What the program declares in these stacks, by default in all that have a configuration.

    Args: path: the folder that Pulumi.yaml is in.
    Raises:
        ProjectNotFound: there is no such program.
        UnsupportedFeature: remote components, encrypted configuration and what else the engine refuses.
        UnknownAnswer: it calls a function that only AWS can answer.
        RegistrationError: two resources have one URN. ProgramError: it failed.
    """
    project = Project.load(path.resolve())
    names = stacks or stacks_of(project)
    # A stack waits for those that it reads, in whichever order they are: each needs a worker of its own.
    with _plainly(), ProgramHost(_PRELOAD, workers=len(names), sources=[project.root]) as host:
        session = Session(_WithRegion(**vars(project)), host)
        runs = session.every(names, session.preview)
    return Graph.of(runs, project.root)


def stacks_of(project: Project) -> Sequence[str]:
    """The stacks that have a configuration; one of the engine's naming for a program without any."""
    return project.stacks() or [_UNNAMED]


@contextmanager
def _plainly() -> Iterator[None]:
    """Refusals are told to somebody who scans a program, not to who builds the emulator."""
    try:
        yield
    except UnsupportedFunction as error:
        raise UnknownAnswer(error.token) from error


class _WithRegion(Project):
    """A project whose stacks without a region have that of this process's environment."""

    def config(self, stack: str) -> Mapping[str, str]:
        region = next((os.environ[it] for it in _REGION_VARIABLES if os.environ.get(it)), None)
        return {**({"aws:region": region} if region else {}), **super().config(stack)}
