"""What changed since the last scan is told by check and URN."""

from compliance.reports import compare
from compliance.results import Outcome
from tests.compliance.reports.samples import FAILED, PASSED, WAIVED, finding, resource, result

GONE = finding("CKV_AWS_20", resource=resource("gone"))
FIXED = finding("CKV_AWS_21")


def test_failures_are_new_fixed_gone_or_the_same() -> None:
    before = result([FIXED, GONE, WAIVED])
    found = compare(result([FAILED, WAIVED, PASSED]), before)
    assert found.new == [FAILED]
    assert found.fixed == [FIXED]
    assert found.gone == [GONE]
    assert found.same == [WAIVED]


def test_a_failure_that_was_waived_since_is_the_same_and_told() -> None:
    open_before = finding("CKV_AWS_144")
    found = compare(result([WAIVED]), result([open_before]))
    assert (found.new, found.same, found.newly_waived) == ([], [WAIVED], [WAIVED])


def test_a_line_that_moved_is_no_news() -> None:
    moved = finding("CKV_AWS_19", resource=resource(source=None))
    found = compare(result([moved]), result([FAILED]))
    assert (found.new, found.fixed, found.gone) == ([], [], [])


def test_what_could_not_be_judged_any_more_is_not_fixed() -> None:
    unknown = finding("CKV_AWS_19", Outcome.UNKNOWN)
    found = compare(result([unknown]), result([FAILED]))
    assert (found.fixed, found.gone) == ([], [FAILED])


def test_another_subject_is_told() -> None:
    assert compare(result(), result(subject="prod")).same_subject is False
