"""The crosswalk covers what the scan runs, and says of every framework what is listed and what is not assessed."""

import re
from pathlib import Path

import pytest

from compliance import names
from compliance.controls import Crosswalk
from compliance.controls.crosswalk import natural
from compliance.gate import Manifest
from compliance.results import ControlRef, Severity

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "stacks" / "golden" / "slice.txt"


def _types_of_the_estate() -> set[str]:
    table = names.load()
    tokens = set(re.findall(r"aws:[a-z0-9]+/[A-Za-z0-9]+:[A-Za-z0-9]+", GOLDEN.read_text()))
    return {found.terraform for it in tokens if (found := table.of_type(it))}


def test_every_check_that_runs_on_the_estates_types_is_mapped_or_said_to_say_nothing(
    crosswalk: Crosswalk,
) -> None:
    types = _types_of_the_estate()
    assert len(types) > 80
    runs = {check for check, _ in Manifest.read().pairs(types)}
    assert sorted(it for it in runs if not crosswalk.is_known(it)) == []


def test_every_mapped_check_is_one_that_the_scanner_has(crosswalk: Crosswalk) -> None:
    manifest = Manifest.read()
    has = {it for checks in manifest.checks_by_type.values() for it in checks} | manifest.graph_checks
    assert sorted(set(crosswalk.checks) - has) == []


def test_at_least_110_checks_are_mapped(crosswalk: Crosswalk) -> None:
    assert len(crosswalk.checks) >= 110


def test_every_policy_of_the_project_is_mapped(crosswalk: Crosswalk) -> None:
    policies = (ROOT / "compliance" / "policies").glob("[!_]*.py")
    numbers = [re.findall(r"^    number = (\d+)", it.read_text(), re.MULTILINE) for it in policies]
    assert sorted(int(it) for found in numbers for it in found) == list(range(1, 12))
    assert all(f"CKV_ESTATE_{it}" in crosswalk.checks for it in range(1, 12))


def test_every_mapped_check_bears_on_a_control_of_each_framework_of_principles(crosswalk: Crosswalk) -> None:
    principles = {"iso-27001-2022", "ncsc-caf-4.0", "ncsc-csp", "nist-800-53r5"}
    bare = [
        it for it in crosswalk.checks if not principles <= {c.framework for c in crosswalk.controls_of(it)}
    ]
    assert bare == []


def test_every_mapped_check_has_a_severity_of_its_own(crosswalk: Crosswalk) -> None:
    assert sorted(set(crosswalk.checks) ^ set(crosswalk.severity_by_check)) == []


def test_a_check_that_is_not_mapped_has_no_controls_and_is_medium(crosswalk: Crosswalk) -> None:
    assert crosswalk.controls_of("CKV_AWS_9999") == []
    assert crosswalk.severity_of("CKV_AWS_9999") is Severity.MEDIUM
    assert not crosswalk.is_known("CKV_AWS_9999")


@pytest.mark.parametrize(
    ("framework", "count"),
    [
        ("cis-aws-5.0", 63),
        ("iso-27001-2022", 93),
        ("ncsc-caf-4.0", 41),
        ("ncsc-csp", 14),
        ("nist-800-53r5", 177),
        ("uk-gdpr", 19),
    ],
)
def test_a_framework_lists_its_controls_in_order(crosswalk: Crosswalk, framework: str, count: int) -> None:
    controls = list(crosswalk.frameworks[framework].controls)
    assert len(controls) == count
    assert controls == sorted(controls, key=natural)


def test_the_annex_has_its_four_themes(crosswalk: Crosswalk) -> None:
    controls = crosswalk.frameworks["iso-27001-2022"].controls
    counts = [sum(it.startswith(f"A.{theme}.") for it in controls) for theme in (5, 6, 7, 8)]
    assert counts == [37, 8, 14, 34]


def test_security_groups_open_for_ssh_bear_on_these_controls(crosswalk: Crosswalk) -> None:
    found = [f"{it.framework} {it.control}" for it in crosswalk.controls_of("CKV_AWS_24")]
    assert found == [
        "cis-aws-5.0 5.3",
        "cis-aws-5.0 5.4",
        "iso-27001-2022 A.8.20",
        "iso-27001-2022 A.8.22",
        "ncsc-caf-4.0 B4.a",
        "ncsc-caf-4.0 B4.c",
        "ncsc-csp 11",
        "ncsc-csp 12",
        "nist-800-53r5 AC-17",
        "nist-800-53r5 AC-17(1)",
        "nist-800-53r5 SC-7",
        "uk-gdpr 32(1)(b)",
    ]


def test_controls_about_people_are_assessed_by_no_check(crosswalk: Crosswalk) -> None:
    missing = crosswalk.unassessed("ncsc-csp")
    assert [it.control for it in missing] == ["3", "4", "6"]


def test_what_is_not_assessed_depends_on_the_checks_that_ran(crosswalk: Crosswalk) -> None:
    assert len(crosswalk.unassessed("ncsc-csp", checks=[])) == 14
    ran = crosswalk.unassessed("ncsc-csp", checks=["CKV_AWS_24"])
    assert ControlRef("ncsc-csp", "11") not in ran
    assert len(ran) == 12


def test_a_basis_names_its_source_and_the_rules_that_ask_for_the_same(crosswalk: Crosswalk) -> None:
    bases = {(it.control.control, it.source): it for it in crosswalk.basis_of("CKV_AWS_36")}
    assert bases["3.2", "prowler"].rules == ("cloudtrail_log_file_validation_enabled",)
    assert bases["AU-9", "guard"].topic == "log-integrity"
    assert bases["A.5.28", "own"].rules == ()
