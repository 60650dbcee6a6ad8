"""SARIF is valid, points at lines and URNs, and is the same to the byte for the same findings."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compliance.reports.sarif import sarif
from compliance.results import Gate, GateCheck, Outcome, ScanResult
from tests.compliance.reports.samples import CROSSWALK, FAILED, PASSED, WAIVED, finding, resource, result

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text())
BROKEN = Gate((GateCheck("every resource was scanned", False, "3 of 4"),))


def _run(of: ScanResult) -> Any:
    return json.loads(sarif(of, CROSSWALK))["runs"][0]


@pytest.mark.parametrize(
    "of",
    [
        result(),
        result([]),
        result(gate=BROKEN),
        result(
            [replace(FAILED, resource=resource(source=None, instantiated=None, component=""), guideline="")]
        ),
    ],
    ids=["findings of every kind", "no finding", "a broken gate", "a finding without a place"],
)
def test_it_is_valid(of: ScanResult) -> None:
    validator = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
    assert [it.message for it in validator.iter_errors(json.loads(sarif(of, CROSSWALK)))] == []


def test_a_finding_has_its_line_and_its_urn() -> None:
    location = _run(result([FAILED]))["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "components/store.py"
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert location["logicalLocations"][0]["fullyQualifiedName"] == FAILED.resource.urn


def test_the_line_that_makes_the_component_is_related() -> None:
    related = _run(result([FAILED]))["results"][0]["relatedLocations"]
    assert [it["physicalLocation"]["artifactLocation"]["uri"] for it in related] == ["stacks/data.py"]


def test_a_waived_failure_is_suppressed_with_its_reason() -> None:
    found = _run(result([WAIVED, FAILED], analyses=()))["results"]
    assert [len(it["suppressions"]) for it in found] == [0, 1]
    justification = found[1]["suppressions"][0]["justification"]
    assert (
        justification
        == "Letters are copied by the vault of the region. (DEBT-001, case-platform, until 2026-12-01)"
    )


def test_what_could_not_be_judged_is_open_and_no_failure() -> None:
    found = _run(result([finding("CKV_AWS_145", Outcome.UNKNOWN)]))["results"][0]
    assert (found["kind"], found["level"]) == ("open", "none")


def test_what_passed_is_counted_and_not_listed() -> None:
    run = _run(result([PASSED], analyses=()))
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["properties"]["passed"] == 1


def test_a_broken_gate_is_no_successful_execution() -> None:
    invocation = _run(result(gate=BROKEN))["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert (
        invocation["toolExecutionNotifications"][0]["message"]["text"] == "every resource was scanned: 3 of 4"
    )


def test_a_scan_in_which_no_condition_was_checked_is_no_successful_execution() -> None:
    assert _run(result(gate=Gate()))["invocations"][0]["executionSuccessful"] is False


def test_a_rule_says_what_it_asks_for_how_grave_it_is_and_which_controls_it_bears_on() -> None:
    rule = _run(result([FAILED]))["tool"]["driver"]["rules"][0]
    assert "It asks for: Stored data is encrypted." in rule["help"]["text"]
    assert "iso-27001-2022/A.8.24" in rule["properties"]["tags"]
    assert rule["properties"]["security-severity"] == "8.0"
    assert rule["helpUri"] == "https://example.org/CKV_AWS_19"


def test_every_result_points_at_its_rule() -> None:
    run = _run(result())
    rules = [it["id"] for it in run["tool"]["driver"]["rules"]]
    assert [rules[it["ruleIndex"]] for it in run["results"]] == [it["ruleId"] for it in run["results"]]


def test_what_another_scan_found_is_a_result_of_its_rule_at_its_place() -> None:
    run = _run(result([PASSED]))
    [found] = run["results"]
    assert (found["ruleId"], found["level"], found["message"]["text"]) == (
        "Least privilege/wildcard",
        "error",
        "A wildcard",
    )
    place = found["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]) == ("stacks/data.py", {"startLine": 1})


def test_another_scan_that_did_not_run_is_told_and_no_successful_execution() -> None:
    invocation = _run(result([PASSED]))["invocations"][0]
    assert invocation["executionSuccessful"] is False
    told = [it["message"]["text"] for it in invocation["toolExecutionNotifications"]]
    assert told == ["Dependencies: There is no database here."]
    assert _run(result([PASSED], analyses=()))["invocations"][0]["executionSuccessful"] is True


def test_a_help_page_of_the_project_is_no_uri() -> None:
    rule = _run(result([replace(FAILED, guideline="docs/reviewing.md#ckv_estate_1")]))["tool"]["driver"][
        "rules"
    ][0]
    assert "helpUri" not in rule


def test_a_fingerprint_survives_a_line_that_moves() -> None:
    moved = finding("CKV_AWS_19", resource=resource(source=None))
    prints = [_run(result([it]))["results"][0]["partialFingerprints"] for it in (FAILED, moved)]
    assert prints[0] == prints[1]
    other = finding("CKV_AWS_19", resource=resource("other"))
    assert _run(result([other]))["results"][0]["partialFingerprints"] != prints[0]


def test_the_order_and_the_time_of_a_scan_change_no_byte() -> None:
    first = result()
    second = result(list(reversed(first.findings)), scanned_at="2027-01-01T00:00:00+00:00", seconds=9.0)
    assert sarif(first, CROSSWALK) == sarif(second, CROSSWALK)


def test_the_hash_seed_changes_no_byte() -> None:
    code = (
        "from compliance.reports.sarif import sarif; from tests.compliance.reports.samples import *; "
        "print(sarif(result(), CROSSWALK))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert b"CKV_AWS_19" in outputs.pop()
