"""A real PostgreSQL for one test module."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg

from twin.runtime.database.programs import reachable_programs

_NOBODY = 65534
DEADLINE_SECONDS = 20


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as listener:
        listener.bind((host, 0))
        return int(listener.getsockname()[1])


class Postgres:
    """A server on loopback that trusts everybody; every user of the estate may create schemas."""

    def __init__(self, folder: Path, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self._folder = folder
        self._programs = reachable_programs(folder.parent)
        self._process: subprocess.Popen[Any] | None = None

    def create(self) -> None:
        self._folder.mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(self._folder, _NOBODY, _NOBODY)
        self._run(
            "initdb",
            "-D",
            str(self._folder),
            "-U",
            "postgres",
            "--auth=trust",
            "--no-sync",
            "--locale=C",
            "--encoding=UTF8",
        )

    def start(self) -> None:
        log = (self._folder.parent / "postgres.log").open("ab")
        options = {
            "port": self.port,
            "listen_addresses": self.host,
            "unix_socket_directories": "",
            "fsync": "off",
        }
        arguments = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with log:
            self._process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", str(self._folder), *arguments],
                stdout=log,
                stderr=log,
                cwd="/",
                **_identity(),
            )
        self._wait()

    def freeze(self) -> None:
        for process in self._processes():
            process.suspend()

    def thaw(self) -> None:
        for process in self._processes():
            process.resume()

    def kill(self) -> None:
        """Server and backends are gone at once."""
        processes = self._processes()
        for process in processes:
            process.kill()
        if self._process:
            self._process.wait(DEADLINE_SECONDS)
            self._process = None

    def execute(self, *statements: str) -> None:
        with psycopg.connect(host=self.host, port=self.port, user="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(host=self.host, port=self.port, user="postgres") as connection:
            return connection.execute(query.encode()).fetchall()

    def _processes(self) -> list[psutil.Process]:
        if self._process is None or self._process.poll() is not None:
            return []
        main = psutil.Process(self._process.pid)
        return [main, *main.children(recursive=True)]

    def _wait(self) -> None:
        end = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < end:
            if self._run("pg_isready", "-h", self.host, "-p", str(self.port), check=False) == 0:
                return
            time.sleep(0.05)
        raise TimeoutError("PostgreSQL did not start in time; its log is beside its folder.")

    def _run(self, name: str, *arguments: str, check: bool = True) -> int:
        command = [str(self._programs / name), *arguments]
        done = subprocess.run(
            command, check=check, capture_output=True, timeout=60, cwd="/", env={"LC_ALL": "C"}, **_identity()
        )
        return done.returncode


@contextmanager
def postgres(folder: Path, users: tuple[str, ...]) -> Iterator[Postgres]:
    """A server with these users, gone at the end whatever happens."""
    server = Postgres(folder / "data", free_port())
    server.create()
    try:
        server.start()
        server.execute(*(f'CREATE ROLE "{user}" LOGIN CREATEROLE' for user in users))
        server.execute(*(f'GRANT CREATE ON DATABASE postgres TO "{user}"' for user in users))
        yield server
    finally:
        server.kill()
