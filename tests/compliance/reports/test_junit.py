"""JUnit: a failure fails, a waiver skips, a broken gate is an error."""

from dataclasses import replace
from xml.etree import ElementTree

from compliance.reports.junit import junit
from compliance.results import AnalysisResult, Gate, GateCheck
from tests.compliance.reports.samples import FAILED, PASSED, result


def _counts(text: str) -> dict[str, str | None]:
    root = ElementTree.fromstring(text)
    return {key: root.get(key) for key in ("tests", "errors", "failures", "skipped")}


def test_each_outcome_counts_as_what_it_is() -> None:
    assert _counts(junit(result())) == {"tests": "8", "errors": "1", "failures": "2", "skipped": "2"}


def test_a_condition_that_does_not_hold_is_an_error() -> None:
    gate = Gate((GateCheck("the plan parsed", False, "0 of 1"),))
    text = junit(result([PASSED], gate=gate, analyses=()))
    assert _counts(text) == {"tests": "2", "errors": "1", "failures": "0", "skipped": "0"}


def test_a_scan_without_a_gate_and_without_findings_is_not_green() -> None:
    assert _counts(junit(result([], gate=Gate(), analyses=()))) == {
        "tests": "1",
        "errors": "1",
        "failures": "0",
        "skipped": "0",
    }


def test_another_scan_is_a_case_that_fails_with_what_it_found_and_errs_where_it_did_not_run() -> None:
    root = ElementTree.fromstring(junit(result([PASSED])))
    found, silent = root.findall("./testsuite[@name='other scans']/testcase")
    assert found.findtext("failure") == "high: A wildcard (stacks/data.py:1)"
    error = silent.find("error")
    assert error is not None
    assert error.get("message") == "There is no database here."


def test_what_is_about_no_component_is_in_a_suite_with_a_name() -> None:
    of_provider = replace(PASSED, resource=replace(PASSED.resource, stack="", component=""))
    root = ElementTree.fromstring(junit(result([of_provider], analyses=())))
    assert [it.get("name") for it in root] == ["gate", "providers"]


def test_another_scan_that_holds_passes() -> None:
    held = AnalysisResult("Licences", "ours", ran=True, holds=True)
    assert _counts(junit(result([PASSED], analyses=[held])))["failures"] == "0"


def test_a_case_has_its_place() -> None:
    root = ElementTree.fromstring(junit(result([FAILED])))
    case = root.findall("./testsuite/testcase")[-1]
    assert (case.get("file"), case.get("line")) == ("components/store.py", "1")
    assert "at components/store.py:1" in (case.findtext("failure") or "")


def test_a_character_that_xml_cannot_hold_is_replaced() -> None:
    root = ElementTree.fromstring(junit(result([replace(FAILED, name="a\x00b<c>&")], analyses=())))
    failure = root.find("./testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "a\ufffdb<c>&"
