"""Prints, as JSON, which attribute of which type each of Checkov's checks says that it reads.

Run by Checkov's own interpreter; it imports nothing but Checkov and the standard library.
"""
# pyright: reportMissingImports=false

import json
import os
import sys
from collections.abc import Iterator

os.environ["LOG_LEVEL"] = "ERROR"
_STDOUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a library prints is no answer

from checkov.common.checks_infra.registry import get_graph_checks_registry  # noqa: E402
from checkov.terraform.checks.resource.registry import resource_registry  # noqa: E402
from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS, Runner  # noqa: E402

assert Runner  # importing it registers the checks


def of_attributes() -> Iterator[tuple[str, str, str]]:
    for type_, check in resource_registry.all_checks():
        read = getattr(check, "get_inspected_key", None)
        if read and read() and check.id not in TF_LIFECYCLE_CHECK_IDS:
            yield check.id, type_, read()


def of_connections() -> Iterator[tuple[str, str, str]]:
    registry = get_graph_checks_registry("terraform")
    registry.load_checks()
    for check in registry.checks:
        yield from ((check.id, type_, attribute) for type_, attribute in _read_by(check.solver))


def _read_by(solver: object) -> Iterator[tuple[str, str]]:
    attribute, types = getattr(solver, "attribute", None), getattr(solver, "resource_types", None)
    if attribute:
        yield from ((type_, attribute) for type_ in types or ())
    for inner in (*(getattr(solver, "solvers", None) or ()), getattr(solver, "solver", None)):
        if inner is not None:
            yield from _read_by(inner)


if __name__ == "__main__":
    found = {it for it in (*of_attributes(), *of_connections()) if it[1].startswith("aws_")}
    json.dump(sorted(found), _STDOUT)
    sys.exit(0)
