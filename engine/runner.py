"""Runs a Pulumi program in this process, against a monitor. What the CLI's Python language host does, reduced.

Source: pulumi/pulumi sdk/python/cmd/pulumi-language-python-exec at v3.272.0.
"""

import asyncio
import logging
import os
import runpy
import sys
import traceback
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import run_in_stack, set_all_config
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc
from pulumi.runtime.settings import SETTINGS

__all__ = ["Failure", "Job", "run"]

_THREADS = 16
"""How many registrations may be under way at once; more gains nothing against an emulator in Python."""


_LONGEST_MESSAGE = 4_000
"""A catalogue's mistakes are told in full; a value that some library dumps is not."""


@dataclass(frozen=True)
class Job:
    """One run of a program. Attributes: monitor: an address, or an object that answers in-process."""

    program: str
    root: str
    project: str
    stack: str
    config: Mapping[str, str]
    monitor: Any
    dry_run: bool
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Failure:
    """How a program ended badly. Attributes: message (one sentence), trace (Python's, for the log)."""

    message: str
    trace: str


def run(job: Job) -> Failure | None:
    """The program has run to its end; None if it ended well."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # else one failure prints hundreds of lines
    # A program that fails leaves outputs that nobody waited for: its failure is what a reader needs.
    warnings.filterwarnings("ignore", message="coroutine 'Output", category=RuntimeWarning)
    os.environ.update(job.environment)
    try:
        _configure(job)
        asyncio.run(_in_stack(job))
    except SystemExit as error:
        return None if not error.code else Failure(f"the program exited with {error.code!r}", "")
    except BaseException as error:
        return _failure(error, job)
    return None


def _configure(job: Job) -> None:
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=job.monitor,
            engine=_Engine(job.monitor),
            project=job.project,
            stack=job.stack,
            dry_run=job.dry_run,
            parallel=True,
            organization="organization",
            root_directory=job.root,
        )
    )
    set_all_config(dict(job.config), [])


class _Engine:
    """The engine's service, without the SDK's debug messages.

    The SDK sends several for each resource, and the program stands still until each is answered: they take more time
    than everything else.
    """

    def __init__(self, monitor: Any) -> None:
        self._served = (
            engine_pb2_grpc.EngineStub(grpc.insecure_channel(monitor))
            if isinstance(monitor, str)
            else monitor
        )

    def Log(self, request: engine_pb2.LogRequest) -> Any:
        return empty_pb2.Empty() if request.severity == engine_pb2.DEBUG else self._served.Log(request)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._served, name)


async def _in_stack(job: Job) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    program_path = Path(job.program)
    folder = str(program_path if program_path.is_dir() else program_path.parent)
    sys.path.insert(0, folder)

    async def program() -> None:
        runpy.run_path(job.program, run_name="__main__")
        await _settled()

    try:
        await run_in_stack(program)
    finally:
        sys.path.remove(folder)


async def _settled() -> None:
    """Every output has its value, or one has failed.

    The SDK then waits for the same outputs, one completion at a time over all that are left, which takes time that
    grows with their number squared: waiting for all at once first leaves it nothing to wait for.
    """
    outstanding: set[asyncio.Task[object]] = SETTINGS.outputs  # type: ignore[attr-defined]
    while pending := [task for task in list(outstanding) if not task.done()]:
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.cancelled() or task.exception() for task in done):
            return


def _failure(error: BaseException, job: Job) -> Failure:
    trace = "".join(traceback.format_exception(error))
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(job.root) and ".venv" not in frame.filename]
    place = f" ({os.path.relpath(own[-1].filename, job.root)}:{own[-1].lineno})" if own else ""
    text = str(error)
    if len(text) > _LONGEST_MESSAGE:
        text = f"{text[:_LONGEST_MESSAGE]} ... (--verbose shows all of it)"
    return Failure(f"{type(error).__name__}: {text}{place}", trace)
