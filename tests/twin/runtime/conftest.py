"""What the parts of the data plane stand on in tests: addresses of their own, and a control plane in memory."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.twin.runtime.fake_control_plane import FakeControlPlane
from twin.runtime.addresses import claim
from twin.runtime.directory import Directory
from twin.runtime.ground import Ground
from twin.runtime.processes import Processes, marked
from twin.runtime.profile import PROFILES
from twin.runtime.settings import RegionSettings, Settings
from twin.runtime.zones import Zones

PRIMARY = RegionSettings("eu-west-2", ("eu-west-2a", "eu-west-2b", "eu-west-2c"))
STANDBY = RegionSettings("eu-west-1", ("eu-west-1a", "eu-west-1b", "eu-west-1c"))


@pytest.fixture
def control_plane() -> FakeControlPlane:
    return FakeControlPlane()


@pytest.fixture
def ground(tmp_path: Path, control_plane: FakeControlPlane) -> Iterator[Ground]:
    """In profile `quick`, with a block of addresses that is given back. Whatever was started has ended afterwards."""
    settings = Settings(
        environment="test",
        emulator_dir=tmp_path / "emulator",
        folder=tmp_path / "runtime",
        domain_name="benefits.example",
        regions=(PRIMARY, STANDBY),
        profile="quick",
    )
    addresses = claim([region.zones for region in settings.regions])
    zones = Zones(tuple(zone for _, zone in settings.zones))
    run = secrets.token_hex(8)
    try:
        yield Ground(
            settings=settings,
            run=run,
            profile=PROFILES["quick"],
            addresses=addresses,
            zones=zones,
            directory=Directory(),
            processes=Processes(zones, run),
            control_plane=control_plane.plane,
        )
    finally:
        for process in marked(run):
            process.kill()
        if addresses.claim:
            addresses.claim.close()
