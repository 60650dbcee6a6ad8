"""A whole plan document of all stacks together, so that checks on connections see across them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compliance.graph import DeclaredResource, Graph
from compliance.names import NamesTable, load
from compliance.plan.addresses import Place, places_of
from compliance.plan.providers import FULL_NAME, Providers
from compliance.plan.references import Dependencies
from compliance.plan.secrets import Scrubber
from compliance.plan.values import Block, Values
from compliance.results import Resource, UnknownValue

__all__ = ["Plan", "plan_of", "write"]

_FORMAT = "1.2"
_TERRAFORM = "1.9.0"
"""Versions that the document claims. Checkov reads none of it without the second.
Source: developer.hashicorp.com/terraform/internals/json-format; checkov/terraform/context_parsers/tf_plan."""


@dataclass(frozen=True)
class Plan:
    """Attributes: document: as `terraform show -json` has it, as far as Checkov reads it; resources: by address."""

    document: Mapping[str, Any]
    resources: Mapping[str, Resource]
    unknown: Sequence[UnknownValue] = ()


def plan_of(graph: Graph, table: NamesTable | None = None) -> Plan:
    """The plan of everything that the graph declares.

    Raises: UnmappedType, UnmappedProperty: something would be left out of the scan.
    """
    table = table or load()
    places = places_of(graph.resources, table)
    dependencies, scrubber = Dependencies(graph, places), Scrubber.of(graph)
    converters = [Values(it, table, dependencies, scrubber) for it in graph.resources]
    blocks = [it.of_type(places[it.resource.urn].names) for it in converters]
    providers = Providers(graph)
    entries = list(zip(graph.resources, places.values(), blocks, strict=True))
    return Plan(
        document={
            "format_version": _FORMAT,
            "terraform_version": _TERRAFORM,
            "planned_values": _module([_planned(*it) for it in entries]),
            "configuration": {
                "provider_config": providers.document(),
                **_module([_configured(*it, providers.key_of(it[0])) for it in entries]),
            },
        },
        resources={place.address: _resource(it, place) for it, place, _ in entries},
        unknown=[it for converter in converters for it in converter.unknown],
    )


def write(plan: Plan, path: Path) -> None:
    """The document is in the file: on one line, and the same bytes for the same plan."""
    path.write_text(json.dumps(plan.document, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8")


def _module(resources: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return {"root_module": {"resources": resources}}


def _entry(place: Place) -> dict[str, Any]:
    return {"address": place.address, "mode": "managed", "type": place.type, "name": place.name}


def _planned(resource: DeclaredResource, place: Place, block: Block) -> Mapping[str, Any]:
    return {**_entry(place), "provider_name": FULL_NAME, "schema_version": 0, "values": block.values}


def _configured(resource: DeclaredResource, place: Place, block: Block, provider: str) -> Mapping[str, Any]:
    return {**_entry(place), "provider_config_key": provider, "expressions": block.expressions}


def _resource(resource: DeclaredResource, place: Place) -> Resource:
    return Resource(
        urn=resource.urn,
        type=resource.type,
        terraform_type=place.type,
        address=place.address,
        stack=resource.stack,
        source=resource.source,
        instantiated=resource.instantiated,
        component=resource.component,
    )
