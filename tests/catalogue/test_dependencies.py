"""Services do not wait in a circle, and say what they do without what they depend on."""

import pytest

from catalogue import Catalogue
from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            (
                "services.yaml",
                "    services: [case]\n  public: {paths: [/contact/*]",
                "    services: [case, portal]\n  public: {paths: [/contact/*]",
            ),
            (
                "services.yaml",
                "case: Takes messages",
                "portal: Takes calls and messages from elsewhere.\n    case: Takes messages",
            ),
        ],
        [
            "services.yaml: interaction.depends_on.services.1: Services must not depend on each "
            "other in a circle, got 'interaction -> portal -> interaction'. Take one of these "
            "dependencies away; let that service send through a queue or an event.",
        ],
        id="two-services",
    ),
    pytest.param(
        [
            (
                "services.yaml",
                "    services: [case]\n  public: {paths: [/contact/*]",
                "    services: [case, interaction]\n  public: {paths: [/contact/*]",
            ),
            (
                "services.yaml",
                "case: Takes messages",
                "interaction: Takes calls and messages from elsewhere.\n    case: Takes messages",
            ),
        ],
        [
            "services.yaml: interaction.depends_on.services.1: Services must not depend on each "
            "other in a circle, got 'interaction -> interaction'. Take one of these dependencies "
            "away; let that service send through a queue or an event.",
        ],
        id="one-service",
    ),
    pytest.param(
        [
            ("services.yaml", "    interaction: Shows telephone", "    # interaction: Shows telephone"),
        ],
        [
            "services.yaml: portal.degradation.interaction: The degradation contract must cover "
            "every dependency, got nothing. Add a sentence that says what 'portal' still does "
            "without 'interaction'.",
        ],
        id="a-dependency-without-its-sentence",
    ),
    pytest.param(
        [
            (
                "services.yaml",
                "    interaction: Shows telephone",
                "    payments: Shows nothing about payments.\n    interaction: Shows telephone",
            ),
        ],
        [
            "services.yaml: portal.degradation.payments: The degradation contract must name "
            "dependencies only, got 'payments'. Choose one of case, documents, field-changes, "
            "interaction, sessions.",
        ],
        id="a-sentence-without-its-dependency",
    ),
    pytest.param(
        [
            ("cells.yaml", "    cache: Keeps", "    # cache: Keeps"),
        ],
        [
            "cells.yaml: workload.degradation.cache: The degradation contract must cover every "
            "dependency, got nothing. Add a sentence that says what a cell still does without "
            "'cache'.",
        ],
        id="a-dependency-of-every-cell-without-its-sentence",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_a_circle_or_a_gap_in_a_contract_is_named(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected


def test_every_service_of_the_catalogue_has_a_sentence_for_each_dependency(real: Catalogue) -> None:
    gaps = {
        name: set(service.dependencies) ^ set(service.degradation) for name, service in real.services.items()
    }

    assert {name: gap for name, gap in gaps.items() if gap} == {}


def test_a_misspelt_dependency_is_one_problem_and_not_three(copy: CatalogueCopy) -> None:
    copy.change("services.yaml", "databases: [core]", "databases: [cores]")

    assert copy.problems() == [
        "services.yaml: case.stores.databases.0: The name must be one of the databases, got 'cores'. "
        "Did you mean 'core'? Choose one of core, sensitive."
    ]
