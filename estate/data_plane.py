"""The data plane of an environment's twin: started with what the catalogue says of zones, and waited for."""

import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from catalogue import Estate
from estate.aws import Clients
from estate.exceptions import NotHealthy
from estate.observation import HEALTH, observe
from estate.places import Places, as_called
from twin.runtime import database, process
from twin.runtime.process import Supervisor
from twin.runtime.settings import RegionSettings, Settings

__all__ = ["DEFAULT_PROFILE", "find", "remove", "start", "wait_until_healthy"]

DEFAULT_PROFILE = "aws"
_POLL_SECONDS = 0.5


def find(places: Places) -> Supervisor | None:
    """The supervisor that runs the twin, if one answers."""
    return process.find(places.runtime)


def remove(places: Places) -> None:
    """What the data plane keeps outside its folder is gone too."""
    database.remove(places.runtime)


def start(estate: Estate, places: Places, profile: str) -> Supervisor:
    """A supervisor runs the environment's twin. Args: profile: of waiting times, for one that is started now."""
    environment = estate.environment
    settings = Settings(
        environment=environment.name,
        emulator_dir=places.folder,
        folder=places.runtime,
        domain_name=environment.domain_name,
        regions=tuple(RegionSettings(region.name, tuple(region.zones)) for region in environment.regions),
        profile=profile,
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
