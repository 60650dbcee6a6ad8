"""Canaries are resources whose verdicts are known before the scan."""

from pathlib import Path

import pytest

from compliance.exceptions import CanariesInvalid
from compliance.gate import Canaries
from compliance.scanner import Document, Scanner, Verdict
from tests.compliance.gate.records import verdict


def canaries(folder: Path, text: str) -> Canaries:
    (folder / "some.yaml").write_text(text)
    return Canaries.read(folder)


LOSSY = """
resources:
  aws_sqs_queue.lossy: {name: lossy}
  aws_sqs_queue_policy.lossy: {queue_url: "${aws_sqs_queue.lossy.id}", tags: {a: "${aws_sqs_queue.lossy.arn}"}}
fails: {aws_sqs_queue.lossy: [CKV_ESTATE_7]}
"""


def test_names_begin_with_the_files_so_that_no_two_files_meet(tmp_path: Path) -> None:
    assert canaries(tmp_path, LOSSY).addresses == {
        "aws_sqs_queue.canary-some-lossy",
        "aws_sqs_queue_policy.canary-some-lossy",
    }


def test_references_are_expressions_and_no_values(tmp_path: Path) -> None:
    document = canaries(tmp_path, LOSSY).document
    planned = document["planned_values"]["root_module"]["resources"][1]
    configured = document["configuration"]["root_module"]["resources"][1]
    queue = "aws_sqs_queue.canary-some-lossy"
    assert planned["values"] == {"tags": {}}
    assert configured["expressions"]["queue_url"] == {"references": [f"{queue}.id", queue]}


def test_one_that_came_out_otherwise_is_told(tmp_path: Path) -> None:
    read = canaries(tmp_path, LOSSY)
    address = "aws_sqs_queue.canary-some-lossy"
    passed = Document(records=[verdict("CKV_ESTATE_7", address, Verdict.PASSED)])
    assert read.misjudged(passed) == [f"CKV_ESTATE_7 on {address}: wanted FAILED, got PASSED"]
    assert read.misjudged(Document()) == [f"CKV_ESTATE_7 on {address}: wanted FAILED, got nothing"]
    assert read.misjudged(Document(records=[verdict("CKV_ESTATE_7", address, Verdict.FAILED)])) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[]", id="no mapping"),
        pytest.param("resources: {}", id="no resources"),
        pytest.param("resources: {aws_vpc.a: {}}\nfails: {aws_vpc.b: [CKV2_AWS_11]}", id="unknown resource"),
        pytest.param("resources: {aws_vpc.a: {}}\nfailing: {aws_vpc.a: [CKV2_AWS_11]}", id="unknown field"),
        pytest.param("resources: {aws_vpc.a: {}}", id="nothing must fail"),
    ],
)
def test_a_file_that_could_prove_nothing_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CanariesInvalid, match="cannot be used"):
        canaries(tmp_path, text)


def test_checkov_judges_every_canary_as_it_must(scanner: Scanner, canaries: Canaries, tmp_path: Path) -> None:
    found = scanner.scan(canaries.write(tmp_path / "canaries.json"))
    assert canaries.misjudged(found.plan) == []
    assert found.plan.resources == canaries.addresses


def test_canaries_are_over_every_area_and_over_both_kinds_of_check(canaries: Canaries) -> None:
    checks = {check for check, _ in canaries.fails}
    assert {"CKV_AWS_24", "CKV_AWS_27", "CKV_AWS_96", "CKV_AWS_336"} <= checks
    assert {"CKV2_AWS_5", "CKV2_AWS_6", "CKV2_AWS_11"} <= checks
