"""A benefit is one entry of the catalogue: it adds what is its own, and nothing that was there changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stacks.conftest import Evaluated, evaluate
from tests.stacks.graph import Graph

BENEFIT = """
kinship-care-payment:
  name: Kinship Care Payment
  cell: families
  clients: People who bring up the child of a relative.
  tier: important
  data_class: personal
  owner: families-benefits
  cost_centre: families-benefits
  retention_years: 6
  listener_priority: 500
"""
PARTNER = """
  kinship-council:
    title: Kinship Council
    kind: government
"""
QUEUE = (
    "", "-backlog", "-dlq", "-dlq-not-empty", "-dlq-policy", "-oldest-message", "-policy", "-queue", "-redrive-allow",
)  # fmt: skip
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
ON_ITS_CELL = (
    "", "-access", "-budget", "-dashboard", "-database", "-route", "-settings", "-slo-fast-burn", "-slo-slow-burn",
)  # fmt: skip
SECRET = ("", "-policy", "-rotation", "-secret")


@dataclass(frozen=True)
class Difference:
    """Attributes: created and deleted (names by stack), updated (inputs by name), outputs (those that differ)."""

    created: Mapping[str, list[str]]
    deleted: Mapping[str, list[str]]
    updated: Mapping[str, list[str]]
    outputs: list[tuple[str, str]]


def difference(before: Graph, after: Graph) -> Difference:
    return Difference(
        created=_names(after, before),
        deleted=_names(before, after),
        updated={
            str(old): sorted(
                key for key in {**old.inputs, **new.inputs} if old.inputs.get(key) != new.inputs.get(key)
            )
            for urn, old in before.resources.items()
            if (new := after.resources.get(urn)) and new.inputs != old.inputs
        },
        outputs=[
            (stack, name)
            for stack, outputs in after.outputs.items()
            for name, value in sorted(outputs.items())
            if value != before.outputs[stack].get(name)
        ],
    )


def _names(graph: Graph, other: Graph) -> dict[str, list[str]]:
    """Names, by stack, of what the other has not."""
    made: dict[str, list[str]] = {}
    for urn, it in graph.resources.items():
        if urn not in other.resources:
            made.setdefault(it.stack, []).append(it.name)
    return {stack: sorted(names) for stack, names in made.items()}


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} has {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new))


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def changed(environment: str, catalogue: Path, evaluated: Evaluated) -> Difference:
    """What a changed catalogue declares, against the real one."""
    after = evaluate(environment, ESTATE_CATALOGUE=str(catalogue))
    return difference(Graph.read(evaluated(environment)), Graph.read(after))


def with_ends(name: str, ends: tuple[str, ...]) -> list[str]:
    return [f"{name}{end}" for end in ends]


def test_a_benefit_and_a_partner_create_what_is_theirs_and_update_nothing(
    catalogue_copy: Path, evaluated: Evaluated
) -> None:
    append(catalogue_copy / "benefits.yaml", BENEFIT)
    append(catalogue_copy / "partners.yaml", PARTNER)
    change(catalogue_copy / "environments.yaml", "partners: [dwp]", "partners: [dwp, kinship-council]")

    assert changed("slice", catalogue_copy, evaluated) == Difference(
        created={
            "data-slice": [
                *with_ends("benefit-kinship-care-payment", QUEUE),
                *with_ends("partner-government-kinship-council", QUEUE),
                *with_ends("partner-secret-kinship-council", SECRET),
            ],
            "services-slice": [
                *with_ends("benefit-kinship-care-payment", ON_ITS_CELL),
                "partner-kinship-council",
            ],
        },
        deleted={},
        updated={},
        outputs=[("data-slice", "benefit_queues"), ("data-slice", "partners")],
    )


@pytest.mark.full
def test_where_the_exchange_stands_a_partner_adds_its_settings_too_in_both_regions(
    catalogue_copy: Path, evaluated: Evaluated
) -> None:
    append(catalogue_copy / "benefits.yaml", BENEFIT)
    append(catalogue_copy / "partners.yaml", PARTNER)
    benefit = with_ends("benefit-kinship-care-payment", ON_ITS_CELL)
    queues = [
        *with_ends("benefit-kinship-care-payment", QUEUE),
        *with_ends("partner-government-kinship-council", QUEUE),
    ]

    assert changed("local", catalogue_copy, evaluated) == Difference(
        created={
            "data-local": [*queues, *with_ends("partner-secret-kinship-council", SECRET)],
            "data-local-standby": queues,
            "services-local": [*benefit, "partner-kinship-council"],
            "services-local-standby": [
                *(it for it in benefit if not it.endswith("-budget")),
                "partner-kinship-council",
            ],
        },
        deleted={},
        updated={},
        outputs=[
            ("data-local", "benefit_queues"),
            ("data-local", "partners"),
            ("data-local-standby", "benefit_queues"),
            ("data-local-standby", "partners"),
        ],
    )


def test_a_cell_of_its_own_takes_one_benefit_along_and_leaves_all_others_alone(
    catalogue_copy: Path, evaluated: Evaluated
) -> None:
    """The benefit's queue, schema, alarms and budget stay what they are; the old cell's tasks notice nothing."""
    entry = "scottish-child-payment:\n  name: Scottish Child Payment\n  cell: "
    change(catalogue_copy / "benefits.yaml", f"{entry}families", f"{entry}own")
    environments = catalogue_copy / "environments.yaml"
    change(environments, "cells: [families]", "cells: [families, scottish-child-payment]")
    change(
        environments,
        "at_rest: 9, at_rest_standby: 0, in_all: 12",
        "at_rest: 12, at_rest_standby: 0, in_all: 18",
    )
    change(
        environments,
        "at_rest: 36, at_rest_standby: 6, in_all: 60",
        "at_rest: 39, at_rest_standby: 6, in_all: 63",
    )
    before = Graph.read(evaluated("slice"))
    like_the_other_cell = [
        it.name.replace("cell-families", "cell-scottish-child-payment")
        for it in before.named("cell-families")
        if it.type != SCHEDULED  # for the opening of a benefit that stays
    ]
    drafts_like_the_other_cells = [
        it.name.replace("drafts-families", "drafts-scottish-child-payment")
        for it in before.named("drafts-families")
    ]

    assert changed("slice", catalogue_copy, evaluated) == Difference(
        created={
            "data-slice": [
                "cache-sessions-user-scottish-child-payment",
                *sorted(drafts_like_the_other_cells),
            ],
            "services-slice": sorted(like_the_other_cell),
        },
        deleted={},
        updated={
            "data-slice cache-sessions-users": ["userIds"],
            "platform-slice budget": ["limitAmount"],
            "platform-slice overview": ["dashboardBody"],
            "services-slice benefit-scottish-child-payment-access": ["role"],
            "services-slice benefit-scottish-child-payment-database": ["name"],
            "services-slice benefit-scottish-child-payment-route": ["actions"],
            "services-slice benefit-scottish-child-payment-settings": ["name"],
        },
        outputs=[("data-slice", "buckets"), ("data-slice", "caches"), ("services-slice", "services")],
    )
