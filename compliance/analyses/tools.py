"""The tools of the other scans, which live in a locked environment of their own."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path

from compliance.analyses.exceptions import ToolFailed, ToolsMissing

__all__ = ["ENVIRONMENT", "WORKERS", "Toolbox"]

ENVIRONMENT = ".venv-analyses"
WORKERS = Path(__file__).with_name("worker")
REMEDY = "Run 'make setup' in the project's folder."

_SHOWN_CHARACTERS = 600
_NOT_PASSED = ("AWS_", "PULUMI_", "PYTHON", "VIRTUAL_ENV")
"""What starts so is kept from the tools: they need no credentials, and are not to import what is ours."""


@dataclass(frozen=True)
class Toolbox:
    """Attributes: folder: of the environment, made from `requirements.lock` beside this file."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> "Toolbox":
        return cls(root / ENVIRONMENT)

    def version(self, tool: str) -> str:
        """The tool as it stands in a report, such as `bandit 1.9.4`.

        Raises: ToolsMissing: it is not installed there.
        """
        return f"{tool} {self._distribution(tool).version}"

    def run(
        self,
        command: Sequence[str],
        *,
        timeout_seconds: float,
        folder: Path | None = None,
        given: str = "",
        holds_with: Sequence[int] = (0,),
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """What the tool wrote to its standard output; it and what it started have ended.

        Args:
            command: first the name of the program in the environment.
            given: its standard input.
            holds_with: exit codes with which it has done its work, such as 1 for "found something".

        Raises: ToolsMissing; ToolFailed: another exit code, or not ended in time.
        """
        program = self.folder / "bin" / command[0]
        if not program.exists():
            raise ToolsMissing(f"{program} is not there. {REMEDY}")
        with subprocess.Popen(
            [str(program), *command[1:]],
            cwd=folder,
            env=_environment() | dict(environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            output, complaint = _talk(process, command[0], given, timeout_seconds)
        if process.returncode not in holds_with or (process.returncode and not output.strip()):
            said = (complaint or output).strip()[-_SHOWN_CHARACTERS:]
            raise ToolFailed(f"{command[0]} ended with {process.returncode} instead of a result: {said}")
        return output

    def work(self, name: str, given: str, *, timeout_seconds: float) -> str:
        """What the worker of this name answers to its input."""
        script = WORKERS / f"{name}.py"
        return self.run(["python", "-I", str(script)], given=given, timeout_seconds=timeout_seconds)

    def _distribution(self, name: str) -> Distribution:
        places = [str(it) for it in self.folder.glob("lib/python*/site-packages")]
        try:
            return next(iter(distributions(name=name, path=places)))
        except (StopIteration, PackageNotFoundError):
            raise ToolsMissing(f"{name} is not installed in {self.folder}. {REMEDY}") from None


def _talk(process: "subprocess.Popen[str]", name: str, given: str, seconds: float) -> tuple[str, str]:
    try:
        return process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ToolFailed(
            f"{name} did not end within {seconds:.0f} s. Give it more time, or less to do."
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_PASSED)}
    return kept | {"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
