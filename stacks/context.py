"""What every layer knows: its environment's part of the catalogue, its region, its tags, its neighbours."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

import pulumi

from catalogue import Estate, Region, RegionRole, Store
from stacks.names import Layer, StackName

__all__ = ["ConfigMismatch", "StackContext"]


class ConfigMismatch(ValueError):
    """The stack's configuration says something other than the catalogue."""


class StackContext:
    """One stack's view of its estate."""

    def __init__(self, name: StackName, estate: Estate) -> None:
        self.name = name
        self.estate = estate
        self._references: dict[StackName, pulumi.StackReference] = {}
        # The SDK looks through an output's whole value at every use; once for each is enough.
        self._outputs: dict[tuple[StackName, str], pulumi.Output[Any]] = {}
        self._entries: dict[tuple[Layer, str, str, RegionRole | None], pulumi.Output[Any]] = {}

    @property
    def role(self) -> RegionRole:
        return "standby" if self.name.is_standby else "primary"

    @property
    def region(self) -> Region:
        region = self.estate.region(self.role)
        if region is None:
            raise ConfigMismatch(
                f"Stack {str(self.name)!r} stands in a standby region, and environment "
                f"{self.name.environment!r} has none. Give it one in environments.yaml."
            )
        return region

    @property
    def account_id(self) -> str:
        return self.estate.environment.account_id

    @property
    def has_standby(self) -> bool:
        return self.estate.environment.standby is not None

    @property
    def is_protected(self) -> bool:
        """Whether what holds data refuses to be deleted."""
        return self.estate.environment.deletion_protection

    def check_configuration(self) -> None:
        """Raises: ConfigMismatch: the configuration leads to another region or account than the catalogue's."""
        config = pulumi.Config("aws")
        given = (config.require("region"), json.loads(config.require("allowedAccountIds")))
        wanted = (self.region.name, [self.account_id])
        if given != wanted:
            raise ConfigMismatch(
                f"The configuration of stack {str(self.name)!r} names {given[0]} in account {given[1]}, the "
                f"catalogue {wanted[0]} in {wanted[1]}. Run 'python -m stacks.configuration' to write it anew."
            )

    def tags(self, owner: str, data_class: str, **what: str) -> dict[str, str]:
        """The mandatory tags.

        Args: what: ``service=`` or ``benefit=``, by name; what belongs to neither is tagged with its layer's name.
        """
        return {
            "environment": self.name.environment,
            "layer": self.name.layer,
            "owner": owner,
            "data-class": data_class,
            "cost-centre": self.estate.catalogue.owners[owner].cost_centre,
            **(what or {"service": str(self.name.layer)}),
        }

    @cached_property
    def platform_tags(self) -> dict[str, str]:
        """Of what carries everything and belongs to no service."""
        return self.tags(owner="cloud-platform", data_class="operational")

    def stays_here(self, data_class: str) -> bool:
        """Whether data of this class may be in this stack's region."""
        return self.estate.may_stand_in(data_class, self.role)

    def has_store(self, store: Store) -> bool:
        """Whether a store stands in this stack's region: databases and buckets do so only where they are copied."""
        is_copied = getattr(store, "copied_to_standby", True)
        return self.stays_here(store.data_class) and (self.role == "primary" or is_copied)

    def retention_days(self, data_class: str) -> int:
        return self.estate.catalogue.data_classes[data_class].log_retention_days

    def output(self, layer: Layer, name: str, role: RegionRole | None = None) -> pulumi.Output[Any]:
        """Another layer's output, of the same region unless told otherwise."""
        stack = self.name.sibling(layer, None if role is None else role == "standby")
        if (stack, name) not in self._outputs:
            self._outputs[stack, name] = self._reference(stack).require_output(name)
        return self._outputs[stack, name]

    def _reference(self, stack: StackName) -> pulumi.StackReference:
        if stack not in self._references:
            full_name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack}"
            self._references[stack] = pulumi.StackReference(str(stack), stack_name=full_name)
        return self._references[stack]

    def entry(self, layer: Layer, name: str, key: str, role: RegionRole | None = None) -> pulumi.Output[Any]:
        """One entry of another layer's output that is a mapping."""
        entry = (layer, name, key, role)
        if entry not in self._entries:
            self._entries[entry] = self.output(layer, name, role).apply(lambda entries: entries[key])
        return self._entries[entry]

    def subnet_ids(self, kind: Literal["public", "private", "data"]) -> list[pulumi.Output[str]]:
        """One id a zone, in the order of the zones."""
        ids = self.output(Layer.FOUNDATION, f"{kind}_subnet_ids")
        return [ids.apply(lambda every, zone=zone: every[zone]) for zone in range(len(self.region.zones))]

    def key_arn(self, data_class: str) -> pulumi.Output[str]:
        """ARN of the KMS key of a data class in this region."""
        return self.entry(Layer.FOUNDATION, "key_arns", self.estate.catalogue.data_classes[data_class].key)

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        """The ARN of something whose name the catalogue decides."""
        return (
            f"arn:aws:{service}:{self.region.name if region is None else region}:{self.account_id}:{resource}"
        )


def export(values: Mapping[str, Any]) -> None:
    """The stack's outputs, which later layers read."""
    for name, value in values.items():
        pulumi.export(name, value)
