"""What must differ does."""

import pytest

from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            ("benefits.yaml", "listener_priority: 110", "listener_priority: 100"),
        ],
        [
            "benefits.yaml: best-start-grant-early-learning.listener_priority: A listener "
            "priority must be used once, got 100. Choose another; "
            "'best-start-grant-pregnancy-and-baby' in benefits has it.",
        ],
        id="priority-of-two-benefits",
    ),
    pytest.param(
        [
            ("benefits.yaml", "listener_priority: 110", "listener_priority: 20"),
        ],
        [
            "benefits.yaml: best-start-grant-early-learning.listener_priority: A listener "
            "priority must be used once, got 20. Choose another; 'documents' in services has it.",
        ],
        id="priority-of-a-service-and-a-benefit",
    ),
    pytest.param(
        [
            ("stores.yaml", "  lake:", "  analytics:"),
            ("services.yaml", "buckets: [lake]", "buckets: [analytics]"),
            ("services.yaml", "    lake: Leaves", "    analytics: Leaves"),
        ],
        [
            "stores.yaml: buckets.analytics: A name must belong to one cell, service, benefit, "
            "store or kind of partner, got 'analytics'. Choose another; 'analytics' in services "
            "has it.",
        ],
        id="name-of-a-service-and-a-bucket",
    ),
    pytest.param(
        [
            ("partners.yaml", "title: NHS Fife", "title: Fife"),
        ],
        [
            "partners.yaml: partners.nhs-fife.title: A partner's title must be its own, got "
            "'Fife'. Choose another; 'fife' in partners has it.",
        ],
        id="title-of-two-partners",
    ),
    pytest.param(
        [
            ("environments.yaml", "local.estate.example", "slice.estate.example"),
        ],
        [
            "environments.yaml: local.domain_name: A domain name must belong to one environment, "
            "got 'slice.estate.example'. Choose another; 'slice' in environments has it.",
        ],
        id="domain-of-two-environments",
    ),
    pytest.param(
        [
            ("data_classes.yaml", "sensitivity: 5", "sensitivity: 4"),
        ],
        [
            "data_classes.yaml: restricted.sensitivity: A sensitivity must belong to one data "
            "class, got 4. Choose another; 'special-category' in data_classes has it.",
        ],
        id="sensitivity-of-two-classes",
    ),
    pytest.param(
        [
            ("services.yaml", "[/contact/*]", "[/evidence/*]"),
        ],
        [
            "services.yaml: interaction.public.paths.0: A path must be routed once, got "
            "'/evidence/*'. Choose another; 'documents' in services has it.",
        ],
        id="path-of-two-services",
    ),
    pytest.param(
        [
            ("benefits.yaml", "name: Young Carer Grant", "name: Job Start Payment"),
        ],
        [
            "benefits.yaml: job-start-payment.name: A benefit's full name must be its own, got "
            "'Job Start Payment'. Choose another; 'young-carer-grant' in benefits has it.",
        ],
        id="full-name-of-two-benefits",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_the_second_to_claim_a_value_is_told_who_has_it(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected
