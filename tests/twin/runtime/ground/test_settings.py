"""What a supervisor is told survives the way to it."""

from pathlib import Path

from twin.runtime.profile import PROFILES, TIMINGS, Basis
from twin.runtime.settings import RegionSettings, Settings


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    settings = Settings(
        environment="slice",
        emulator_dir=tmp_path,
        folder=tmp_path / "runtime",
        domain_name="slice.estate.example",
        regions=(RegionSettings("eu-west-2", ("eu-west-2a",)), RegionSettings("eu-west-1", ("eu-west-1a",))),
        profile="quick",
    )
    settings.write()
    assert Settings.read(settings.folder) == settings
    assert settings.region_of("eu-west-1a") == "eu-west-1"


def test_every_timing_has_a_source_and_is_never_shorter_on_aws() -> None:
    for name, timing in TIMINGS.items():
        assert timing.source, name
        assert timing.basis in Basis
        assert timing.aws >= timing.quick, name


def test_what_the_program_declares_is_waited_for_in_full_under_aws() -> None:
    assert PROFILES["aws"].declared(30) == 30
    assert PROFILES["quick"].declared(30) < 30
