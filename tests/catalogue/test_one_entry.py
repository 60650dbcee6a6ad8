"""What one entry may say: keys, values and bounds."""

import pytest

from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            ("benefits.yaml", "  retention_years: 6", "  retention_yeers: 6"),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.retention_years: A required key "
            "must be there, got nothing. Add 'retention_years'.",
            "benefits.yaml: best-start-grant-pregnancy-and-baby.retention_yeers: A key must be "
            "one that is known, got 'retention_yeers'. Did you mean 'retention_years'? Choose "
            "one of cell, clients, cost_centre, data_class, demand, launched, listener_priority, "
            "name, owner, retention_years, source, status, tier.",
        ],
        id="a-misspelt-key",
    ),
    pytest.param(
        [
            ("owners.yaml", "  title: Portal platform\n", ""),
        ],
        [
            "owners.yaml: portal-platform.title: A required key must be there, got nothing. Add 'title'.",
        ],
        id="a-missing-key",
    ),
    pytest.param(
        [
            ("tiers.yaml", "critical:\n", "critical:\n  name: x\n"),
        ],
        [
            "tiers.yaml: critical.name: A key must be one that is known, got 'name'. Choose one "
            "of availability, backup, description, p99_latency, rpo, rto, standby_fraction, "
            "zones.",
        ],
        id="a-name-beside-the-key",
    ),
    pytest.param(
        [
            ("benefits.yaml", "listener_priority: 100", 'listener_priority: "100"'),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.listener_priority: The value "
            "must be a whole number, got '100'. Write it in digits, without quotes.",
        ],
        id="a-number-in-quotes",
    ),
    pytest.param(
        [
            ("benefits.yaml", "listener_priority: 100", "listener_priority: 50001"),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.listener_priority: The number "
            "must be at most 50000, got 50001. Choose a smaller number.",
        ],
        id="a-number-too-large",
    ),
    pytest.param(
        [
            ("benefits.yaml", "retention_years: 6", "retention_years: 0"),
        ],
        [
            "benefits.yaml: best-start-grant-pregnancy-and-baby.retention_years: The number must "
            "be at least 1, got 0. Choose a larger number.",
        ],
        id="a-number-too-small",
    ),
    pytest.param(
        [
            ("benefits.yaml", "status: planned", "status: planed"),
        ],
        [
            "benefits.yaml: employment-injury-assistance.status: The value must be one that is "
            "known, got 'planed'. Did you mean 'planned'? Choose one of live, planned.",
        ],
        id="a-misspelt-choice",
    ),
    pytest.param(
        [
            ("services.yaml", "size: {cpu: 512, memory_mib: 1024}", "size: small"),
        ],
        [
            "services.yaml: portal.size: The value must be a mapping, got 'small'. Write its "
            "keys below it, one a line.",
        ],
        id="a-word-for-a-mapping",
    ),
    pytest.param(
        [
            ("environments.yaml", "cells: [families]", "cells: families"),
        ],
        [
            "environments.yaml: slice.cells: The value must be a list, got 'families'. Write it "
            "in brackets: [one, two].",
        ],
        id="a-word-for-a-list",
    ),
    pytest.param(
        [
            ("owners.yaml", "answers_for: The online", "answers_for: the online"),
        ],
        [
            "owners.yaml: portal-platform.answers_for: The text must be a sentence, got 'the "
            "online portal, its edge and its waiting room.'. Begin with a capital letter and end "
            "with a full stop.",
        ],
        id="a-description-that-is-no-sentence",
    ),
    pytest.param(
        [
            ("roles.yaml", "mfa_required: true", 'mfa_required: "yes"'),
        ],
        [
            "roles.yaml: roles.platform-engineer.mfa_required: The value must be true or false, "
            "got 'yes'. Write true or false, without quotes.",
        ],
        id="a-word-for-a-truth-value",
    ),
    pytest.param(
        [
            ("data_classes.yaml", "log_retention_days: 90", "log_retention_days: 100"),
        ],
        [
            "data_classes.yaml: public.log_retention_days: Log retention must be a number of "
            "days that CloudWatch Logs has, got 100. Choose one of 1, 3, 5, 7, 14, 30, 60, 90, "
            "120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653.",
        ],
        id="log-days-that-cloudwatch-lacks",
    ),
    pytest.param(
        [
            ("services.yaml", "local: {minimum: 3, maximum: 9}", "local: {minimum: 3, maximum: 2}"),
        ],
        [
            "services.yaml: portal.scaling.counts.local.maximum: The maximum must be at least "
            "the minimum of 3, got 2. Raise the maximum or lower the minimum.",
        ],
        id="a-maximum-below-the-minimum",
    ),
    pytest.param(
        [
            ("services.yaml", "local: {minimum: 3, maximum: 9}", "local: {minimum: 0, maximum: 9}"),
        ],
        [
            "services.yaml: portal.scaling.counts.local.minimum: The minimum must be above 0, "
            "got 0. Choose 1 or more; only queue depth can start the first task.",
        ],
        id="no-task-at-rest-without-a-queue",
    ),
    pytest.param(
        [
            ("services.yaml", "    queue: third-sector-messages\n", ""),
        ],
        [
            "services.yaml: exchange-third-sector.scaling.queue: A queue must be named by what "
            "queue depth drives, and by nothing else, got nothing. Name the queue to follow, or "
            "use another driver.",
        ],
        id="no-queue-to-follow",
    ),
    pytest.param(
        [
            (
                "services.yaml",
                "  stores:\n    queues: [low-code-tasks]",
                "  public: {paths: [/low-code/*], priority: 60}\n  stores:\n    queues: [low-code-tasks]",
            ),
        ],
        [
            "services.yaml: low-code.scaling.driver: What the edge routes to must not wait for a "
            "queue, got 'queue'. Use another driver, or remove 'public'.",
        ],
        id="a-public-service-that-waits-for-a-queue",
    ),
    pytest.param(
        [
            ("services.yaml", "  connection_budget: 40\n", ""),
        ],
        [
            "services.yaml: interaction.connection_budget: A connection budget must go with the "
            "use of a database, got 0. Give every user of a database a budget, and nothing else "
            "one.",
        ],
        id="a-database-without-a-budget",
    ),
    pytest.param(
        [
            ("benefits.yaml", "  launched: 2020-11\n", ""),
        ],
        [
            "benefits.yaml: scottish-child-payment.source: A launch month and its source must "
            "stand together, got 'Opened in November 2020, with 46,175 applications in that "
            "month (Daily Record, BBC).'. Give both or neither.",
        ],
        id="a-source-without-its-launch",
    ),
    pytest.param(
        [
            ("roles.yaml", "    managed_policy: SecurityAudit\n", ""),
        ],
        [
            "roles.yaml: capabilities.review-security: A capability must have either a managed "
            "policy or statements, got 'neither'. Keep one; split the capability in two if it "
            "needs both.",
        ],
        id="a-capability-that-allows-nothing",
    ),
    pytest.param(
        [
            ("environments.yaml", '"111111111111"', '"1111"'),
        ],
        [
            "environments.yaml: dev.account_id: An account id must be twelve digits in quotes, "
            "got '1111'. Write it as in \"123456789012\".",
        ],
        id="an-account-id-too-short",
    ),
    pytest.param(
        [
            ("cells.yaml", "own_cell:", "own_cel:"),
        ],
        [
            "cells.yaml: own_cell: A section must be there and be a mapping, got nothing. Write "
            "its entries below its key.",
            "cells.yaml: own_cel: A key must be one that is known, got 'own_cel'. Did you mean "
            "'own_cell'? Choose one of cells, own_cell, workload.",
        ],
        id="a-misspelt-section",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_a_broken_entry_is_named_with_what_is_allowed(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected


@pytest.mark.parametrize("key", ["owner", "data_class"])
@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("benefits.yaml", "best-start-grant-pregnancy-and-baby"),
        ("cells.yaml", "cells.families"),
        ("services.yaml", "portal"),
        ("stores.yaml", "databases.core"),
        ("partners.yaml", "kinds.government"),
    ],
)
def test_an_owner_and_a_data_class_must_be_given(
    copy: CatalogueCopy, file: str, entry: str, key: str
) -> None:
    lines = (copy.directory / file).read_text().splitlines(keepends=True)
    copy.change(file, next(line for line in lines if line.strip().startswith(f"{key}:")), "")

    assert copy.problems() == [
        f"{file}: {entry}.{key}: A required key must be there, got nothing. Add {key!r}."
    ]
