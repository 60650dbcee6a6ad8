"""`python -m tests.compliance.program.driver FOLDER`: the plan of a program, or why there is none, pickled.

A program's host must be started before any thread, and a test runner has threads.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from compliance.plan import Plan, plan_of
from compliance.program import evaluate
from engine.exceptions import EstateError

__all__ = ["planned", "refused", "written_program"]

DEADLINE_SECONDS = 240

_HEAD = """
import json
import pulumi
import pulumi_aws as aws
"""


def written_program(folder: Path, text: str, region: str = "eu-west-2") -> Path:
    """A project in the folder whose program is this text, after the usual imports on its first four lines."""
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    if region:
        (folder / "Pulumi.test.yaml").write_text(f"config: {{'aws:region': {region}}}\n")
    (folder / "__main__.py").write_text(_HEAD + text)
    return folder


def planned(folder: Path, variables: Mapping[str, str] | None = None) -> Plan:
    """The plan of the project in the folder."""
    plan = _answer(folder, variables or {})
    assert isinstance(plan, Plan), plan
    return plan


def refused(folder: Path) -> tuple[str, str]:
    """The name of the error for which there is no plan, and what it says."""
    answer = _answer(folder, {})
    assert isinstance(answer, tuple), answer
    return answer


def _answer(folder: Path, variables: Mapping[str, str]) -> object:
    kept = {key: it for key, it in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.compliance.program.driver", str(folder)],
        capture_output=True,
        timeout=DEADLINE_SECONDS,
        env={**kept, **variables},
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


def main(folder: Path) -> None:
    try:
        answer: object = plan_of(evaluate(folder))
    except EstateError as error:
        answer = type(error).__name__, str(error)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
