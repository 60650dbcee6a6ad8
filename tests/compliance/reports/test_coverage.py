"""A control stands as the worst of what was judged, and is not assessed where nothing was."""

from compliance.reports import Standing, coverage_of
from compliance.results import Finding, Outcome
from tests.compliance.reports.samples import CROSSWALK, FAILED, UNKNOWN, WAIVED, finding, result


def _standings(*findings: Finding) -> dict[str, Standing]:
    found = coverage_of(result(findings), CROSSWALK)
    csp = next(it for it in found if it.framework.id == "ncsc-csp")
    return {it.control: it.standing for it in csp.controls}


def test_one_failure_outweighs_what_passed() -> None:
    passed = finding("CKV_AWS_29", Outcome.PASSED)
    assert _standings(passed)["2"] is Standing.PASSING
    assert _standings(passed, UNKNOWN)["2"] is Standing.UNKNOWN
    assert _standings(passed, UNKNOWN, WAIVED)["2"] is Standing.WAIVED
    assert _standings(passed, UNKNOWN, WAIVED, FAILED)["2"] is Standing.FAILING


def test_a_control_of_which_nothing_was_judged_is_not_assessed() -> None:
    assert _standings(FAILED)["11"] is Standing.NOT_ASSESSED
    assert set(_standings().values()) == {Standing.NOT_ASSESSED}


def test_every_control_of_every_framework_is_told() -> None:
    found = coverage_of(result(), CROSSWALK)
    assert {it.framework.id: len(it.controls) for it in found} == {
        it.id: len(it.controls) for it in CROSSWALK.frameworks.values()
    }


def test_findings_are_counted_by_outcome() -> None:
    found = coverage_of(result([FAILED, finding("CKV_AWS_19", Outcome.PASSED)]), CROSSWALK)
    control = next(it for each in found for it in each.controls if it.control == "A.8.24")
    assert (control.outcomes[Outcome.FAILED], control.outcomes[Outcome.PASSED]) == (1, 1)
    assert control.checks == ["CKV_AWS_19"]
