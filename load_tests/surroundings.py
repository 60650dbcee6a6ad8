"""What surrounds a launch: how it is labelled, where AWS's API and the payments are, and whether anybody answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from catalogue import Environment, Kind
from evidence import EnvironmentKind, EnvironmentLabel
from load_tests.estate_ledger import PaymentBook
from load_tests.exceptions import EstateDown

__all__ = ["CLUSTER", "TWIN_PER_SECOND", "Surroundings", "check_up", "label_of"]

CLUSTER = "estate"
"""Name of the ECS cluster, as the program declares it."""

TWIN_PER_SECOND = 400.0
"""Requests that a task of a twin carries: slots over service time, as docs/twin.md says under Tasks."""

TWIN_SCALE = (
    f"a task is 8 slots of 20 ms, which is {TWIN_PER_SECOND:g} requests a second; two cores carry generator, tasks "
    "and servers"
)

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


def label_of(environment: Environment, variables: Mapping[str, str]) -> EnvironmentLabel:
    """Where it takes place, so that nobody takes a twin for AWS. Args: variables: that `estate env` exports."""
    if environment.kind is Kind.AWS:
        return EnvironmentLabel(environment.name, EnvironmentKind.AWS, environment.description)
    profile = variables.get("ESTATE_PROFILE", "")
    is_real_time = profile == "aws" and float(variables.get("ESTATE_CLOCK_FACTOR", "1")) == 1
    return EnvironmentLabel(
        environment.name, EnvironmentKind.TWIN, environment.description, TWIN_SCALE, profile, is_real_time
    )


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
