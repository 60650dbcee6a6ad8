"""Names of resources, as Pulumi documents them: urn:pulumi:<stack>::<project>::<qualified type>::<name>."""

import pytest

from engine.urn import STACK_TYPE, name_of, provider_of, stack_of, type_of, urn_for

STACK = urn_for("prod", "shop", "", STACK_TYPE, "shop-prod")
CELL = urn_for("prod", "shop", STACK, "shop:index:Cell", "north")
INNER = urn_for("prod", "shop", CELL, "shop:index:Store", "ledger")


def test_the_stack_has_no_parent() -> None:
    assert STACK == "urn:pulumi:prod::shop::pulumi:pulumi:Stack::shop-prod"


def test_the_stack_does_not_count_into_the_qualified_type() -> None:
    assert CELL == "urn:pulumi:prod::shop::shop:index:Cell::north"


def test_types_of_parents_are_joined_by_a_dollar() -> None:
    assert INNER == "urn:pulumi:prod::shop::shop:index:Cell$shop:index:Store::ledger"
    assert urn_for("prod", "shop", INNER, "aws:rds/cluster:Cluster", "ledger-db") == (
        "urn:pulumi:prod::shop::shop:index:Cell$shop:index:Store$aws:rds/cluster:Cluster::ledger-db"
    )


@pytest.mark.parametrize(
    ("urn", "stack", "type_token", "name"),
    [
        (STACK, "prod", "pulumi:pulumi:Stack", "shop-prod"),
        (INNER, "prod", "shop:index:Store", "ledger"),
        ("urn:pulumi:prod::shop::a:b:C::name::with::colons", "prod", "a:b:C", "name::with::colons"),
    ],
)
def test_its_parts(urn: str, stack: str, type_token: str, name: str) -> None:
    assert (stack_of(urn), type_of(urn), name_of(urn)) == (stack, type_token, name)


def test_a_reference_to_a_provider_ends_in_its_id() -> None:
    provider = "urn:pulumi:prod::shop::pulumi:providers:aws::ireland"
    assert provider_of(f"{provider}::4b2f") == provider
    assert provider_of("") == ""
