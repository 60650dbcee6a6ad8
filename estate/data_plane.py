"""The data plane of an environment's twin: started with what the catalogue says of zones, and waited for."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from catalogue import Estate
from estate.aws import Clients
from estate.clock import clock_of
from estate.exceptions import NotHealthy, OtherClock
from estate.observation import HEALTH, observe
from estate.places import Places, as_called
from twin.runtime import database, process
from twin.runtime.process import Supervisor
from twin.runtime.profile import Profile, profile_of
from twin.runtime.settings import RegionSettings, Settings

__all__ = ["Pace", "check", "remove", "start", "wait_until_healthy"]

_DEFAULT_PROFILE = "aws"
_REAL_TIME = 1.0
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Pace:
    """How long a twin is asked to wait. None: as what runs does, or else as AWS does."""

    profile: str | None = None
    clock_factor: float | None = None


def remove(places: Places) -> None:
    """What the data plane keeps outside its folder is gone too."""
    database.remove(places.runtime)


def check(environment: str, places: Places, pace: Pace) -> None:
    """The environment's twin can have this pace.

    Raises:
        OtherClock: one runs already, and at another.
        ClockFactorWrong
    """
    clock = clock_of(running.status()) if (running := process.find(places.runtime)) else None
    if clock is None:
        _profile(pace)
        return
    asked = (pace.profile or clock.profile, pace.clock_factor or clock.factor)
    if asked != (clock.profile, clock.factor):
        raise OtherClock(
            f"{environment!r} runs in the profile {clock.profile} with the clock factor {clock.factor:g}, "
            f"and was asked for {asked[0]} with {asked[1]:g}. "
            f"Take it down first with '{as_called()} down {environment}', or ask for neither."
        )


def _profile(pace: Pace) -> Profile:
    return profile_of(pace.profile or _DEFAULT_PROFILE, pace.clock_factor or _REAL_TIME)


def start(estate: Estate, places: Places, pace: Pace) -> Supervisor:
    """A supervisor runs the environment's twin. Args: pace: of one that is started now; see `check`."""
    environment, profile = estate.environment, _profile(pace)
    settings = Settings(
        environment=environment.name,
        emulator_dir=places.folder,
        folder=places.runtime,
        domain_name=environment.domain_name,
        regions=tuple(RegionSettings(region.name, tuple(region.zones)) for region in environment.regions),
        profile=profile.name,
        clock_factor=profile.clock_factor,
    )
    return process.start(settings)


def wait_until_healthy(
    estate: Estate, endpoint: str, deadline_seconds: float, tell: Callable[[str], None]
) -> float:
    """Seconds that it took until everything that is wanted ran and was healthy.

    Args: tell: is given a line whenever what is not yet well has changed.

    Raises: NotHealthy: with what is not well.
    """
    started = time.monotonic()
    clients = Clients(estate, endpoint)
    while complaints := _complaints(estate, clients):
        tell(
            f"waiting: {complaints[0]}" + (f", and {len(complaints) - 1} more" if len(complaints) > 1 else "")
        )
        if time.monotonic() - started > deadline_seconds:
            name = estate.environment.name
            raise NotHealthy(
                f"{name!r} is provisioned and not healthy after {deadline_seconds:g} s: {'; '.join(complaints[:3])}. "
                f"'{as_called()} status {name}' shows all of it, '{as_called()} logs {name}' what tasks wrote."
            )
        time.sleep(_POLL_SECONDS)
    return time.monotonic() - started


def _complaints(estate: Estate, clients: Clients) -> list[str]:
    try:
        return observe(estate, clients, HEALTH).complaints()
    except (BotoCoreError, ClientError) as error:
        return [f"the control plane does not answer ({error})"]
