"""Why a fault is not begun.

EstateError
└── RuntimeFailure
    ├── FaultRefused        what was asked for is not a fault that this twin can make
    └── UnknownFault        there was never one of this id
"""

from collections.abc import Sequence
from dataclasses import dataclass

from twin.runtime.exceptions import RuntimeFailure

__all__ = ["FaultRefused", "Objection", "UnknownFault"]


@dataclass(frozen=True)
class Objection:
    """Attributes: field: of the request; message: a sentence about it; allowed: values, where there are few."""

    field: str
    message: str
    allowed: Sequence[str] = ()


class FaultRefused(RuntimeFailure):
    def __init__(self, *objections: Objection) -> None:
        self.objections = objections
        super().__init__(" ".join(f"{it.field}: {it.message}" for it in objections))


class UnknownFault(RuntimeFailure):
    def __init__(self, fault_id: str) -> None:
        super().__init__(f"There is no fault {fault_id!r}. 'GET /faults' lists those that there are.")
