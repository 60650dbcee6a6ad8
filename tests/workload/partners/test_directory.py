"""Who is a partner, and how many calls it takes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workload.partners.conftest import Clock, host
from tests.workload.served import Served
from workload.call_budget import CallBudget
from workload.partners.app import partner_name
from workload.partners.directory import Directory

QUESTION = {"check": "birth", "client_reference": "c-1"}


@pytest.mark.parametrize(
    ("given_host", "name"),
    [
        ("dwp.partners.agency.example", "dwp"),
        ("nhs-fife.partners.agency.example:443", "nhs-fife"),
        ("dwp.agency.example", None),
        (".partners.agency.example", None),
        ("partners.agency.example", None),
        ("127.0.0.1:80", None),
        ("", None),
    ],
)
def test_a_partner_is_the_first_label_of_its_host(given_host: str, name: str | None) -> None:
    assert partner_name(given_host) == name


def test_a_host_that_is_no_partner_is_told_so(partners: Served) -> None:
    answer = partners.post("/checks", json=QUESTION, headers=host("nobody"))
    assert (answer.status_code, answer.json()["error"]) == (421, "no-such-partner")


def test_above_its_budget_a_partner_says_when_to_call_again(partners: Served, clock: Clock) -> None:
    statuses = [partners.post("/checks", json=QUESTION, headers=host("nrs")) for _ in range(3)]
    clock.now += 1
    after = partners.post("/checks", json=QUESTION, headers=host("nrs"))
    assert [it.status_code for it in statuses] == [200, 200, 429]
    assert (statuses[2].headers["Retry-After"], after.status_code) == ("1", 200)


def test_one_partners_budget_is_nobody_elses(partners: Served) -> None:
    for _ in range(3):
        partners.post("/checks", json=QUESTION, headers=host("nrs"))
    assert partners.post("/checks", json=QUESTION, headers=host("dwp")).status_code == 200


def test_health_needs_no_partner(partners: Served) -> None:
    assert partners.get("/health").json() == {"state": "ok", "complaint": None}


def test_new_settings_are_taken_up(settings: Path, partners: Served) -> None:
    settings.write_text('{"partners": {"hmrc": {"transport": "api"}}}')
    assert partners.post("/checks", json=QUESTION, headers=host("hmrc")).status_code == 200
    assert partners.post("/checks", json=QUESTION, headers=host("nrs")).status_code == 421


def test_settings_that_cannot_be_used_change_nothing_and_are_complained_of(settings: Path) -> None:
    directory = Directory(settings)
    before = directory.find("nrs")
    settings.write_text('{"partners": {"nrs": {"transport": "pigeon"}}}')
    assert directory.find("nrs") == before
    assert directory.complaint is not None
    assert "pigeon" in directory.complaint


@given(
    st.floats(0.5, 100),
    st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=60),
)
def test_no_second_has_more_calls_than_two_seconds_of_budget(rate: float, gaps: list[float]) -> None:
    """Safety: what was saved up and what is earned meanwhile, and no more."""
    budget, now, taken = CallBudget(rate), 0.0, list[float]()
    for gap in gaps:
        now += gap
        if not budget.take(now):
            taken.append(now)
    for begin in taken:
        assert sum(begin <= it <= begin + 1 for it in taken) <= max(1.0, rate) + rate + 1e-6


@given(st.floats(0.5, 100), st.integers(0, 200))
def test_after_the_time_that_was_told_a_call_is_taken(rate: float, calls: int) -> None:
    """Progress."""
    budget = CallBudget(rate)
    for _ in range(calls):
        budget.take(0.0)
    wait_seconds = budget.take(0.0)
    assert wait_seconds == 0 or budget.take(wait_seconds + 1e-9) == 0
