"""Every name that an entry gives is the name of another entry."""

import pytest

from catalogue import Catalogue
from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [("benefits.yaml", "cell: families", "cell: famlies")],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.cell: The name must be one of "
            "the cells, got 'famlies'. Did you mean 'families'?"
        ],
        id="cell",
    ),
    pytest.param(
        [("cells.yaml", "tier: important", "tier: imprtant")],
        [
            "cells.yaml: cells.families.tier: The name must be one of the tiers, got "
            "'imprtant'. Did you mean 'important'?"
        ],
        id="tier",
    ),
    pytest.param(
        [("services.yaml", "databases: [core]", "databases: [cores]")],
        [
            "services.yaml: case.stores.databases.0: The name must be one of the databases, "
            "got 'cores'. Did you mean 'core'?"
        ],
        id="store-of-a-service",
    ),
    pytest.param(
        [("stores.yaml", "delivers_to: [hub-events]", "delivers_to: [hub-event]")],
        [
            "stores.yaml: topics.applications.delivers_to.0: The name must be one of the queues, "
            "got 'hub-event'. Did you mean 'hub-events'?"
        ],
        id="queue-of-a-topic",
    ),
    pytest.param(
        [
            (
                "stores.yaml",
                "archive_days: 90\n    delivers_to: [hub-events]",
                "archive_days: 90\n    delivers_to: [hub-event]",
            )
        ],
        [
            "stores.yaml: buses.agency.delivers_to.0: The name must be one of the queues, "
            "got 'hub-event'. Did you mean 'hub-events'?"
        ],
        id="queue-of-a-bus",
    ),
    pytest.param(
        [("cells.yaml", "services: [case, decision, documents]", "services: [case, decision, document]")],
        [
            "cells.yaml: workload.depends_on.services.2: The name must be one of the "
            "services, got 'document'. Did you mean 'documents'?"
        ],
        id="service-of-every-cell",
    ),
    pytest.param(
        [
            (
                "partners.yaml",
                "hmrc: {title: HM Revenue and Customs, kind: government",
                "hmrc: {title: HM Revenue and Customs, kind: governments",
            )
        ],
        [
            "partners.yaml: partners.hmrc.kind: The name must be one of the partner kinds, "
            "got 'governments'. Did you mean 'government'?"
        ],
        id="kind-of-partner",
    ),
    pytest.param(
        [("environments.yaml", "partners: [dwp]", "partners: [dwpp]")],
        [
            "environments.yaml: slice.partners.0: The name must be one of the partners, got "
            "'dwpp'. Did you mean 'dwp'?"
        ],
        id="partner-of-an-environment",
    ),
    pytest.param(
        [("data_classes.yaml", "readers: [break-glass]", "readers: [breakglass]")],
        [
            "data_classes.yaml: restricted.readers.0: The name must be one of the roles, got "
            "'breakglass'. Did you mean 'break-glass'?"
        ],
        id="reader-of-a-data-class",
    ),
    pytest.param(
        [("benefits.yaml", "cost_centre: families-benefits", "cost_centre: families")],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.cost_centre: The name must be "
            "one of the cost centres, got 'families'. Did you mean 'families-benefits'?"
        ],
        id="cost-centre",
    ),
    pytest.param(
        [("partners.yaml", "service: exchange-health", "service: exchange-helth")],
        [
            "partners.yaml: kinds.health.service: The name must be one of the services, got "
            "'exchange-helth'. Did you mean 'exchange-health'?"
        ],
        id="service-of-a-kind",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_a_dangling_name_is_reported_once_with_the_nearest(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert [problem.split(" Choose one of ")[0] for problem in copy.problems()] == expected


def test_a_dangling_name_is_answered_with_every_name_there_is(real: Catalogue, copy: CatalogueCopy) -> None:
    copy.change("services.yaml", "tier: critical", "tier: utmost")
    copy.change("environments.yaml", "partners: [dwp]", "partners: [everybody]")

    assert [problem.split("got ")[1] for problem in copy.problems()] == [
        f"'everybody'. Choose one of {', '.join(sorted(real.partners))}.",
        "'utmost'. Choose one of critical, deferrable, important, standard.",
    ]
