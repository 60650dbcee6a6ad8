"""Runs Checkov over plan documents, and says what Checkov keeps to itself: what ran, what raised, what did not load.

Runs inside the environment that requirements.lock describes, so it imports Checkov and the standard library only.
Reads one request a line from stdin, ``{"plan": ..., "canaries": ..., "output": ...}``, writes its answer as JSON into
the file `output`, and says ``done`` on stdout. Imports happen before the first request is read: whoever starts it
early has them for nothing.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false

import argparse
import importlib
import importlib.util
import json
import logging
import os
import sys
import time
from pathlib import Path

_STARTED = time.perf_counter()
os.environ.setdefault("LOG_LEVEL", "ERROR")
_STDOUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a library prints is a log

import shortcuts  # noqa: E402 (beside this file, which runs as a script)
from checkov.common.checks.base_check_registry import BaseCheckRegistry  # noqa: E402
from checkov.common.checks_infra.registry import get_graph_checks_registry  # noqa: E402
from checkov.common.graph.checks_infra.registry import BaseRegistry as GraphRegistry  # noqa: E402
from checkov.common.models.enums import CheckResult  # noqa: E402
from checkov.common.output.report import Report  # noqa: E402
from checkov.runner_filter import RunnerFilter  # noqa: E402
from checkov.terraform.checks.provider.registry import provider_registry  # noqa: E402
from checkov.terraform.checks.resource.registry import resource_registry  # noqa: E402
from checkov.terraform.plan_runner import TF_LIFECYCLE_CHECK_IDS, Runner  # noqa: E402
from checkov.version import version  # noqa: E402

__all__ = ["Witness", "main"]

POLICIES = "estate_policies"
"""The name under which the folder of policies is imported."""

UNDECIDED = "undecided"
"""What an own policy leaves among a verdict's keys where nobody can tell yet; see policies/_policy.py."""

LONGEST_ERROR = 500
PREFIX = "aws_"
OWN_TYPES = ("aws", "resource")
"""Entities that are no resource: Checkov's name for AWS's provider, and for any resource."""


class Witness:
    """What ran in one scan. Checkov drops verdicts of `unknown`, and checks that raise, without a word."""

    def __init__(self) -> None:
        self.pairs: set[tuple[str, str, str]] = set()
        self.graph_checks: set[str] = set()
        self.raised: list[dict[str, str]] = []
        self.unknown: list = []

    def ran(self, file: str, check_id: str, entity_type: str) -> None:
        self.pairs.add((Path(file).name, check_id, entity_type))

    def broke(self, check_id: str, place: str, error: BaseException) -> None:
        text = f"{type(error).__name__}: {error}"
        self.raised.append({"check": check_id, "place": place, "error": text[:LONGEST_ERROR]})


_witness = Witness()


def _run_check(registry, check, entity_configuration, entity_name, entity_type, scanned_file, skip_info):
    """In place of `BaseCheckRegistry.run_check`, which turns an exception into a verdict that nobody sees."""
    check.graph = registry.graph
    try:
        result = check.run(scanned_file, entity_configuration, entity_name, entity_type, skip_info)
    except Exception as error:
        _witness.broke(check.id, f"{entity_type}.{entity_name}", error)
        return {"result": CheckResult.UNKNOWN, "suppress_comment": "", "evaluated_keys": []}
    if check.id not in TF_LIFECYCLE_CHECK_IDS:
        _witness.ran(scanned_file, check.id, entity_type)
    return result


_run_graph_check = GraphRegistry.run_check_parallel


def _run_check_parallel(registry, check, check_results, graph_connector) -> None:
    """In place of `run_check_parallel`, whose exceptions stay in a future that nobody reads."""
    try:
        _run_graph_check(registry, check, check_results, graph_connector)
    except Exception as error:
        _witness.broke(check.id, "the graph", error)
        return
    _witness.graph_checks.add(check.id)
    for result in check_results.get(check, ()):
        entity = result["entity"]
        _witness.ran(
            entity["file_path_"], check.id, str(entity.get("resource_type") or entity["block_type_"])
        )


_add_record = Report.add_record


def _keep_record(report, record) -> None:
    """In place of `Report.add_record`, which drops records whose verdict is `unknown`."""
    if record.check_result["result"] == CheckResult.UNKNOWN:
        _witness.unknown.append(record)
    _add_record(report, record)


def _watch() -> None:
    BaseCheckRegistry.run_check = _run_check
    GraphRegistry.run_check_parallel = _run_check_parallel
    Report.add_record = _keep_record


