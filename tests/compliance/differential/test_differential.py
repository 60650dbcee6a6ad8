"""Checkov judges a Pulumi program as it judges the same estate written for Terraform, but for what is listed."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from compliance.plan import write
from compliance.scanner import Scanner, Verdict
from tests.compliance.differential.plain import checkov
from tests.compliance.mutations.estates import WHOLE, planned

pytestmark = [pytest.mark.full, pytest.mark.timeout(1_200)]

HERE = Path(__file__).parent
ITS_OWN = ("CKV_AWS_", "CKV2_AWS_")
"""How the ids of Checkov's checks of AWS begin; the project's are not run on Terraform's code here."""

Verdicts = Mapping[tuple[str, str], str]
"""By check and address."""


@pytest.fixture(scope="module")
def of_terraform() -> Verdicts:
    results = checkov()["results"]
    assert results["parsing_errors"] == []
    records = [*results["passed_checks"], *results["failed_checks"]]
    return {
        (it["check_id"], it["resource_address"] or it["resource"]): it["check_result"]["result"]
        for it in records
    }


@pytest.fixture(scope="module")
def of_program(scanner: Scanner, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    path = tmp_path_factory.mktemp("differential") / "plan.json"
    write(planned([WHOLE]), path)
    judged = (it for it in scanner.scan(path).plan.records if it.verdict in (Verdict.PASSED, Verdict.FAILED))
    return {(it.check, it.address): str(it.verdict) for it in judged if it.check.startswith(ITS_OWN)}


def test_every_difference_is_listed_with_its_reason(of_terraform: Verdicts, of_program: Verdicts) -> None:
    both = sorted(of_terraform.keys() | of_program.keys())
    found = {
        it: (of_terraform.get(it), of_program.get(it))
        for it in both
        if of_terraform.get(it) != of_program.get(it)
    }
    listed = yaml.safe_load((HERE / "differences.yaml").read_text())
    assert found == {(it["check"], it["address"]): (it["terraform"], it["program"]) for it in listed}
    assert all(it["reason"] for it in listed)


def test_the_estate_is_large_enough_to_differ_and_both_passes_and_fails(of_terraform: Verdicts) -> None:
    assert len({address for _, address in of_terraform}) >= 60
    verdicts = list(of_terraform.values())
    assert verdicts.count("FAILED") >= 100
    assert verdicts.count("PASSED") >= 200
