"""What surrounds a recovery: where AWS's API, the estate's edge and, on a twin, its faults are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from evidence import EnvironmentLabel
from runbooks.records import Records

__all__ = ["Surroundings"]


@dataclass(frozen=True)
class Surroundings:
    """What surrounds a recovery.

    Attributes:
        label: of the environment, for the evidence.
        aws: a boto3 client by the names of its service and region.
        primary: region. zones: its zones. standby: region, where there is one.
        cluster: of ECS. databases: identifiers of the Aurora clusters.
        edge: URL at which people come in.
        faults: the twin's fault endpoint; None on AWS.
        records: what is in databases; None where nobody reaches them but tasks.
        transport: of HTTP; None: the network's.
    """

    label: EnvironmentLabel
    aws: Callable[[str, str], Any]
    primary: str
    zones: tuple[str, ...]
    standby: str | None
    cluster: str
    databases: tuple[str, ...]
    edge: str
    faults: str | None
    records: Records | None = None
    transport: httpx.BaseTransport | None = None

    @property
    def is_twin(self) -> bool:
        return self.label.is_twin