def _load_policies(folder: Path) -> list[dict[str, str]]:
    """The policies of the folder are registered; returned are those that could not be."""
    failed: list[dict[str, str]] = []
    marker = folder / "__init__.py"
    spec = importlib.util.spec_from_file_location(POLICIES, marker, submodule_search_locations=[str(folder)])
    if not marker.exists() or spec is None or spec.loader is None:
        return [{"file": str(marker), "error": "the folder of policies has no __init__.py"}]
    sys.modules[POLICIES] = package = importlib.util.module_from_spec(spec)
    for name in ["", *(f".{file.stem}" for file in sorted(folder.glob("[!_]*.py")))]:
        try:
            if name:
                importlib.import_module(f"{POLICIES}{name}")
            else:
                spec.loader.exec_module(package)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            failed.append({"file": name.lstrip(".") or marker.name, "error": text[:LONGEST_ERROR]})
    return failed


def _scan(request: dict) -> dict:
    """The answer to one request."""
    global _witness
    _witness = Witness()
    started = time.perf_counter()
    files = [os.path.realpath(request[name]) for name in ("plan", "canaries") if request.get(name)]
    report = Runner().run(
        files=files, runner_filter=RunnerFilter(framework=["terraform_plan"], run_image_referencer=False)
    )
    return {
        "scanner": f"checkov {version}",
        "documents": [_of_file(report, file) for file in files],
        "graph_checks": sorted(_witness.graph_checks),
        "raised": sorted(_witness.raised, key=lambda it: (it["check"], it["place"])),
        "parsing_errors": sorted(str(it) for it in report.parsing_errors),
        "scan_seconds": time.perf_counter() - started,
    }


def _of_file(report: Report, file: str) -> dict:
    """What was seen and found in one of the plan documents."""
    prefix = f"{file}:"
    addresses = sorted(it.removeprefix(prefix) for it in report.resources if it.startswith(prefix))
    records = [
        *report.passed_checks,
        *report.failed_checks,
        *report.skipped_checks,
        *_witness.unknown,
    ]
    found = sorted({_record(it) for it in records if it.file_abs_path == file})
    pairs = sorted(it[1:] for it in _witness.pairs if it[0] == Path(file).name)
    return {"resources": addresses, "records": found, "pairs": pairs}


def _record(record) -> tuple[str, str, str, str, str]:
    address = record.resource_address or record.resource
    return record.check_id, record.check_name, _verdict(record), address, record.guideline or ""


def _verdict(record) -> str:
    undecided = record.check_result.get("evaluated_keys") == [UNDECIDED]
    return UNDECIDED.upper() if undecided else record.check_result["result"].value


def _known_pairs() -> list[tuple[str, str]]:
    """Every (check, type) pair of AWS that Checkov and the policies register, for the manifest.

    Checks of data sources are none of it: a plan of a program has none, and some have the name of a resource.
    """
    known: set[tuple[str, str]] = set()
    for registry in (resource_registry, provider_registry):
        for entity, check in registry.all_checks():
            if (entity.startswith(PREFIX) or entity in OWN_TYPES) and check.id not in TF_LIFECYCLE_CHECK_IDS:
                known.add((check.id, entity))
    return sorted(known)


def _known_graph_checks() -> list[str]:
    """The graph checks that look at something of AWS."""
    registry = get_graph_checks_registry("terraform")
    registry.load_checks()
    return sorted(
        it.id for it in registry.checks if any(kind.startswith(PREFIX) for kind in it.resource_types or ())
    )


def main() -> None:
    """Every request was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policies", type=Path, help="folder of the project's own checks")
    parser.add_argument("--long-way", action="store_true", help="without shortcuts, to compare results")
    arguments = parser.parse_args()
    logging.getLogger().setLevel(logging.ERROR)
    _watch()
    if not arguments.long_way:
        shortcuts.take()
    not_loaded = _load_policies(arguments.policies.absolute()) if arguments.policies else []
    import_seconds = time.perf_counter() - _STARTED
    for line in sys.stdin:
        request = json.loads(line)
        if request.get("known"):
            answer = {
                "pairs": _known_pairs(),
                "graph_checks": _known_graph_checks(),
                "scanner": f"checkov {version}",
            }
        else:
            answer = _scan(request)
        answer |= {"not_loaded": not_loaded, "import_seconds": import_seconds}
        Path(request["output"]).write_text(json.dumps(answer), encoding="utf-8")
        print("done", file=_STDOUT, flush=True)


if __name__ == "__main__":
    main()
