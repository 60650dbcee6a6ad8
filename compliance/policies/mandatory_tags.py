"""Everything says what it is for, whose it is and what data it holds."""

from checkov.common.checks_infra.resources_types import resources_types  # pyright: ignore[reportMissingImports]

from ._agency import agency
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["MandatoryTags", "check"]

MANDATORY = ("environment", "layer", "owner", "data-class", "cost-centre")
EITHER = ("service", "benefit")


class MandatoryTags(Policy):
    """Without an owner nobody answers for it; without a data class no other policy can judge it."""

    number = 4
    title = (
        "Everything that takes tags has the mandatory ones, with an owner and a data class of the catalogue"
    )
    kinds = tuple(resources_types["aws_taggable"])

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        tags = resource.tags
        known = agency()
        return (
            all(tags.get(name) for name in MANDATORY)
            and any(tags.get(name) for name in EITHER)
            and tags["owner"] in known["owners"]
            and tags["data-class"] in known["data_classes"]
        )


check = MandatoryTags()
