"""A twin's waits are those with which it was started, and whoever reads a result is told of it."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from catalogue import load_catalogue
from estate import data_plane
from estate.clock import Clock, clock_of
from estate.commands import env, up
from estate.commands.status import Status
from estate.data_plane import Pace
from estate.exceptions import OnTwinsOnly, OtherClock
from estate.main import Profile
from estate.places import Places
from estate.terminal import Terminal
from twin.aws.emulator.process import Emulator
from twin.runtime import process
from twin.runtime.exceptions import ClockFactorWrong
from twin.runtime.profile import PROFILES
from twin.runtime.settings import Settings

SLOWER = {"profile": "aws", "clock_factor": 0.1, "is_real_time": False}


class Running:
    """A supervisor that says of itself what it is given."""

    faults = "http://127.0.0.1:2"

    def __init__(self, status: dict[str, Any] | None) -> None:
        self._status = status

    def status(self) -> dict[str, Any] | None:
        return self._status


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    monkeypatch.setenv("ESTATE_HOME", str(tmp_path))
    return Places.of("slice")


def started(monkeypatch: pytest.MonkeyPatch, places: Places, pace: Pace) -> Settings:
    """What a supervisor is started with."""
    given: list[Settings] = []
    monkeypatch.setattr(process, "start", given.append)
    data_plane.start(load_catalogue().estate("slice"), places, pace)
    return given[0]


def check(monkeypatch: pytest.MonkeyPatch, places: Places, pace: Pace, running: Running | None) -> None:
    monkeypatch.setattr(process, "find", lambda folder: running)
    data_plane.check("slice", places, pace)


def test_a_twin_is_started_in_real_time_unless_asked_otherwise(
    monkeypatch: pytest.MonkeyPatch, places: Places
) -> None:
    settings = started(monkeypatch, places, Pace())
    assert (settings.profile, settings.clock_factor) == ("aws", 1.0)


def test_a_twin_is_started_at_the_pace_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, places: Places
) -> None:
    settings = started(monkeypatch, places, Pace(clock_factor=0.1))
    assert (settings.profile, settings.clock_factor) == ("aws", 0.1)


@pytest.mark.parametrize("pace", [Pace(), Pace("aws"), Pace("aws", 0.1), Pace(None, 0.1)])
def test_a_twin_that_runs_is_kept_where_nothing_else_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, places: Places, pace: Pace
) -> None:
    check(monkeypatch, places, pace, Running(SLOWER))


@pytest.mark.parametrize("pace", [Pace("quick"), Pace("aws", 1.0), Pace(None, 0.5)])
def test_a_twin_that_runs_at_another_pace_is_not_passed_off_as_what_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, places: Places, pace: Pace
) -> None:
    with pytest.raises(OtherClock, match=r"profile aws with the clock factor 0\.1, .*Take it down first"):
        check(monkeypatch, places, pace, Running(SLOWER))


def test_a_pace_that_cannot_be_starts_nothing(monkeypatch: pytest.MonkeyPatch, places: Places) -> None:
    """Not even a control plane."""
    monkeypatch.setattr(up, "start", lambda *_: pytest.fail("an emulator was started"))
    with pytest.raises(ClockFactorWrong):
        up.run("slice", Terminal(as_json=True), pace=Pace("quick", 0.5))


def test_on_aws_nobody_chooses_how_long_aws_takes() -> None:
    with pytest.raises(OnTwinsOnly, match="leave out --profile and --clock-factor"):
        up.run("prod", Terminal(as_json=True), pace=Pace(clock_factor=0.5))


def test_status_says_that_waits_are_not_real_time() -> None:
    status = Status("slice", "up", data_plane={"zones": {}, **SLOWER})
    assert status.to_json()["clock"] == {"profile": "aws", "factor": 0.1, "is_real_time": False}
    assert "Waits are not real time (profile aws, clock factor 0.1)" in _shown(status)


def test_status_says_nothing_of_real_time() -> None:
    real = {"profile": "aws", "clock_factor": 1.0, "is_real_time": True}
    status = Status("slice", "up", data_plane={"zones": {}, **real})
    assert status.to_json()["clock"]["is_real_time"]
    assert "real time" not in _shown(status)


def test_env_tells_other_programs_how_long_waits_are(monkeypatch: pytest.MonkeyPatch) -> None:
    running = Running({"edge": {}, **SLOWER})
    monkeypatch.setattr(env.process, "find", lambda folder: running)
    monkeypatch.setattr(env, "find", lambda folder: Emulator("http://127.0.0.1:1", 1, "nonce", folder))
    exports = env.run("slice").to_json()["exports"]
    assert (exports["ESTATE_PROFILE"], exports["ESTATE_CLOCK_FACTOR"]) == ("aws", "0.1")


def test_without_a_data_plane_there_is_no_clock() -> None:
    assert clock_of(None) is None
    assert Clock("aws", 1.0, is_real_time=True).warning is None


def test_the_command_line_offers_every_profile() -> None:
    assert {it.value for it in Profile} == set(PROFILES)


def _shown(status: Status) -> str:
    out = io.StringIO()
    status.show(Console(file=out, width=250))
    return out.getvalue()
