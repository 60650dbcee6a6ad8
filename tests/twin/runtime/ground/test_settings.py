"""What a supervisor is told survives the way to it."""

import json
from pathlib import Path

import pytest

from twin.runtime.exceptions import ClockFactorWrong
from twin.runtime.profile import LEAST_CLOCK_FACTOR, PROFILES, TIMINGS, Basis, profile_of
from twin.runtime.settings import RegionSettings, Settings


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    settings = Settings(
        environment="slice",
        emulator_dir=tmp_path,
        folder=tmp_path / "runtime",
        domain_name="slice.estate.example",
        regions=(RegionSettings("eu-west-2", ("eu-west-2a",)), RegionSettings("eu-west-1", ("eu-west-1a",))),
        profile="aws",
        clock_factor=0.5,
    )
    settings.write()
    assert Settings.read(settings.folder) == settings
    assert settings.region_of("eu-west-1a") == "eu-west-1"


def test_settings_of_an_earlier_version_are_in_real_time(tmp_path: Path) -> None:
    written = {"environment": "slice", "emulator_dir": "e", "folder": "f", "domain_name": "d", "regions": []}
    (tmp_path / "settings.json").write_text(json.dumps(written | {"profile": "aws"}))
    assert Settings.read(tmp_path).clock_factor == 1.0


def test_every_timing_has_a_source_and_is_never_shorter_on_aws() -> None:
    for name, timing in TIMINGS.items():
        assert timing.source, name
        assert timing.basis in Basis
        assert timing.aws >= timing.quick, name


def test_what_the_program_declares_is_waited_for_in_full_under_aws() -> None:
    assert PROFILES["aws"].declared(30) == 30
    assert PROFILES["quick"].declared(30) < 30


def test_a_clock_factor_shortens_what_the_control_plane_makes_one_wait_for() -> None:
    tenth = profile_of("aws", 0.1)
    assert tenth.seconds("task_start") == pytest.approx(2.3)
    assert tenth.declared(300) == pytest.approx(30)
    assert not tenth.is_real_time


OWN_LOOKS = {
    "cache_probe",
    "database_probe",
    "database_probe_answer",
    "declaration_look",
    "health_look",
    "metric_publication",
    "metric_publication_high_resolution",
    "node_look",
    "node_silence",
    "scheduler",
}


def test_a_clock_factor_leaves_alone_metrics_and_how_often_this_machine_looks() -> None:
    tenth = profile_of("aws", 0.1)
    alike = {name for name in TIMINGS if tenth.seconds(name) == PROFILES["aws"].seconds(name)}
    assert alike == OWN_LOOKS


def test_only_aws_times_as_they_are_count_as_real_time() -> None:
    assert profile_of("aws").is_real_time
    assert not profile_of("quick").is_real_time


@pytest.mark.parametrize(
    ("profile", "factor", "rule"),
    [
        ("aws", 0.0, f"is from {LEAST_CLOCK_FACTOR} to 1; got 0"),
        ("aws", 2.0, f"is from {LEAST_CLOCK_FACTOR} to 1; got 2"),
        ("aws", float("nan"), "got nan"),
        ("quick", 0.5, "'quick' has its own; got 0.5"),
    ],
)
def test_a_factor_that_cannot_be_is_refused_in_a_sentence(profile: str, factor: float, rule: str) -> None:
    with pytest.raises(ClockFactorWrong, match=rule):
        profile_of(profile, factor)
