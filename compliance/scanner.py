"""Checkov, run in its own environment over a plan document: what it found, and what of it ran."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from compliance.exceptions import ScannerFailed, ScannerMissing

__all__ = [
    "CHECKOV",
    "ENVIRONMENT",
    "POLICIES",
    "Document",
    "Mishap",
    "Pair",
    "Record",
    "Scanner",
    "ScannerRecords",
    "Verdict",
    "scan",
]

_HERE = Path(__file__).resolve().parent
ENVIRONMENT = _HERE.parent / ".venv-compliance"
"""Made by `make setup` from compliance/checkov/requirements.lock."""
CHECKOV = ENVIRONMENT / "bin" / "python"
POLICIES = _HERE / "policies"
_WORKER = _HERE / "checkov" / "worker.py"

AGENCY_VARIABLE = "ESTATE_AGENCY"
"""The variable in which the policies read what the catalogue says of data classes, owners and regions."""

_TAIL = 2_000
"""Characters of the worker's log that an error shows."""

Pair = tuple[str, str]
"""A check and the Terraform type that it judged."""


class Verdict(StrEnum):
    """Checkov's own words, and one more. `SKIPPED` can only come from a comment in the plan; nobody writes one there.

    `UNKNOWN` is mostly a check that says nothing of a resource; where one of the project's own policies is about it and
    cannot tell yet, it is `UNDECIDED`.
    """

    PASSED = "PASSED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, order=True)
class Record:
    """One check on one address. Attributes: guideline: a page about the check, '' where Checkov names none."""

    check: str
    name: str
    verdict: Verdict
    address: str
    guideline: str = ""


@dataclass(frozen=True)
class Document:
    """What was seen and found in one plan document.

    Attributes:
        resources: the addresses that were scanned.
        pairs: what ran, whether or not it came to a verdict.
    """

    resources: frozenset[str] = frozenset()
    records: Sequence[Record] = ()
    pairs: frozenset[Pair] = frozenset()


@dataclass(frozen=True)
class Mishap:
    """Something that Checkov would have been silent about. Attributes: what: a check or a file; error: why."""

    what: str
    error: str


@dataclass(frozen=True)
class ScannerRecords:
    """Everything that one scan says, and what it takes to believe it.

    Attributes:
        scanner: name and version.
        plan, canaries: what was found in the two documents, which were scanned together.
        graph_checks: checks on connections that ran to their end.
        raised: checks that ended with an exception; not_loaded: policies that could not be imported.
        import_seconds, scan_seconds: of the worker; the first may have passed before the scan was asked for.
    """

    scanner: str
    plan: Document
    canaries: Document
    graph_checks: frozenset[str] = frozenset()
    raised: Sequence[Mishap] = ()
    not_loaded: Sequence[Mishap] = ()
    parsing_errors: Sequence[str] = ()
    import_seconds: float = 0.0
    scan_seconds: float = 0.0

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "ScannerRecords":
        documents = [_document(it) for it in answer["documents"]]
        plan, canaries = (*documents, Document())[:2]
        return cls(
            scanner=answer["scanner"],
            plan=plan,
            canaries=canaries,
            graph_checks=frozenset(answer["graph_checks"]),
            raised=[Mishap(f"{it['check']} on {it['place']}", it["error"]) for it in answer["raised"]],
            not_loaded=[Mishap(it["file"], it["error"]) for it in answer["not_loaded"]],
            parsing_errors=answer["parsing_errors"],
            import_seconds=answer["import_seconds"],
            scan_seconds=answer["scan_seconds"],
        )


def _document(answer: Mapping[str, Any]) -> Document:
    records = [Record(it[0], it[1], Verdict(it[2]), it[3], it[4]) for it in answer["records"]]
    pairs = frozenset((check, kind) for check, kind in answer["pairs"])
    return Document(frozenset(answer["resources"]), records, pairs)


class Scanner:
    """One process with Checkov loaded, for as many scans as are wanted. Leaving it as a context ends the process.

    It loads Checkov while the caller does something else: whoever makes it before evaluating a program waits less.

    Args:
        agency: what policies read of the catalogue, see `compliance.agency`.
        policies: the folder of the project's own checks.
        python: the interpreter of Checkov's environment.
        options: of the worker.
    Raises: ScannerMissing: there is no such environment.
    """

    def __init__(
        self, agency: str, policies: Path = POLICIES, python: Path = CHECKOV, options: Sequence[str] = ()
    ) -> None:
        if not python.exists():
            raise ScannerMissing(python)
        self._folder = tempfile.TemporaryDirectory(prefix="estate-scan-")
        self._log = open(self._path("worker.log"), "w+", encoding="utf-8")  # noqa: SIM115 (closed by close)
        self._process = subprocess.Popen(
            [str(python), str(_WORKER), "--policies", str(policies), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=_surroundings(agency),
            cwd=self._folder.name,
        )

    def scan(self, plan: Path, canaries: Path | None = None) -> ScannerRecords:
        """Everything that Checkov says of the plan, with the canaries scanned beside it in the same graph.

        Raises: ScannerFailed: the process died.
        """
        request = {"plan": str(plan.absolute())}
        if canaries:
            request["canaries"] = str(canaries.absolute())
        return ScannerRecords.read(self._ask(request))

    def known(self) -> Mapping[str, Any]:
        """What Checkov and the policies could run: `pairs`, `graph_checks` and `scanner`."""
        return self._ask({"known": True})

    def _ask(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        output = self._path("answer.json")
        with suppress(BrokenPipeError):
            self._pipe(self._process.stdin).write(json.dumps({**request, "output": str(output)}) + "\n")
            self._pipe(self._process.stdin).flush()
        if self._pipe(self._process.stdout).readline() != "done\n":
            raise ScannerFailed(self._process.wait(), self._said())
        return json.loads(output.read_text(encoding="utf-8"))

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        assert pipe is not None
        return pipe

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read()[-_TAIL:].strip()

    def close(self) -> None:
        """The process has ended, and nothing of it is left."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(BrokenPipeError):
                self._pipe(pipe).close()
        self._log.close()
        self._folder.cleanup()

    def __enter__(self) -> "Scanner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def scan(
    plan: Path, agency: str, policies: Path = POLICIES, python: Path = CHECKOV, canaries: Path | None = None
) -> ScannerRecords:
    """One scan, in a process of its own.

    Raises: ScannerMissing; ScannerFailed.
    """
    with Scanner(agency, policies, python) as scanner:
        return scanner.scan(plan, canaries)


def _surroundings(agency: str) -> dict[str, str]:
    """What the worker's process sees: no account, no proxy and no Python settings of the caller's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return {
        **kept,
        AGENCY_VARIABLE: agency,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
        "LOG_LEVEL": "ERROR",
        "BC_SKIP_MAPPING": "TRUE",
    }
