"""The manifest says which checks there were when somebody last looked."""

import json
from pathlib import Path

import pytest

from compliance.exceptions import ManifestInvalid
from compliance.gate import Manifest
from compliance.gate.manifest import MANIFEST, generate, one_of_each
from compliance.scanner import Scanner

POLICIES = {f"CKV_ESTATE_{number}" for number in range(1, 12)}


def test_it_is_what_checkov_and_the_policies_are_now(scanner: Scanner, tmp_path: Path) -> None:
    generate(scanner).write(tmp_path / "manifest.json")
    now, then = (tmp_path / "manifest.json").read_text(), MANIFEST.read_text()
    assert now == then, "write it anew with `python -m compliance.gate.manifest`, and say why in the change"


def test_it_has_every_policy_and_hundreds_of_checkovs_checks() -> None:
    manifest = Manifest.read()
    checks = {check for checks in manifest.checks_by_type.values() for check in checks}
    assert checks >= POLICIES
    assert len(checks) > 400
    assert len(manifest.graph_checks) > 50


def test_every_pair_runs_where_its_type_is_there(scanner: Scanner, tmp_path: Path) -> None:
    """Else the gate is broken for every program that has one. Some of Checkov's raise at one without any argument."""
    manifest = Manifest.read()
    kinds = [it for it in manifest.checks_by_type if it.startswith("aws_")]
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(one_of_each(kinds)))
    found = scanner.scan(plan)
    raised = {it.what.split()[0] for it in found.raised}
    missing = [it for it in manifest.pairs(kinds) - found.plan.pairs if it[0] not in raised]
    assert missing == []


def test_pairs_are_those_of_the_types_that_are_there() -> None:
    manifest = Manifest("checkov 1", {"aws_vpc": ["A", "B"], "aws_lb": ["C"]}, frozenset())
    assert manifest.pairs(["aws_vpc", "aws_unheard_of"]) == {("A", "aws_vpc"), ("B", "aws_vpc")}


@pytest.mark.parametrize("text", [None, "", "{}", "[]", '{"scanner": 1, "graph_checks": ['])
def test_one_that_cannot_be_read_is_an_error_and_no_empty_manifest(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "manifest.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ManifestInvalid, match=r"python -m compliance\.gate\.manifest"):
        Manifest.read(path)
