"""A scan is believed only where nothing was lost on the way; each loss breaks the gate by its own condition."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from compliance.gate import judge
from compliance.results import Gate
from compliance.scanner import Document, Mishap, ScannerRecords, Verdict
from tests.compliance.gate.records import ADDRESSES, CANARIES, GOOD, MANIFEST, PLAN, SUNG, verdict


def judged(records: ScannerRecords, addresses: Collection[str] = ADDRESSES) -> Gate:
    return judge(addresses, records, MANIFEST, CANARIES)


def broken(gate: Gate) -> list[str]:
    return [it.name for it in gate.checks if not it.holds]


def test_a_scan_that_lost_nothing_is_believed() -> None:
    gate = judged(GOOD)
    assert broken(gate) == []
    assert not gate.is_broken


def test_each_condition_says_what_was_counted() -> None:
    details = {it.name: it.detail for it in judged(GOOD).checks}
    assert details["every resource was scanned"] == "2 scanned of 2 in the graph"
    assert details["every check ran on every type"] == "2 (check, type) pairs wanted, 2 ran"
    assert details["known faults were found"] == "1 failed and 1 passed, as they must"


@pytest.mark.parametrize(
    ("records", "condition"),
    [
        pytest.param(replace(GOOD, parsing_errors=["plan.json"]), "the plan was read", id="unparsed plan"),
        pytest.param(
            replace(GOOD, plan=replace(PLAN, resources=frozenset({"aws_sqs_queue.work"}))),
            "every resource was scanned",
            id="resource lost",
        ),
        pytest.param(
            replace(GOOD, plan=replace(PLAN, resources=ADDRESSES | {"aws_vpc.other"})),
            "every resource was scanned",
            id="resource of another graph",
        ),
        pytest.param(
            replace(GOOD, not_loaded=[Mishap("egress.py", "SyntaxError")]),
            "every policy was loaded",
            id="policy not loaded",
        ),
        pytest.param(
            replace(GOOD, raised=[Mishap("CKV_ESTATE_1", "KeyError")]),
            "no check broke down",
            id="check raised",
        ),
        pytest.param(
            replace(GOOD, scanner="checkov 2"), "the manifest is of this scanner", id="another version"
        ),
        pytest.param(
            replace(GOOD, plan=replace(PLAN, pairs=frozenset({("CKV_AWS_27", "aws_sqs_queue")}))),
            "every check ran on every type",
            id="check lost",
        ),
        pytest.param(
            replace(GOOD, graph_checks=frozenset()), "every check on connections ran", id="graph check lost"
        ),
        pytest.param(
            replace(GOOD, canaries=replace(SUNG, records=SUNG.records[1:])),
            "known faults were found",
            id="canary not judged",
        ),
        pytest.param(
            replace(
                GOOD,
                canaries=replace(
                    SUNG,
                    records=[
                        verdict("CKV_AWS_27", "aws_sqs_queue.canary", Verdict.FAILED),
                        verdict("CKV_AWS_7", "aws_kms_key.canary", Verdict.FAILED),
                    ],
                ),
            ),
            "known faults were found",
            id="everything fails",
        ),
        pytest.param(
            replace(
                GOOD, plan=replace(PLAN, records=[verdict("CKV_AWS_27", "aws_vpc.other", Verdict.FAILED)])
            ),
            "every verdict is about the program",
            id="verdict about something else",
        ),
        pytest.param(
            replace(
                GOOD,
                plan=replace(PLAN, records=[verdict("CKV_AWS_27", "aws_sqs_queue.work", Verdict.SKIPPED)]),
            ),
            "every verdict is about the program",
            id="check silenced by a comment",
        ),
    ],
)
def test_what_was_lost_breaks_the_gate(records: ScannerRecords, condition: str) -> None:
    assert broken(judged(records)) == [condition]


def test_an_empty_graph_breaks_the_gate() -> None:
    gate = judged(replace(GOOD, plan=Document()), addresses=())
    assert broken(gate) == ["the program declares something"]


def test_a_check_that_ran_on_the_canaries_only_is_missing() -> None:
    records = replace(GOOD, plan=replace(PLAN, pairs=frozenset()), canaries=replace(SUNG, pairs=PLAN.pairs))
    assert broken(judged(records)) == ["every check ran on every type"]


def test_types_that_the_program_does_not_use_are_not_wanted() -> None:
    assert not judged(GOOD).is_broken, "nothing is asked of aws_vpc, which the manifest has"


def test_the_detail_names_five_examples_and_counts_the_rest() -> None:
    addresses = {f"aws_vpc.v{number}" for number in range(8)}
    records = replace(
        GOOD, plan=replace(PLAN, resources=frozenset(), pairs=frozenset({("CKV2_AWS_11", "aws_vpc")}))
    )
    lost = next(it for it in judged(records, addresses).checks if it.name == "every resource was scanned")
    assert lost.detail.count("was not scanned") == 5
    assert "and 3 more (0 scanned of 8 in the graph)" in lost.detail


def test_a_gate_without_conditions_is_broken() -> None:
    assert Gate().is_broken
