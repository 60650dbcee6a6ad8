"""Data that must stay in the United Kingdom, its copies, logs and keys stand in no other region."""

from collections.abc import Mapping

import pytest

from catalogue import Catalogue
from tests.stacks.graph import Graph, Resource

pytestmark = pytest.mark.parametrize(
    "environment", ["local", pytest.param("prod", marks=pytest.mark.full)], scope="session"
)

COPYING = {
    # Credentials that the exchange has for partners whose data may leave.
    "aws:secretsmanager/secret:Secret",
    # The audit trail of interactions, which holds references only.
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:iam/rolePolicy:RolePolicy",
    # Backups of what the catalogue copies.
    "aws:backup/plan:Plan",
}
"""Types of what names the standby region from the primary one: what sends copies there, and may do so."""

NAMED = {
    "benefits": "benefit-",
    "cells": "cell-",
    "services": "",
    "partners": "partner-",
    "databases": "database-",
    "caches": "cache-",
    "buckets": "bucket-",
    "queues": "",
    "topics": "topic-",
    "buses": "bus-",
    "streams": "stream-",
}
"""How the names of resources begin, by section of the catalogue."""


@pytest.fixture
def uk(data_classes: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return data_classes["uk"]


@pytest.fixture
def standby_region(environment: str, real: Catalogue) -> str:
    standby = real.environments[environment].standby
    assert standby
    return standby.name


def classes(graph: Graph, resource: Resource) -> set[str]:
    """Its data class, or those of what stands beside it in its component where it cannot carry a tag itself."""
    if "data-class" in resource.tags:
        return {resource.tags["data-class"]}
    return {it.tags["data-class"] for it in graph if it.parent == resource.parent and "data-class" in it.tags}


def test_the_standby_is_in_another_country_and_some_classes_must_not_go_there(
    uk: frozenset[str], standby_region: str
) -> None:
    assert standby_region == "eu-west-1"
    assert uk == {"special-category", "restricted"}


def test_nothing_in_the_standby_holds_such_data(graph: Graph, uk: frozenset[str]) -> None:
    standing = [it for it in graph if it.is_standby]
    assert standing
    assert [str(it) for it in standing if it.tags.get("data-class") in uk] == []


def test_nothing_in_the_standby_is_named_after_what_holds_such_data(
    graph: Graph, environment: str, real: Catalogue, uk: frozenset[str]
) -> None:
    """Dashboards and policies carry no tags, so their names are looked at."""
    estate = real.estate(environment)
    kinds = (
        "benefits",
        "cells",
        "services",
        "partners",
        "databases",
        "caches",
        "buckets",
        "queues",
        "topics",
        "streams",
    )
    kept = [name for kind in kinds for name, it in getattr(estate, kind).items() if it.data_class in uk]
    owned = {
        f"{prefix}{name}"
        for name in kept
        for prefix in ("", "benefit-", "cell-", "database-", "bucket-", "partner-", "partner-secret-")
    }
    beginnings = tuple(f"{name}-" for name in owned)

    assert kept
    assert [
        str(it) for it in graph if it.is_standby and (it.name in owned or it.name.startswith(beginnings))
    ] == []


def test_the_keys_of_such_data_stand_in_the_primary_region_only(
    graph: Graph, real: Catalogue, environment: str, uk: frozenset[str]
) -> None:
    keys = {real.data_classes[name].key for name in uk}
    primary = graph.of_type("aws:kms/key:Key", f"foundation-{environment}")
    aliases = graph.of_type("aws:kms/alias:Alias", f"foundation-{environment}-standby")

    assert {it.name.removeprefix("keys-") for it in primary if not it.inputs.get("multiRegion")} == keys
    assert {it.inputs["name"] for it in aliases} == {
        f"alias/estate/{it.key}" for it in real.data_classes.values() if it.key not in keys
    }


def test_what_sends_copies_to_the_standby_holds_no_such_data(
    graph: Graph, uk: frozenset[str], standby_region: str
) -> None:
    sending = [it for it in graph if not it.is_standby and it.mentions(standby_region)]

    assert {it.type for it in sending} <= COPYING
    assert sending
    assert [str(it) for it in sending if not classes(graph, it) or classes(graph, it) & uk] == []


def test_what_is_copied_is_exactly_what_the_catalogue_says(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    copied = "aws:rds/globalCluster:GlobalCluster", "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
    secrets = graph.of_type("aws:secretsmanager/secret:Secret", f"data-{environment}")

    assert {it.name for type_ in copied for it in graph.of_type(type_)} == {
        *(
            f"global-database-{name}-global-cluster"
            for name, it in estate.databases.items()
            if it.copied_to_standby
        ),
        *(f"replication-{name}-replication" for name, it in estate.buckets.items() if it.copied_to_standby),
        *(
            f"replication-drafts-{name}-replication"
            for name, it in estate.cells.items()
            if estate.may_stand_in(it.data_class, "standby")
        ),
    }
    assert sorted(it.tags["partner"] for it in secrets if it.inputs.get("replicas")) == sorted(
        name for name, it in estate.partners.items() if estate.may_stand_in(it.data_class, "standby")
    )


def test_what_is_backed_up_into_the_standby_is_what_the_catalogue_says_and_none_of_such_data(
    graph: Graph, environment: str, real: Catalogue, uk: frozenset[str]
) -> None:
    """A plan copies all that its selections find by tag, so the tags decide."""
    copying = [it for it in graph.of_type("aws:backup/plan:Plan") if _copies(it)]
    tags = {tag for it in copying for tag in _selected_tags(graph, it)}
    found = [it for it in graph if tags & {*it.tags.items()} and not it.is_standby]
    estate = real.estate(environment)

    assert {it.tags["data-class"] for it in found} & uk == set()
    assert {it.tags["service"] for it in found} == {
        f"{kind}-{name}"
        for kind in ("database", "bucket")
        for name, it in getattr(estate, f"{kind}s").items()
        if it.copied_to_standby
    }


def test_every_store_that_is_backed_up_is_found_by_one_plan(
    graph: Graph, environment: str, real: Catalogue
) -> None:
    estate = real.estate(environment)
    plans = graph.of_type("aws:backup/plan:Plan")
    selected = [tag for it in plans for tag in _selected_tags(graph, it)]
    found = [it for it in graph if "backup" in it.tags and not it.is_standby]

    assert len(selected) == len(set(selected))
    assert {it.tags["backup"] for it in found} <= {value for _, value in selected}
    assert {it.tags["service"] for it in found} == {
        *(f"database-{name}" for name in estate.databases),
        *(f"bucket-{name}" for name in estate.buckets),
        *(f"drafts-{name}" for name in estate.cells),
    }


def _copies(plan: Resource) -> bool:
    return any(rule["copyActions"] for rule in plan.inputs["rules"])


def _selected_tags(graph: Graph, plan: Resource) -> list[tuple[str, str]]:
    return [
        (tag["key"], tag["value"])
        for it in graph.of_type("aws:backup/selection:Selection")
        if it.inputs["planId"] == plan.output("id")
        for tag in it.inputs["selectionTags"]
    ]
