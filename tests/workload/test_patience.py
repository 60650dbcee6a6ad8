"""What waits for something that is away waits for as long as it takes."""

import asyncio
from typing import Any

import pytest

from tests.workload.world import FakeAws, message
from workload.exceptions import DependencyAway, TryLater
from workload.patience import Patient
from workload.queue import SqsQueue

URL = "https://queues/letters"


def _patient(aws: FakeAws, error: Exception | None, now: float = 1000.0) -> Patient:
    async def handle(_: Any) -> None:
        if error:
            raise error

    return Patient(SqsQueue("letters", URL, aws), handle, lambda: now)  # pyright: ignore[reportArgumentType]


def test_the_first_time_a_message_is_put_back() -> None:
    with pytest.raises(DependencyAway):
        asyncio.run(_patient(FakeAws(), DependencyAway("case", ""))(message({}, receive_count=1)))


@pytest.mark.parametrize(
    ("error", "until"),
    [
        (DependencyAway("case", "", 5.0), 1005.0),
        (DependencyAway("case", ""), 1030.0),
        (TryLater(60, ""), 1060.0),
    ],
)
def test_after_that_it_is_sent_anew_with_the_time_until_which_it_waits(
    error: Exception, until: float
) -> None:
    aws = FakeAws()
    asyncio.run(_patient(aws, error)(message({"letter_id": "l-1"}, receive_count=2)))
    assert aws.sent == {URL: [{"letter_id": "l-1", "not_before": until}]}


def test_before_its_time_it_is_not_handled() -> None:
    with pytest.raises(TryLater) as later:
        asyncio.run(_patient(FakeAws(), ValueError())(message({"not_before": 1020.0})))
    assert later.value.after_seconds == 20.0


def test_one_that_fails_is_left_to_become_a_dead_letter() -> None:
    aws = FakeAws()
    with pytest.raises(ValueError):
        asyncio.run(_patient(aws, ValueError())(message({}, receive_count=3)))
    assert aws.sent == {}


def test_where_the_queue_is_away_as_well_it_is_put_back() -> None:
    aws = FakeAws(away={"letters"})
    with pytest.raises(DependencyAway):
        asyncio.run(_patient(aws, TryLater(60, ""))(message({}, receive_count=3)))
