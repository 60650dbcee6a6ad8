"""When scheduled actions run."""

from datetime import UTC, datetime

import pytest

from twin.aws.emulator.scaling.schedule import ScheduleInvalid, Timing, next_run, parse

LONDON = "Europe/London"


def _at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _runs(
    text: str, zone: str, after: str, count: int, start: str | None = None, end: str | None = None
) -> list[str]:
    timing = Timing(parse(text, zone), _at(after), _at(start) if start else None, _at(end) if end else None)
    found: list[str] = []
    moment: float | None = _at(after)
    while moment is not None and len(found) < count:
        moment = next_run(timing, moment)
        if moment is not None:
            found.append(datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M"))
    return found


@pytest.mark.parametrize(
    ("text", "zone", "after", "expected"),
    [
        pytest.param(
            "at(2026-11-30T08:30:00)", LONDON, "2026-11-01", ["2026-11-30T08:30"], id="at, in winter"
        ),
        pytest.param(
            "at(2026-07-01T08:30:00)", LONDON, "2026-06-01", ["2026-07-01T07:30"], id="at, in summer"
        ),
        pytest.param("at(2026-07-01T08:30:00)", "UTC", "2026-07-02", [], id="at, in the past"),
        pytest.param(
            "cron(0 10 * * ? *)",
            LONDON,
            "2026-10-24T12:00",
            ["2026-10-25T10:00", "2026-10-26T10:00"],
            id="clocks go back",
        ),
        pytest.param(
            "cron(0 10 * * ? *)",
            LONDON,
            "2026-03-28T09:59",
            ["2026-03-28T10:00", "2026-03-29T09:00"],
            id="clocks go on",
        ),
        pytest.param(
            "cron(30 1 29 3 ? 2026)", LONDON, "2026-03-01", ["2026-03-29T01:30"], id="a time that is skipped"
        ),
        pytest.param(
            "cron(30 1 25 10 ? 2026)",
            LONDON,
            "2026-10-01",
            ["2026-10-25T00:30"],
            id="a time that comes twice",
        ),
        pytest.param(
            "cron(0 18 ? * MON-FRI *)", "UTC", "2026-11-20T18:00", ["2026-11-23T18:00"], id="working days"
        ),
        pytest.param(
            "cron(0 8 1 * ? *)", "UTC", "2026-11-20", ["2026-12-01T08:00", "2027-01-01T08:00"], id="monthly"
        ),
        pytest.param(
            "cron(0/15 8 * * ? *)",
            "UTC",
            "2026-11-20T08:20",
            ["2026-11-20T08:30", "2026-11-20T08:45"],
            id="step",
        ),
        pytest.param(
            "cron(5,50 8-9 * * ? *)",
            "UTC",
            "2026-11-20T08:20",
            ["2026-11-20T08:50", "2026-11-20T09:05"],
            id="list",
        ),
        pytest.param("cron(0 8 L * ? *)", "UTC", "2027-02-01", ["2027-02-28T08:00"], id="last day"),
        pytest.param(
            "cron(0 8 15W * ? *)", "UTC", "2026-11-01", ["2026-11-16T08:00"], id="working day near the 15th"
        ),
        pytest.param("cron(0 8 ? * 6L *)", "UTC", "2026-11-01", ["2026-11-27T08:00"], id="last Friday"),
        pytest.param("cron(0 8 ? * TUE#3 *)", "UTC", "2026-11-01", ["2026-11-17T08:00"], id="third Tuesday"),
        pytest.param("cron(0 8 29 2 ? *)", "UTC", "2026-11-01", ["2028-02-29T08:00"], id="leap day"),
        pytest.param("cron(0 8 1 1 ? 2025)", "UTC", "2026-11-01", [], id="a year that is over"),
        pytest.param(
            "rate(90 minutes)", "UTC", "2026-11-01T00:00", ["2026-11-01T01:30", "2026-11-01T03:00"], id="rate"
        ),
    ],
)
def test_a_schedule_runs_at_its_moments(text: str, zone: str, after: str, expected: list[str]) -> None:
    assert _runs(text, zone, after, max(1, len(expected))) == expected


def test_a_recurring_action_runs_at_its_start_too_and_not_after_its_end() -> None:
    found = _runs(
        "cron(0 10 * * ? *)", "UTC", "2026-11-01", 9, start="2026-11-02T11:11", end="2026-11-04T10:00"
    )
    assert found == ["2026-11-02T11:11", "2026-11-03T10:00", "2026-11-04T10:00"]


@pytest.mark.parametrize(
    "text",
    [
        "daily",
        "at(tomorrow)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "cron(0 10 * * *)",
        "cron(60 10 * * ? *)",
        "cron(0 10 1 * MON *)",
        "cron(0 10 ? * MOO *)",
        "cron(0 10 * * ? *",
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ScheduleInvalid):
        parse(text)


def test_a_time_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ScheduleInvalid, match="no time zone 'Europe/Stirling'"):
        parse("rate(1 day)", "Europe/Stirling")
