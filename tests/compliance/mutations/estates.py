"""Evaluates the program once for each fault, and once for each area without any.

    python -m tests.compliance.mutations.estates STACK...

A program's host must be started before any thread, and a test runner has threads: the plan comes pickled from there.
"""

import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from compliance.graph import Graph
from compliance.plan import Plan, plan_of
from engine.host import ProgramHost
from engine.project import Project
from engine.session import Session
from tests.compliance.mutations.program.faults import FAULTS

__all__ = ["AREAS", "PROGRAM", "WHOLE", "WHOLE_AREAS", "line_of", "planned"]

PROGRAM = Path(__file__).parent / "program"
AREAS = sorted({it.area for it in FAULTS.values()})
DEADLINE_SECONDS = 1_100
WHOLE = "whole"
WHOLE_AREAS = ("bare", *(it for it in AREAS if it != "namesakes"))
"""The stack that has every area whose resources have names of their own, and those areas."""

_USED = """
    apigateway backup batch cloudfront cloudtrail cloudwatch docdb dynamodb ebs ec2 ecr ecs efs eks elasticache iam
    kinesis kms lambda_ lb msk neptune opensearch rds redshift s3 secretsmanager sns sqs ssm vpc wafv2
"""
_PRELOAD = (
    *(f"pulumi_aws.{name}" for name in _USED.split()),
    *(f"tests.compliance.mutations.program.areas.{name}" for name in ["bare", *AREAS]),
)


class _Faulty(Project):
    """The program's stacks: one named after each fault, and one after each area."""

    def config(self, stack: str) -> Mapping[str, str]:
        fault = {"mutations:fault": stack} if stack in FAULTS else {}
        area = FAULTS[stack].area if fault else stack
        areas = ",".join(WHOLE_AREAS) if area == WHOLE else area
        return {"aws:region": "eu-west-2", "mutations:areas": areas, **fault}


def planned(stacks: Sequence[str]) -> Plan:
    """One plan of these stacks: named after faults or areas, or `WHOLE`."""
    command = [sys.executable, "-m", "tests.compliance.mutations.estates", *stacks]
    done = subprocess.run(command, capture_output=True, timeout=DEADLINE_SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)


@cache
def line_of(area: str, mark: str) -> int:
    """The number of the line that carries the mark."""
    lines = (PROGRAM / "areas" / f"{area}.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith(f"# at: {mark}"))


def main(stacks: Sequence[str]) -> None:
    project = _Faulty(**vars(Project.load(PROGRAM)))
    with ProgramHost(_PRELOAD) as host:
        session = Session(project, host)
        graph = Graph.of([session.preview(it) for it in stacks], project.root)
    sys.stdout.buffer.write(pickle.dumps(plan_of(graph)))


if __name__ == "__main__":
    main(sys.argv[1:])
