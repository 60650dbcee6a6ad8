"""What one scan says, and that it says it again."""

import json
from pathlib import Path

import pytest

from compliance.controls import load
from compliance.gate import Canaries
from compliance.results import Outcome
from compliance.scan import findings_of
from compliance.scanner import Scanner, Verdict
from tests.compliance.plans import AGENCY, resource, written

PLANTED = "AKIAIOSFODNN7EXAMPLE"  # AWS's own example of a key


def test_the_same_plan_gives_the_same_records_and_scans_do_not_touch_each_other(
    scanner: Scanner, tmp_path: Path
) -> None:
    plan = written(tmp_path)
    first = scanner.scan(plan)
    other = scanner.scan(written(tmp_path, {"aws_vpc.other": {"cidr_block": "10.0.0.0/16"}}))
    again = scanner.scan(written(tmp_path))
    assert (first.plan, first.graph_checks) == (again.plan, again.graph_checks)
    assert other.plan.resources == {"aws_vpc.other"}


def test_shortcuts_change_no_result(scanner: Scanner, canaries: Canaries, tmp_path: Path) -> None:
    plan, sung = written(tmp_path), canaries.write(tmp_path / "canaries.json")
    with Scanner(AGENCY.to_json(), options=["--long-way"]) as plain:
        wanted = plain.scan(plan, sung)
    found = scanner.scan(plan, sung)
    assert (found.plan, found.canaries, found.graph_checks) == (
        wanted.plan,
        wanted.canaries,
        wanted.graph_checks,
    )


def test_a_pair_is_recorded_where_a_check_ran_and_came_to_no_verdict(
    scanner: Scanner, tmp_path: Path
) -> None:
    attachment = {"aws_iam_role_policy.of-nobody": {"policy": "{}"}}
    records = scanner.scan(written(tmp_path, attachment)).plan
    assert ("CKV_ESTATE_6", "aws_iam_role_policy") in records.pairs
    assert [it.verdict for it in records.records if it.check == "CKV_ESTATE_6"] == [Verdict.UNKNOWN]


def test_what_an_own_policy_cannot_tell_yet_is_no_silence(scanner: Scanner, tmp_path: Path) -> None:
    foreign = {"aws_lb.front": {"subnets": ["subnet-1", "subnet-2", "subnet-3"]}}
    records = scanner.scan(written(tmp_path, foreign))
    assert [it.verdict for it in records.plan.records if it.check == "CKV_ESTATE_1"] == [Verdict.UNDECIDED]
    found = findings_of(records, {it: resource(it) for it in foreign}, load())
    assert [it.outcome for it in found if it.check == "CKV_ESTATE_1"] == [Outcome.UNKNOWN]
    assert {it.check for it in found if it.outcome is Outcome.UNKNOWN} == {"CKV_ESTATE_1"}


@pytest.mark.parametrize(
    ("address", "values", "check"),
    [
        pytest.param("aws_ecs_task_definition.app", {}, "CKV_ESTATE_10", id="containers"),
        pytest.param(
            "aws_iam_role_policy.app", {"role": "${aws_iam_role.task.name}"}, "CKV_ESTATE_6", id="grants"
        ),
    ],
)
def test_a_document_that_is_not_known_yet_is_not_passed_over(
    scanner: Scanner, tmp_path: Path, address: str, values: dict[str, str], check: str
) -> None:
    trust = '{"Statement": [{"Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}'
    plan = written(tmp_path, {"aws_iam_role.task": {"assume_role_policy": trust}, address: values})
    verdicts = {(it.check, it.address): it.verdict for it in scanner.scan(plan).plan.records}
    assert verdicts[check, address] is Verdict.UNDECIDED


def test_a_comment_in_a_plan_silences_nothing(scanner: Scanner, tmp_path: Path) -> None:
    named = {"aws_sqs_queue.work": {"name": "work", "tags": {"note": "checkov:skip=CKV_ESTATE_7:because"}}}
    records = scanner.scan(written(tmp_path, named)).plan.records
    assert Verdict.SKIPPED not in {it.verdict for it in records}
    assert Verdict.FAILED in {it.verdict for it in records if it.check == "CKV_ESTATE_7"}


def test_no_value_of_the_plan_is_in_the_records(scanner: Scanner, tmp_path: Path) -> None:
    planted = {"aws_ssm_parameter.key": {"name": "key", "type": "String", "value": PLANTED}}
    records = scanner.scan(written(tmp_path, planted))
    assert records.plan.records
    assert PLANTED not in json.dumps([it.__dict__ for it in records.plan.records])


def test_every_own_policy_names_the_page_that_explains_it(scanner: Scanner, tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent.parent
    records = scanner.scan(written(tmp_path)).plan.records
    own = {it.check: it.guideline for it in records if it.check.startswith("CKV_ESTATE_")}
    assert own
    for check, guideline in own.items():
        page, _, anchor = guideline.partition("#")
        assert anchor == check.lower()
        assert f'<a id="{anchor}"></a>' in (root / page).read_text()
