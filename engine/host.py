"""Processes that have the SDK and the program's libraries loaded, and fork one child for each run of a program.

Importing pulumi_aws costs seconds, also where only what is used of it is imported; a fork costs milliseconds, and each
program still has a process of its own. The host is forked before this process starts any thread, and dies with it.
"""

import ctypes
import gc
import importlib
import json
import logging
import os
import queue
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine import on_demand
from engine.exceptions import EstateError
from engine.runner import Failure, Job, run

__all__ = ["ProgramHost"]

log = logging.getLogger(__name__)

_PR_SET_PDEATHSIG = 1
"""Source: prctl(2); the signal is sent when the thread that forked this process ends."""


class ProgramHost:
    """Runs jobs, as many at a time as it has workers. Leaving it as a context ends every process it started.

    Args:
        preload: modules that the program imports, loaded once.
        sources: folders with its code: what it names of pulumi_aws is loaded too.
        workers: processes that wait for jobs, each with a core of its own to use.
    """

    def __init__(self, preload: Sequence[str] = (), workers: int = 1, sources: Sequence[Path] = ()) -> None:
        started = time.perf_counter()
        on_demand.install()
        for name in preload:
            importlib.import_module(name)
        on_demand.import_named(sources)
        log.info("imports: %d modules in %.2f s", len(preload), time.perf_counter() - started)
        if threading.active_count() > 1:
            raise EstateError("A program host must be started before any thread of this process.")
        # What is loaded stays: leaving it out of every collection halves the time that a program takes.
        gc.freeze()
        sys.stdout.flush()
        sys.stderr.flush()
        self.workers = workers
        self._all = [_Worker() for _ in range(workers)]
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self._all:
            self._free.put(worker)

    def run(self, job: Job) -> Failure | None:
        """The job's program has ended; None if it ended well. Waits for a worker that is free."""
        worker = self._free.get()
        try:
            answer = worker.ask(json.dumps(asdict(job)).encode() + b"\n")
        finally:
            self._free.put(worker)
        if not answer:
            return Failure("the process that runs programs died", "")
        document: dict[str, Any] | None = json.loads(answer)
        return Failure(**document) if document else None

    def kill(self) -> None:
        """Whatever runs is cut off; every job under way ends as failed."""
        for worker in self._all:
            worker.kill()

    def close(self) -> None:
        for worker in self._all:
            worker.close()

    def __enter__(self) -> "ProgramHost":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Worker:
    """One process that runs one job at a time, each in a fork of its own."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            self._socket.close()
            _in_child(parent, lambda: _serve(theirs))
        theirs.close()
        self._reader = self._socket.makefile("r", encoding="utf-8")

    def ask(self, line: bytes) -> str:
        """The worker's answer, '' if it is dead."""
        try:
            self._socket.sendall(line)
            return self._reader.readline()
        except OSError:
            return ""

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        with suppress(
            OSError
        ):  # workers that were forked later have this socket too: closing it would say nothing
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.close()
        self._socket.close()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _serve(connection: socket.socket) -> None:
    with connection, connection.makefile("r", encoding="utf-8") as requests:
        for line in requests:
            failure = _run_in_fork(Job(**json.loads(line)))
            connection.sendall(json.dumps(asdict(failure) if failure else None).encode() + b"\n")


def _run_in_fork(job: Job) -> Failure | None:
    readable, writable = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(readable)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a program prints is a log
        gc.disable()  # the process ends with the program: nothing is gained by looking for garbage
        _in_child(parent, lambda: _report(writable, run(job)))
    os.close(writable)
    with os.fdopen(readable, "r", encoding="utf-8") as pipe:
        report = pipe.read()
    _, status = os.waitpid(child, 0)
    if not report:
        return Failure(f"the program's process ended with status {status} before it could say why", "")
    document: dict[str, Any] | None = json.loads(report)
    return Failure(**document) if document else None


def _report(descriptor: int, failure: Failure | None) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8") as pipe:
        json.dump(asdict(failure) if failure else None, pipe)


def _in_child(parent: int, act: Any) -> None:
    """Runs the act and never returns. The child dies when its parent does, also after kill -9."""
    code = 0
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)
        act()
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
