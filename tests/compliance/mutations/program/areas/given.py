"""Lets one fault into the estate: a changed argument, or a resource that is missing."""

from typing import Any

import pulumi

from tests.compliance.mutations.program.faults import ABSENT, FAULTS

__all__ = ["Area", "given", "wanted"]


class Area(pulumi.ComponentResource):
    """A component whose resources are all its children."""

    def __init__(self, name: str) -> None:
        super().__init__(f"mutations:index:{type(self).__name__}", name)
        self.child = pulumi.ResourceOptions(parent=self)
        self.build()
        self.register_outputs({})

    def build(self) -> None:
        raise NotImplementedError


def _fault(resource: str) -> Any:
    fault = FAULTS.get(pulumi.Config().get("fault") or "")
    return fault.change if fault and fault.of == resource else {}


def given(resource: str, **arguments: Any) -> Any:
    """The resource's arguments, with the fault in them where it is the resource's."""
    return {**arguments, **_fault(resource)}


def wanted(resource: str) -> bool:
    """Whether the resource is not the one that is missing."""
    return _fault(resource) is not ABSENT
