"""AWS's providers as a plan's configuration has them, and which of them makes a resource."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.graph import DeclaredProvider, DeclaredResource, Graph
from compliance.plan.addresses import identifier
from engine import wire

__all__ = ["Providers"]

FULL_NAME = "registry.terraform.io/hashicorp/aws"

_CREDENTIALS = {
    "accessKey": ("access_key", r"(A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}"),
    "secretKey": ("secret_key", r"[A-Za-z0-9/+=]{40}"),
}
_EXAMPLES = {"access_key": "AKIAIOSFODNN7EXAMPLE", "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}
"""AWS's documented examples stand for credentials that a program has in its text: the check that looks for them still
finds some, and the plan has none. Source: IAM user guide, "Manage access keys for IAM users"."""


@dataclass(frozen=True)
class Providers:
    """Attributes: graph: whose providers these are."""

    graph: Graph

    def document(self) -> Mapping[str, Any]:
        """Configurations by key: one for each region that a default provider has, one for each explicit provider."""
        regions = {it.config.region for it in self.graph.resources if not it.provider}
        default = {_default_key(it): _configuration(_default_alias(it), it, {}) for it in sorted(regions)}
        return default | dict(self._explicit())

    def key_of(self, resource: DeclaredResource) -> str:
        if not resource.provider:
            return _default_key(resource.config.region)
        return f"aws.{self._alias_by_urn()[resource.provider]}"

    def _explicit(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        aliases = self._alias_by_urn()
        for provider in self.graph.providers:
            alias = aliases[provider.registration.urn]
            yield f"aws.{alias}", _configuration(alias, _region(provider), _hard_coded(provider))

    def _alias_by_urn(self) -> Mapping[str, str]:
        return {
            it.registration.urn: identifier(f"{it.stack}-{it.registration.name}")
            for it in self.graph.providers
        }


def _default_alias(region: str) -> str:
    return f"default-{region}"


def _default_key(region: str) -> str:
    return f"aws.{_default_alias(region)}"


def _region(provider: DeclaredProvider) -> str:
    region = provider.registration.inputs.get("region")
    return region if isinstance(region, str) else ""


def _hard_coded(provider: DeclaredProvider) -> Mapping[str, str]:
    """Stand-ins for credentials that are written in the program, in its configuration or in its environment.

    Pulumi's provider makes secrets of all credentials, so that being one tells nothing; what is encrypted never gets
    here.
    """
    inputs = wire.plain(dict(provider.registration.inputs))
    return {
        attribute: _EXAMPLES[attribute]
        for name, (attribute, form) in _CREDENTIALS.items()
        if re.fullmatch(form, str(inputs.get(name, "")))
    }


def _configuration(alias: str, region: str, extra: Mapping[str, str]) -> Mapping[str, Any]:
    settings = {"region": region, **extra} if region else dict(extra)
    return {
        "name": "aws",
        "full_name": FULL_NAME,
        "alias": alias,
        "expressions": {name: {"constant_value": it} for name, it in settings.items()},
    }
