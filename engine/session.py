"""Evaluates stacks of a project one after the other: preview, difference, apply, destroy."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from engine.deployment import Deployment, Settings, Step
from engine.exceptions import EstateError, ProgramError
from engine.host import ProgramHost
from engine.monitor import Monitor
from engine.project import Project
from engine.provider import Provider
from engine.recorder import Computed
from engine.runner import Failure, Job
from engine.state import StackState, StateStore
from engine.waits import Waits

__all__ = ["Session", "StackRun"]

log = logging.getLogger(__name__)

_MESSAGE_BYTES = 400 << 20
"""Source: pulumi/pulumi sdk/python/lib/pulumi/runtime/_grpc_settings.py, the SDK's own limit."""


@dataclass(frozen=True)
class StackRun:
    """What a run of one stack's program found and did."""

    stack: str
    deployment: Deployment

    @property
    def steps(self) -> Sequence[Step]:
        return self.deployment.steps

    @property
    def outputs(self) -> Mapping[str, Any]:
        return self.deployment.outputs


@dataclass
class Session:
    """Several stacks of one project, evaluated in the order given; later ones read earlier ones' outputs.

    Attributes:
        host: runs the programs.
        store: where states are kept; None for a preview, which knows nothing of what exists.
        boot: the emulator's boot nonce: a state of another boot describes nothing.
        environment: variables that the program sees besides this process's own.
        on_step: called after each step with the stack's name.
    """

    project: Project
    host: ProgramHost
    store: StateStore | None = None
    boot: str = ""
    provider: Provider | None = None
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    on_step: Callable[[str, Step], None] = lambda stack, step: None
    on_trace: Callable[[str], None] = lambda trace: None
    _outputs: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    _under_way: dict[str, futures.Future[StackRun]] = field(
        default_factory=dict[str, futures.Future[StackRun]]
    )
    _waits: Waits = field(default_factory=Waits)

    def every(
        self,
        stacks: Sequence[str],
        evaluate: Callable[[str], StackRun],
        finished: Callable[[str], None] = lambda stack: None,
    ) -> list[StackRun]:
        """The stacks' runs, in their order; as many at a time as the host has workers.

        A stack that reads another's outputs waits for them, so each must come after those that it reads: then the
        first that has not ended never waits for one that has not begun.

        Args: evaluate: `preview`, `difference` or `apply`.
        Raises: EstateError: the first failure, such as two stacks that read each other. Those that had begun are over.
        """
        with futures.ThreadPoolExecutor(self.host.workers) as pool:
            self._under_way = {stack: pool.submit(evaluate, stack) for stack in stacks}
            try:
                return [self._ended(stack, finished) for stack in stacks]
            except BaseException as error:
                if not isinstance(error, EstateError):
                    self.host.kill()
                pool.shutdown(wait=True, cancel_futures=True)
                raise

    def _ended(self, stack: str, finished: Callable[[str], None]) -> StackRun:
        run = self._under_way[stack].result()
        finished(stack)
        return run

    def preview(self, stack: str, computed: Computed = Computed.PLACEHOLDER) -> StackRun:
        """What the stack's program declares. Knows of no state, asks nobody."""
        return self._evaluate(stack, StackState.empty(self.project.name, stack), computed, applies=False)

    def difference(self, stack: str) -> StackRun:
        """What applying the stack's program would change in what is up."""
        return self._evaluate(stack, self._state(stack), Computed.PLACEHOLDER, applies=False)

    def apply(self, stack: str) -> StackRun:
        """What the stack's program declares is there, and nothing else of that stack.

        Raises: EstateError: one sentence on what failed. What was done before is kept.
        """
        return self._evaluate(stack, self._state(stack), Computed.UNKNOWN, applies=True)

    def destroy(self, stack: str) -> StackRun:
        """Nothing of the stack is left. Its program is not needed."""
        deployment = self._deployment(stack, self._state(stack), Computed.UNKNOWN, applies=True)
        deployment.destroy()
        return StackRun(stack, deployment)

    def removal(self, stack: str) -> StackRun:
        """What destroying the stack would delete."""
        deployment = self._deployment(stack, self._state(stack), Computed.PLACEHOLDER, applies=False)
        deployment.finish()
        return StackRun(stack, deployment)

    def _evaluate(self, stack: str, state: StackState, computed: Computed, applies: bool) -> StackRun:
        deployment = self._deployment(stack, state, computed, applies)
        if applies:
            deployment.resume()
        failure = self._run_program(stack, deployment, dry_run=not applies)
        if failure:
            self.on_trace(failure.trace)
            deployment.fail(ProgramError(f"The program of stack {stack!r} failed: {failure.message}"))
        deployment.finish()
        self._outputs[stack] = deployment.outputs
        return StackRun(stack, deployment)

    def _deployment(self, stack: str, state: StackState, computed: Computed, applies: bool) -> Deployment:
        settings = Settings(
            project=self.project.name,
            stack=stack,
            config=self.project.config(stack),
            outputs_of=partial(self._outputs_of, stack),
            computed=computed,
            on_step=lambda step: self.on_step(stack, step),
        )
        return Deployment(settings, state, self.provider, applies)

    def _state(self, stack: str) -> StackState:
        if self.store is None:
            return StackState.empty(self.project.name, stack)
        return self.store.stack(self.project.name, stack, self.boot)

    def _outputs_of(self, reader: str, stack: str) -> Mapping[str, Any] | None:
        if stack in self._under_way:
            with self._waits.waiting(reader, stack):
                return self._outputs_under_way(stack)
        if stack in self._outputs:
            return self._outputs[stack]
        return self.store.outputs(self.project.name, stack, self.boot) if self.store else None

    def _outputs_under_way(self, stack: str) -> Mapping[str, Any]:
        try:
            return self._under_way[stack].result().outputs
        except futures.CancelledError:
            raise ProgramError(f"Stack {stack!r} was not evaluated: another failed before.") from None

    def _run_program(self, stack: str, deployment: Deployment, dry_run: bool) -> Failure | None:
        monitor = Monitor(deployment, is_program=cache(self._is_program))
        started = time.perf_counter()
        with _serving(monitor) as address:
            failure = self.host.run(
                Job(
                    program=str(self.project.program),
                    root=str(self.project.root),
                    project=self.project.name,
                    stack=stack,
                    config=self.project.config(stack),
                    monitor=address,
                    dry_run=dry_run,
                    environment=self.environment,
                )
            )
        registered, seconds = len(deployment.registrations), time.perf_counter() - started
        log.info("%s: %d resources in %.2f s", stack, registered, seconds)
        return failure

    def _is_program(self, file: str) -> bool:
        path = Path(file)
        return path.is_relative_to(self.project.root) and "site-packages" not in path.parts


@contextmanager
def _serving(monitor: Monitor) -> Any:
    """The monitor answers on a loopback address as long as the context lasts."""
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=32),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ],
    )
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(monitor, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        stopped: threading.Event = server.stop(grace=0.5)
        stopped.wait(2)
