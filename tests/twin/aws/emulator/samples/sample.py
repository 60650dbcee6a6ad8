"""One kind of resource: what is declared of it, and where AWS shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["REGION", "Sample", "World"]

World = Mapping[str, Any]
REGION = "eu-west-2"


@dataclass(frozen=True)
class Sample:
    """One resource: created by `create` with `given`, shown by `read`, found in its answer at `item`.

    `given` and `read_with` are functions of the world (what the sample needs around it); `read_with` also of the
    answer to `create`. What was given is expected back, less `unreturned` and with `shown` in its place.
    """

    id: str
    service: str
    create: str
    given: Callable[[World], dict[str, Any]]
    read: str
    read_with: Callable[[World, Any], dict[str, Any]]
    item: str
    unreturned: tuple[str, ...] = ()
    shown: dict[str, Any] = field(default_factory=dict[str, Any])
