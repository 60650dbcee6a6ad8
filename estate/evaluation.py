"""Evaluates an environment's stacks with the engine, for whatever a command wants to know."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from catalogue import Estate, load_estate
from engine.host import ProgramHost
from engine.project import Project
from engine.session import Session
from engine.state import StateStore
from estate.places import project_root
from stacks.names import Layer, StackName, deployment_order

__all__ = ["PRELOAD", "Evaluation"]

_WORKERS = 2
"""The two regions' stacks hardly wait for each other; more would find nothing to do."""

PRELOAD = ("stacks.program",)
_SOURCES = ("stacks", "components")


@dataclass(frozen=True)
class Evaluation:
    """A project whose programs can be run. Made before any thread is: it forks."""

    estate: Estate
    project: Project
    host: ProgramHost

    @classmethod
    @contextmanager
    def of(cls, environment: str) -> Iterator["Evaluation"]:
        estate = load_estate(environment)
        project = Project.load(project_root())
        sources = [project_root() / it for it in _SOURCES]
        with ProgramHost(PRELOAD, workers=_WORKERS, sources=sources) as host:
            yield cls(estate, project, host)

    def stacks(self) -> list[StackName]:
        """In order of deployment."""
        environment = self.estate.environment
        return list(deployment_order(environment.name, environment.standby is not None))

    def undeclared(self, store: StateStore) -> list[str]:
        """Stacks that have a state and are declared no more, in the order in which they can be taken away."""
        declared = self.stacks()
        left = [StackName.parse(name) for name in store.stacks(self.project.name)]
        gone = [name for name in left if name not in declared]
        return [str(it) for it in sorted(gone, key=lambda it: list(Layer).index(it.layer), reverse=True)]

    def session(self, **settings: object) -> Session:
        return Session(self.project, self.host, **settings)  # type: ignore[arg-type]
