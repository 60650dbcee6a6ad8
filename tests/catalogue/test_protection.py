"""Data stays where it is protected enough."""

import pytest

from catalogue import Catalogue
from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            ("cells.yaml", "database: sensitive", "database: core"),
        ],
        [
            "cells.yaml: cells.disability.database: The place of special-category data must be "
            "as strict, and 'core' is financial, got 'core'. Use one of sensitive, or raise the "
            "data class of 'core'.",
        ],
        id="a-cell-on-a-lesser-database",
    ),
    pytest.param(
        [
            ("benefits.yaml", "cell: disability", "cell: families"),
        ],
        [
            "benefits.yaml: child-winter-heating-payment.cell: The place of special-category "
            "data must be as strict, and 'families' is personal, got 'families'. Use one of "
            "disability, or raise the data class of 'families'.",
        ],
        id="a-benefit-in-a-lesser-cell",
    ),
    pytest.param(
        [
            ("services.yaml", "    databases: [sensitive]\n", "    databases: [core]\n"),
            ("services.yaml", "    sensitive: Takes doc", "    core: Takes doc"),
        ],
        [
            "services.yaml: documents.stores.databases.0: The place of special-category data "
            "must be as strict, and 'core' is financial, got 'core'. Use one of sensitive, or "
            "raise the data class of 'core'.",
        ],
        id="a-service-on-a-lesser-store",
    ),
    pytest.param(
        [
            ("partners.yaml", "kind: third-sector}", "kind: third-sector, data_class: restricted}"),
        ],
        [
            "partners.yaml: partners.third-sector.service: The place of restricted data must be "
            "as strict, and 'exchange-third-sector' is personal, got 'exchange-third-sector'. "
            "Raise the data class of 'exchange-third-sector'.",
        ],
        id="a-partner-on-a-lesser-service",
    ),
    pytest.param(
        [
            ("benefits.yaml", "cell: families", "cell: own"),
            ("benefits.yaml", "data_class: personal", "data_class: restricted"),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.cell: A cell of its own must "
            "have a database that may hold restricted data, got 'own'. Choose one of carers, "
            "disability, families, seasonal-and-one-off.",
        ],
        id="a-cell-of-its-own-with-no-database-strict-enough",
    ),
    pytest.param(
        [
            (
                "stores.yaml",
                "data_class: special-category\n    owner: master-data-platform\n    connections: 400\n    "
                "copied_to_standby: false",
                "data_class: special-category\n    owner: master-data-platform\n    connections: 400\n    "
                "copied_to_standby: true",
            ),
        ],
        [
            "stores.yaml: databases.sensitive.copied_to_standby: Data of class special-category "
            "must not be copied to eu-west-1, got True. Write false; residency 'uk' is eu-west-2.",
        ],
        id="a-copy-outside-the-uk",
    ),
    pytest.param(
        [
            (
                "environments.yaml",
                "primary: {name: eu-west-2, cidr: 10.12.0.0/16, zones: [eu-west-2a, eu-west-2b, eu-west-2c]}",
                "primary: {name: eu-west-1, cidr: 10.12.0.0/16, zones: [eu-west-1a, eu-west-1b, eu-west-1c]}",
            ),
        ],
        [
            "environments.yaml: slice.primary.name: The primary region must be one where "
            "special-category, restricted data may be, got 'eu-west-1'. Choose one of eu-west-2.",
        ],
        id="a-primary-outside-the-uk",
    ),
    pytest.param(
        [
            ("data_classes.yaml", "key: special-category", "key: personal"),
        ],
        [
            "data_classes.yaml: special-category.key: Data classes that share a key must share a "
            "residency, and 'personal' has another, got 'personal'. Give 'special-category' a "
            "key of its own.",
        ],
        id="one-key-for-two-residencies",
    ),
    pytest.param(
        [
            ("benefits.yaml", "tier: important", "tier: critical"),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.cell: What is back in 900 s must "
            "stand on what is too, and this takes 3600 s, got 'families'. Choose another cell, "
            "or tier 'important' for 'best-start-grant-pregnancy-and-baby'.",
        ],
        id="a-promise-on-slower-ground",
    ),
    pytest.param(
        [
            (
                "stores.yaml",
                "    owner: exchange-platform\n    content: references\n    visibility",
                "    owner: exchange-platform\n    visibility",
            ),
        ],
        [
            "stores.yaml: topics.payments-announced.delivers_to.0: The place of financial data must be as "
            "strict, and 'hub-events' is personal, got 'hub-events'. Use one of decision-requests, "
            "document-scans, field-changes, fraud-referrals, letters-to-send, payment-requests, or raise the "
            "data class of 'hub-events'.",
        ],
        id="an-announcement-into-a-lesser-queue",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_data_that_would_be_protected_too_little_is_refused(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected


def test_health_data_is_only_in_cells_whose_database_stays_in_the_uk(real: Catalogue) -> None:
    cells = {benefit.cell for benefit in real.benefits.values() if benefit.data_class == "special-category"}
    databases = {real.cells[cell].database for cell in cells}

    assert databases == {"sensitive"}
    assert not real.databases["sensitive"].copied_to_standby
    assert real.data_classes[real.databases["sensitive"].data_class].residency.regions == {"eu-west-2"}


def test_a_store_of_references_may_be_used_by_every_class(copy: CatalogueCopy) -> None:
    copy.change("stores.yaml", "    content: references\n", "")  # of the cache that every cell uses

    assert copy.problems() == [
        "cells.yaml: cells.disability.cache: The place of special-category data must be as strict, "
        "and 'sessions' "
        "is personal, got 'sessions'. Raise the data class of 'sessions'."
    ]
