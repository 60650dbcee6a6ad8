"""``python -m twin.runtime.tasks.fork_server [MODULE…]``: the host of one zone, which forks a real process a task.

It loads the modules once, so that a task is there within milliseconds and shares their memory. It is told what to do
by JSON lines on its input, and answers with JSON lines. When it ends, however, all that it forked ends with it.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import sys
import time
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["ForkServer", "main"]

_PR_SET_PDEATHSIG = 1
"""Source: prctl(2)."""

_NOT_STARTED = 127
"""As a shell says that a command was not found."""

_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class ForkServer:
    """Attributes:
    answers: file descriptor on which it answers.
    tasks, checks: id by pid. deadlines: of checks, by pid.
    """

    answers: int
    tasks: dict[int, str] = field(default_factory=dict[int, str])
    checks: dict[int, str] = field(default_factory=dict[int, str])
    deadlines: dict[int, float] = field(default_factory=dict[int, float])

    def serve(self, requests: int) -> None:
        """Until the requests end."""
        children = _children_signal()
        selector = selectors.DefaultSelector()
        selector.register(requests, selectors.EVENT_READ)
        selector.register(children, selectors.EVENT_READ)
        self.say({"ready": os.getpid()})
        pending = b""
        while True:
            ready = {key.fd for key, _ in selector.select(self._wait_seconds())}
            if children in ready:
                _drain(children)
                self._reap()
            self._end_late_checks()
            if requests in ready:
                received = os.read(requests, 65_536)
                if not received:
                    return
                *lines, pending = (pending + received).split(b"\n")
                for line in lines:
                    self.do(json.loads(line))

    def do(self, request: Mapping[str, Any]) -> None:
        """One process more: a task, or a check of one."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _become(request, parent)
        if "timeout_seconds" in request:
            self.checks[pid] = request["id"]
            self.deadlines[pid] = time.monotonic() + request["timeout_seconds"]
        else:
            self.tasks[pid] = request["id"]
            self.say({"started": request["id"], "pid": pid})

    def say(self, answer: Mapping[str, Any]) -> None:
        left = json.dumps(answer).encode() + b"\n"
        while left:
            left = left[os.write(self.answers, left) :]

    def _wait_seconds(self) -> float | None:
        return max(0.0, min(self.deadlines.values()) - time.monotonic()) if self.deadlines else None

    def _reap(self) -> None:
        for pid, status in _ended():
            # A container ends with its first process.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(status)
            code = code if code >= 0 else 128 - code
            self.deadlines.pop(pid, None)
            if (task := self.tasks.pop(pid, None)) is not None:
                self.say({"exited": task, "code": code})
            elif (check := self.checks.pop(pid, None)) is not None:
                self.say({"checked": check, "code": code})

    def _end_late_checks(self) -> None:
        now = time.monotonic()
        for pid in [pid for pid, deadline in self.deadlines.items() if deadline <= now]:
            del self.deadlines[pid]
            # It may not have made a group of its own yet.
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(pid, signal.SIGKILL)


def main(modules: Sequence[str] = sys.argv[1:]) -> None:
    """Serves with the modules loaded, until its input ends or its parent does."""
    _end_with_parent(os.getppid())
    answers = os.dup(1)
    os.set_inheritable(answers, False)
    # What a module prints goes to the log, not between the answers.
    os.dup2(2, 1)
    _preload(modules)
    gc.collect()
    gc.freeze()
    ForkServer(answers).serve(0)


def _preload(modules: Iterable[str]) -> None:
    """A module that cannot be loaded is said in the log, and tasks load what they need themselves."""
    for name in modules:
        try:
            getattr(importlib.import_module(name), "preload", lambda: None)()
        except Exception:
            traceback.print_exc()


def _ended() -> Iterable[tuple[int, int]]:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, status


def _children_signal() -> int:
    """A file descriptor that can be read when a child has ended."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    return reading


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(descriptor, 4096):
            pass


# In the child


def _become(request: Mapping[str, Any], parent: int) -> NoReturn:
    """This process is what was asked for, and ends with it."""
    code = _NOT_STARTED
    try:
        _leave_server(parent)
        os.nice(request.get("niceness", 0))
        _redirect(request["log"])
        os.environ.clear()
        os.environ.update(request["environment"])
        code = _run(request["arguments"])
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(code)


def _leave_server(parent: int) -> None:
    _end_with_parent(parent)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    gc.enable()


def _end_with_parent(parent: int) -> None:
    """The kernel kills this process when its parent ends, also if it already has."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(_NOT_STARTED)


def _redirect(log: str) -> None:
    """Output is appended to the log line by line; there is no input, and nothing of the server's is open."""
    nothing = os.open("/dev/null", os.O_RDONLY)
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(nothing, 0)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.closerange(3, 4096)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)


def _run(arguments: Sequence[str]) -> int:
    """The exit code of what runs here: Python's modules in this process, anything else in its place."""
    program, *rest = arguments
    if Path(program).name.startswith("python") and rest[:1] == ["-m"]:
        return _run_module(rest[1], rest[2:])
    return os.execvpe(program, list(arguments), os.environ)  # noqa: S606 nothing interprets a container's command


def _run_module(module: str, rest: Sequence[str]) -> int:
    sys.argv = [module, *rest]
    # It is run as the program, whether or not it was loaded before.
    sys.modules.pop(module, None)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        return _exit_code(end.code)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
