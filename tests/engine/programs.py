"""Runs a Python function as a Pulumi program under the engine, in this process.

    run = apply(lambda: Queue("orders"), World(folder, cloud))
    assert run.steps == [("create", "orders")]

Each run has a thread, a context and an event loop of its own: Pulumi keeps its state in context variables, so that
nothing of one run reaches the next.
"""

import asyncio
import contextvars
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi.runtime import run_in_stack

from engine import runner
from engine import urn as urns
from engine.deployment import Deployment, Settings
from engine.exceptions import ProgramError
from engine.monitor import Monitor
from engine.recorder import Computed
from engine.resource import Registration, ResourceState
from engine.runner import Failure, Job
from engine.secrets import Vault
from engine.state import Intent, StackState
from tests.engine.cloud import Cloud
from tests.engine.fuse import Fuse, Killed

__all__ = ["PROJECT", "STACK", "Run", "World", "apply", "destroy", "difference", "preview"]

PROJECT, STACK = "shop", "main-test"
CONFIG: Mapping[str, str] = {"aws:region": "eu-west-2"}

Program = Callable[[], Any]


class FragileState(StackState):
    """A state whose process can be killed before and after everything that it writes."""

    fuse: Fuse

    def begin(self, intent: Intent) -> None:
        with self.fuse.around(f"begin {intent.act} {urns.name_of(intent.resource.urn)}"):
            super().begin(intent)

    def finish(self, token: str, resource: ResourceState) -> None:
        with self.fuse.around(f"finish {urns.name_of(resource.urn)}"):
            super().finish(token, resource)

    def gone(self, token: str) -> None:
        with self.fuse.around(f"gone {urns.name_of(self.intents[token].resource.urn)}"):
            super().gone(token)

    def forget(self, token: str) -> None:
        with self.fuse.around("forget"):
            super().forget(token)

    def rename(self, old_urn: str, new_urn: str) -> None:
        with self.fuse.around(f"rename {urns.name_of(new_urn)}"):
            super().rename(old_urn, new_urn)

    def compact(self, *arguments: Any, **named: Any) -> None:
        with self.fuse.around("compact"):
            super().compact(*arguments, **named)

    def _write_checkpoint(self, serial: int) -> None:
        with self.fuse.around("checkpoint"):
            super()._write_checkpoint(serial)


@dataclass
class World:
    """What outlives a run: the state's folder and the cloud.

    Attributes: others: outputs of other stacks, by stack.
    """

    folder: Path
    cloud: Cloud = field(default_factory=Cloud)
    config: Mapping[str, str] = field(default_factory=lambda: CONFIG)
    others: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    boot: str = "boot-1"

    def state(self, fuse: Fuse | None = None) -> StackState:
        """The state as it is on disk now."""
        state = FragileState(self.folder, PROJECT, STACK, self.boot, Vault(self.folder / "secrets.key"))
        state.fuse = fuse or Fuse()
        return state

    def recorded(self) -> dict[str, ResourceState]:
        """The state's resources by name, those that a provider made."""
        return {urns.name_of(it.urn): it for it in self.state().resources.values() if it.is_real}


@dataclass(frozen=True)
class Run:
    deployment: Deployment

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(action, name) of each step, sorted."""
        return sorted((str(it.action), urns.name_of(it.urn)) for it in self.deployment.steps)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """The steps that are not 'same'."""
        return [step for step in self.steps if step[0] != "same"]

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.deployment.outputs

    @property
    def registrations(self) -> dict[str, Registration]:
        """By name."""
        return {it.name: it for it in self.deployment.registrations.values()}

    @property
    def urns(self) -> list[str]:
        return sorted(self.deployment.registrations)


def apply(program: Program, world: World, fuse: Fuse | None = None) -> Run:
    """The program's resources are in the world's cloud.

    Raises: EstateError: as a session does. Killed: the fuse has blown.
    """
    world.cloud.fuse = fuse or Fuse()
    state = world.state(fuse)
    return _evaluate(program, world, state, Computed.UNKNOWN, applies=True)


def difference(program: Program, world: World) -> Run:
    """What applying the program would change."""
    return _evaluate(program, world, world.state(), Computed.PLACEHOLDER, applies=False)


def preview(program: Program, world: World, computed: Computed = Computed.PLACEHOLDER) -> Run:
    """What the program declares, with nothing known of what exists."""
    return _evaluate(program, world, StackState.empty(PROJECT, STACK), computed, applies=False)


def destroy(world: World, fuse: Fuse | None = None) -> Run:
    """Nothing of the stack is left."""
    world.cloud.fuse = fuse or Fuse()
    state = world.state(fuse)
    deployment = Deployment(_settings(world, Computed.UNKNOWN), state, world.cloud, applies=True)
    try:
        deployment.destroy()
    finally:
        state.close()
    return Run(deployment)


def _evaluate(program: Program, world: World, state: StackState, computed: Computed, applies: bool) -> Run:
    """What `engine.session` does, without processes."""
    deployment = Deployment(_settings(world, computed), state, world.cloud, applies)
    try:
        if applies:
            deployment.resume()
        failure = _run(
            program, world, Monitor(deployment, is_program=lambda file: file == _file(program)), applies
        )
        if applies and world.cloud.fuse.blown:
            raise Killed
        if failure:
            deployment.fail(ProgramError(f"The program failed: {failure.message}"))
        deployment.finish()
    finally:
        state.close()
    return Run(deployment)


def _settings(world: World, computed: Computed) -> Settings:
    return Settings(PROJECT, STACK, world.config, world.others.get, computed)


def _file(program: Program) -> str:
    return program.__code__.co_filename


def _run(program: Program, world: World, monitor: Monitor, applies: bool) -> Failure | None:
    job = Job(
        program=_file(program),
        root=str(Path(_file(program)).parent),
        project=PROJECT,
        stack=STACK,
        config=world.config,
        monitor=_Mortal(monitor),
        dry_run=not applies,
        environment={},
    )
    failures: list[Failure | None] = []

    def run() -> None:
        failures.append(_in_this_thread(program, job))

    thread = threading.Thread(target=contextvars.Context().run, args=(run,))
    thread.start()
    thread.join()
    return failures[0]


def _in_this_thread(program: Program, job: Job) -> Failure | None:
    async def main() -> None:
        program()
        await runner._settled()

    try:
        runner._configure(job)
        asyncio.run(run_in_stack(main))
    except Exception as error:
        return runner._failure(error, job)
    return None


class _Mortal:
    """The SDK sees a dead engine as a broken connection; it does not know `Killed`."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        method = getattr(self._monitor, name)

        def call(request: Any) -> Any:
            try:
                return method(request)
            except Killed:
                raise ConnectionError("the engine is gone") from None

        return call
