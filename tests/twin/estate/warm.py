"""Runs commands as processes that have already imported what all of them import, which is half of what they take.

``python -m tests.twin.estate.warm`` reads one request a line, runs it in a fork of its own, and answers with its exit
code. It ends with its input, and whatever it runs then ends with it.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from load_tests.lifetime import end_with_parent

ROOT = Path(__file__).resolve().parents[3]


def run(
    module: str, arguments: Sequence[str], variables: Mapping[str, str], deadline_seconds: float
) -> subprocess.CompletedProcess[str]:
    """As ``python -m <module> <arguments>`` with this environment, from the project's root.

    Raises: subprocess.TimeoutExpired: it was ended, as it was not done in time.
    """
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        request = [module, list(arguments), dict(variables), str(out), str(err)]
        code = _host().ask(json.dumps(request), deadline_seconds)
        if code is None:
            _host.cache_clear()
            raise subprocess.TimeoutExpired([module, *arguments], deadline_seconds)
        return subprocess.CompletedProcess([module, *arguments], code, out.read_text(), err.read_text())


class _Host:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.end)

    def ask(self, request: str, deadline_seconds: float) -> int | None:
        """The exit code; negative is a signal, as in `subprocess`. None: it took too long, and this host ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(request + "\n")
        self._process.stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            answer = self._process.stdout.readline() if selector.select(deadline_seconds) else ""
        if not answer:
            self.end()
            return None
        return int(answer)

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()


_host = cache(_Host)


def _import_all() -> None:
    from engine import on_demand
    from estate.evaluation import PRELOAD

    on_demand.install()
    commands = importlib.import_module("estate.commands")
    names = [f"estate.commands.{it.name}" for it in pkgutil.iter_modules(commands.__path__)]
    for name in ("estate.main", *names, "boto3.session", *PRELOAD):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _serve(requests: IO[str]) -> list[str]:
    """Forks for each request. Returns in the fork, with the module to be run and its arguments."""
    server = os.getpid()
    for line in iter(requests.readline, ""):
        module, arguments, variables, out, err = json.loads(line)
        child = os.fork()
        if child == 0:
            end_with_parent(server)
            _become(variables, out, err)
            return [module, *arguments]
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    sys.exit()


def _become(variables: Mapping[str, str], out: str, err: str) -> None:
    os.environ.clear()
    os.environ.update(variables)
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_CREAT),
        (2, err, os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)


if __name__ == "__main__":
    _import_all()
    asked = _serve(sys.stdin)
    sys.argv[1:] = asked[1:]
    runpy.run_module(asked[0], run_name="__main__", alter_sys=True)
