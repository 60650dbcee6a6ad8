"""What Checkov is silent about, with exit code 0 and no finding, reaches the gate as a broken condition."""

import json
import shutil
from pathlib import Path

import pytest

from compliance.exceptions import ScannerFailed, ScannerMissing
from compliance.gate import Canaries, Manifest, judge
from compliance.scanner import POLICIES, Scanner, ScannerRecords
from tests.compliance.plans import AGENCY, GOOD, written

ADDRESSES = frozenset(GOOD)


def broken(records: ScannerRecords, canaries: Canaries, addresses: frozenset[str] = ADDRESSES) -> set[str]:
    gate = judge(addresses, records, Manifest.read(), canaries)
    return {it.name for it in gate.checks if not it.holds}


@pytest.fixture(scope="module")
def sung(canaries: Canaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return canaries.write(tmp_path_factory.mktemp("canaries") / "canaries.json")


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """The agency's policies, to be spoiled."""
    copy = tmp_path / "policies"
    shutil.copytree(POLICIES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_a_plan_that_is_whole_breaks_nothing(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    records = scanner.scan(written(tmp_path), sung)
    assert broken(records, canaries) == set()
    assert {it.check for it in records.plan.records if it.verdict == "FAILED"} >= {
        "CKV_ESTATE_7",
        "CKV_AWS_21",
    }


def test_an_empty_plan_breaks_the_gate(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    records = scanner.scan(written(tmp_path, {}), sung)
    assert "the program declares something" in broken(records, canaries, frozenset())


def test_a_truncated_plan_breaks_the_gate(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    plan = written(tmp_path)
    plan.write_text(plan.read_text()[:-20])
    assert {"the plan was read", "every resource was scanned"} <= broken(scanner.scan(plan, sung), canaries)


def test_a_plan_that_does_not_say_terraforms_version_breaks_the_gate(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    plan = written(tmp_path)
    document = json.loads(plan.read_text())
    del document["terraform_version"]
    plan.write_text(json.dumps(document))
    records = scanner.scan(plan, sung)
    assert records.parsing_errors == [], "Checkov says nothing of it"
    assert "every resource was scanned" in broken(records, canaries)


def test_a_missing_plan_breaks_the_gate(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    assert "every resource was scanned" in broken(scanner.scan(tmp_path / "none.json", sung), canaries)


def test_a_dropped_resource_breaks_the_gate(
    scanner: Scanner, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    rest = {address: values for address, values in GOOD.items() if address != "aws_s3_bucket.letters"}
    records = scanner.scan(written(tmp_path, rest), sung)
    assert "every resource was scanned" in broken(records, canaries)


def test_policies_that_raise_or_cannot_be_loaded_or_are_gone_break_the_gate(
    policies: Path, canaries: Canaries, sung: Path, tmp_path: Path
) -> None:
    (policies / "egress.py").unlink()  # judges a type that only the canaries have
    (policies / "mandatory_tags.py").unlink()
    (policies / "log_retention.py").write_text("import no_such_module")
    raising = (policies / "dead_letters.py").read_text().replace("return _gives_up(resource)", "return 1 / 0")
    (policies / "dead_letters.py").write_text(raising)
    with Scanner(AGENCY.to_json(), policies) as scanner:
        records = scanner.scan(written(tmp_path), sung)
    gate = judge(ADDRESSES, records, Manifest.read(), canaries)
    told = {it.name: it.detail for it in gate.checks if not it.holds}
    assert "log_retention" in told["every policy was loaded"]
    assert "CKV_ESTATE_7" in told["no check broke down"]
    assert "ZeroDivisionError" in told["no check broke down"]
    lost = told["every check ran on every type"]
    assert "CKV_ESTATE_4 on aws_sqs_queue" in lost, "its file is gone"
    assert "CKV_ESTATE_7 on aws_sqs_queue" in lost, "it raised, so it has judged nothing"
    assert "CKV_ESTATE_11 on aws_vpc_security_group_egress_rule" in "; ".join(
        canaries.misjudged(records.canaries)
    )


def test_without_checkov_the_scan_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ScannerMissing, match="make setup"):
        Scanner(AGENCY.to_json(), python=tmp_path / "no-environment" / "bin" / "python")


def test_an_environment_in_which_checkov_does_not_start_is_an_error(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'No module named checkov' >&2\nexit 1\n")
    python.chmod(0o755)
    with (
        Scanner(AGENCY.to_json(), python=python) as scanner,
        pytest.raises(ScannerFailed, match="No module named checkov"),
    ):
        scanner.scan(written(tmp_path))
