"""CycloneDX: resources are components, failures affect them."""

import json
from typing import Any

from compliance.reports.cyclonedx import cyclonedx
from compliance.results import ScanResult
from tests.compliance.reports.samples import FAILED, PASSED, WAIVED, finding, resource, result


def _document(of: ScanResult) -> Any:
    return json.loads(cyclonedx(of))


def test_every_judged_resource_is_a_component_once() -> None:
    second = finding("CKV_AWS_19", resource=resource("second"))
    found = _document(result([FAILED, WAIVED, PASSED, second]))
    assert [it["name"] for it in found["components"]] == ["letters-bucket", "second"]


def test_a_failure_affects_every_resource_on_which_it_is() -> None:
    second = finding("CKV_AWS_19", resource=resource("second"))
    failures = _document(result([FAILED, second]))["vulnerabilities"]
    assert [len(it["affects"]) for it in failures] == [2]


def test_a_waived_failure_says_why() -> None:
    failures = _document(result([WAIVED]))["vulnerabilities"]
    assert failures[0]["analysis"]["detail"].startswith("Waived until 2026-12-01 (DEBT-001, case-platform)")


def test_every_reference_is_unique_and_every_effect_leads_somewhere() -> None:
    found = _document(result())
    refs = [it["bom-ref"] for it in (*found["components"], *found["vulnerabilities"])]
    assert len(refs) == len(set(refs))
    assert {it["ref"] for each in found["vulnerabilities"] for it in each["affects"]} <= set(refs)


def test_the_order_and_the_time_of_a_scan_change_no_byte() -> None:
    first = result()
    second = result(list(reversed(first.findings)), scanned_at="2027-01-01T00:00:00+00:00")
    assert cyclonedx(first) == cyclonedx(second)
