"""What every part of one service shares."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.tagging import named

__all__ = ["Scope"]


@dataclass(frozen=True)
class Scope:
    """The component's name, the service's name, tags, and the options of its children."""

    name: str
    service_name: str
    cluster_name: pulumi.Input[str]
    tags: Mapping[str, str]
    opts: pulumi.ResourceOptions

    def child(self, suffix: str) -> str:
        """The name of a child."""
        return f"{self.name}-{suffix}"

    def named_tags(self, suffix: str) -> dict[str, str]:
        """The tags of a child of EC2."""
        return named(self.tags, self.child(suffix))
