"""JUnit: a failure fails, a waiver skips, a broken gate is an error."""

from dataclasses import replace
from xml.etree import ElementTree

from compliance.reports.junit import junit
from compliance.results import Gate, GateCheck
from tests.compliance.reports.samples import FAILED, PASSED, result


def _counts(text: str) -> dict[str, str | None]:
    root = ElementTree.fromstring(text)
    return {key: root.get(key) for key in ("tests", "errors", "failures", "skipped")}


def test_each_outcome_counts_as_what_it_is() -> None:
    assert _counts(junit(result())) == {"tests": "6", "errors": "0", "failures": "1", "skipped": "2"}


def test_a_condition_that_does_not_hold_is_an_error() -> None:
    text = junit(result([PASSED], gate=Gate((GateCheck("the plan parsed", False, "0 of 1"),))))
    assert _counts(text) == {"tests": "2", "errors": "1", "failures": "0", "skipped": "0"}


def test_a_scan_without_a_gate_and_without_findings_is_not_green() -> None:
    assert _counts(junit(result([], gate=Gate()))) == {
        "tests": "1",
        "errors": "1",
        "failures": "0",
        "skipped": "0",
    }


def test_a_case_has_its_place() -> None:
    root = ElementTree.fromstring(junit(result([FAILED])))
    case = root.findall("./testsuite/testcase")[-1]
    assert (case.get("file"), case.get("line")) == ("components/store.py", "1")
    assert "at components/store.py:1" in (case.findtext("failure") or "")


def test_a_character_that_xml_cannot_hold_is_replaced() -> None:
    root = ElementTree.fromstring(junit(result([replace(FAILED, name="a\x00b<c>&")])))
    failure = root.find("./testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "a\ufffdb<c>&"
