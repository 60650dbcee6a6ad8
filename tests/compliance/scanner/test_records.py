"""What one scan says, and that it says it again."""

import json
from pathlib import Path

from compliance.gate import Canaries
from compliance.scanner import Scanner, Verdict
from tests.compliance.plans import AGENCY, written

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
