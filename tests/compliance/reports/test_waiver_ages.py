"""A waiver's age and what is left of it are told in days."""

from dataclasses import replace
from datetime import date

import pytest

from compliance.reports.waiver_ages import waiver_ages
from tests.compliance.reports.samples import WAIVED, WAIVER, finding, result


@pytest.mark.parametrize(
    ("expires", "days_left", "state"),
    [
        (date(2026, 11, 21), -1, "expired on 2026-11-21"),
        (date(2026, 11, 22), 0, "holds today for the last time"),
        (date(2026, 12, 22), 30, "ends soon"),
        (date(2026, 12, 23), 31, "holds"),
    ],
)
def test_what_is_left_of_a_waiver_is_told(expires: date, days_left: int, state: str) -> None:
    waived = replace(WAIVED, waiver=replace(WAIVER, expires=expires))
    age = waiver_ages(result([waived], unused_waivers=[], expired_waivers=[]))[0]
    assert (age.days_left, age.age_days, age.state) == (days_left, 82, state)


def test_a_waiver_lists_what_it_covers_once() -> None:
    second = replace(WAIVED, resource=finding("CKV_AWS_144").resource)
    ages = waiver_ages(result([WAIVED, second], unused_waivers=[], expired_waivers=[]))
    assert [len(it.covers) for it in ages] == [2]


def test_unused_and_expired_ones_are_told_the_expired_first() -> None:
    states = [(it.waiver.ticket, it.state) for it in waiver_ages(result())]
    assert states == [
        ("DEBT-003", "expired on 2026-11-21"),
        ("DEBT-001", "ends soon"),
        ("DEBT-002", "unused: it matches nothing, so it can go"),
    ]
