"""What every policy is: a Checkov check that asks one question of a resource and its neighbours."""
# pyright: reportMissingImports=false

from collections.abc import Collection, Mapping
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from ._graph import Graph, graph_of
from ._resource import Resource

__all__ = ["UNDECIDED", "NotKnownYet", "Policy"]

GUIDELINE = "docs/reviewing.md#ckv_estate_{number}"
UNDECIDED = "undecided"
"""Stands among a verdict's keys where the rule is about the resource, and nobody can tell yet. The worker reads it: for
Checkov that and a rule that says nothing are one word."""
_RESULT = {True: CheckResult.PASSED, False: CheckResult.FAILED, None: CheckResult.UNKNOWN}


class NotKnownYet(Exception):
    """The rule is about the resource, and what it asks depends on something that the plan does not show."""


class Policy(BaseResourceCheck):
    """A rule of the agency. Making one registers it.

    Attributes: number: its id is ``CKV_ESTATE_<number>``; title: what holds where it passes; kinds: Terraform types.
    """

    number: int
    title: str
    kinds: Collection[str]

    def __init__(self) -> None:
        super().__init__(
            name=self.title,
            id=f"CKV_ESTATE_{self.number}",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=sorted(self.kinds),
            guideline=GUIDELINE.format(number=self.number),
        )

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        """Whether the resource keeps the rule; None where the rule says nothing of it.

        Raises: NotKnownYet.
        """
        raise NotImplementedError

    def scan_resource_conf(self, conf: Mapping[str, Any]) -> CheckResult:
        resource = Resource(self.entity_type, conf["__address__"], conf)
        try:
            return _RESULT[self.holds(resource, graph_of(self.graph))]
        except NotKnownYet:
            self.evaluated_keys = [UNDECIDED]
            return CheckResult.UNKNOWN
