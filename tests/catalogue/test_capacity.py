"""What is asked for fits."""

import pytest

from tests.catalogue.conftest import CatalogueCopy

MISTAKES = [
    pytest.param(
        [
            ("stores.yaml", "connections: 400", "connections: 150"),
        ],
        [
            "stores.yaml: databases.sensitive.connections: A database must have a connection for "
            "every budget, and they come to 180, got 150. Raise it, or lower a budget: "
            "disability 120, documents 60.",
        ],
        id="budgets-over-a-database",
    ),
    pytest.param(
        [
            ("services.yaml", "connection_budget: 40", "connection_budget: 5"),
        ],
        [
            "services.yaml: interaction.connection_budget: A connection budget must give each of "
            "at most 12 tasks a connection, got 5. Choose 12 or more, or lower scaling.counts.",
        ],
        id="a-task-without-a-connection",
    ),
    pytest.param(
        [
            ("cells.yaml", "        slice: {minimum: 3, maximum: 6}\n", ""),
        ],
        [
            "cells.yaml: cells.families.scaling.counts: Counts must be given for the scale of "
            "'slice', got ['dev', 'local', 'prod', 'staging']. Add 'slice', or leave 'families' "
            "out of 'slice'.",
        ],
        id="no-counts-for-a-scale",
    ),
    pytest.param(
        [
            ("services.yaml", "local: {minimum: 1, maximum: 1}", "local: {minimum: 2, maximum: 2}"),
        ],
        [
            "environments.yaml: local.task_limits.at_rest: The tasks that services and cells ask "
            "for, 37, must be within the limit, got 36. Lower counts of this scale, or raise the "
            "limit if the machine can carry more.",
            "environments.yaml: local.task_limits.in_all: The tasks that services and cells ask "
            "for, 61, must be within the limit, got 60. Lower counts of this scale, or raise the "
            "limit if the machine can carry more.",
        ],
        id="one-task-too-many-at-rest",
    ),
    pytest.param(
        [
            (
                "cells.yaml",
                "        local: {minimum: 3, maximum: 9}\n",
                "        local: {minimum: 3, maximum: 10}\n",
            ),
        ],
        [
            "environments.yaml: local.task_limits.in_all: The tasks that services and cells ask "
            "for, 61, must be within the limit, got 60. Lower counts of this scale, or raise the "
            "limit if the machine can carry more.",
        ],
        id="one-task-too-many-in-a-launch",
    ),
    pytest.param(
        [
            ("tiers.yaml", "standby_fraction: 0.33", "standby_fraction: 1.0"),
        ],
        [
            "environments.yaml: local.task_limits.at_rest: The tasks that services and cells ask "
            "for, 42, must be within the limit, got 36. Lower counts of this scale, or raise the "
            "limit if the machine can carry more.",
            "environments.yaml: local.task_limits.at_rest_standby: The tasks that services and "
            "cells ask for, 9, must be within the limit, got 6. Lower counts of this scale, or "
            "raise the limit if the machine can carry more.",
            "environments.yaml: local.task_limits.in_all: The tasks that services and cells ask "
            "for, 66, must be within the limit, got 60. Lower counts of this scale, or raise the "
            "limit if the machine can carry more.",
        ],
        id="too-many-in-the-standby-region",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_what_does_not_fit_is_refused_with_both_numbers(
    copy: CatalogueCopy, changes: list[tuple[str, str, str]], expected: list[str]
) -> None:
    for change in changes:
        copy.change(*change)

    assert copy.problems() == expected
