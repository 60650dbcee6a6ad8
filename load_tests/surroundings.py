"""What surrounds a launch: how it is labelled, where AWS's API and the payments are, and whether anybody answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from evidence import EnvironmentLabel
from load_tests.estate_ledger import PaymentBook
from load_tests.exceptions import EstateDown

__all__ = ["Surroundings", "check_up"]

UP_SECONDS = 10.0


@dataclass(frozen=True)
class Surroundings:
    """What surrounds a launch.

    Attributes:
        label: of the environment, for the evidence. root: folder of evidence.
        aws: a boto3 client by its service's name, in the region where people come in.
        cluster: of ECS. services: those on the path of people, whose capacity is watched and announced.
        payments: where payments can be read; None where nobody lets them be.
        busy: percent of a core since the last call, by name of what a load must not measure instead of the estate.
    """

    label: EnvironmentLabel
    root: Path
    aws: Callable[[str], Any]
    cluster: str
    services: tuple[str, ...]
    payments: PaymentBook | None
    busy: Callable[[], Mapping[str, float]] = dict


def check_up(url: str) -> None:
    """Somebody answers at the edge. Raises: EstateDown."""
    try:
        answer = httpx.get(url + "/", timeout=UP_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        raise EstateDown(
            f"Nobody answers at {url} ({type(error).__name__}), so nothing was sent. `estate status` says what runs, "
            "`estate up` starts it."
        ) from error
    if answer.status_code >= 500:
        raise EstateDown(
            f"{url} answers {answer.status_code} before any load, so nothing was sent. "
            "`estate status` says what is ill."
        )
