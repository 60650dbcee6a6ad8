"""A task is what its environment says."""

import json

import pytest

from workload.exceptions import SettingsWrong
from workload.settings import Settings

NEEDED = {"ESTATE_SERVICE": "cell-own-cell", "ESTATE_ROLE": "cell"}


def test_stores_are_read_as_the_program_writes_them() -> None:
    stores = {
        "databases": {"core": {"endpoint": "w", "reader_endpoint": "r", "port": 5432, "arn": "x"}},
        "caches": {
            "sessions": {
                "endpoint": "p",
                "reader_endpoint": "r",
                "port": 6379,
                "arn": "arn:aws:elasticache:eu-west-2:123456789012:replicationgroup:sessions",
                "user_name": "sessions-own-cell",
            }
        },
        "queues": {"case-work": {"url": "https://q", "name": "case-work"}},
        "topics": {"applications": "arn:t"},
        "buses": {"agency": {"name": "agency", "arn": "x"}},
    }
    settings = Settings.from_environment(NEEDED | {"ESTATE_STORES": json.dumps(stores)})
    assert settings.stores.databases["core"].reader_endpoint == "r"
    assert settings.stores.caches["sessions"].prefix == "own-cell:"
    assert settings.stores.queues == {"case-work": "https://q"}
    assert settings.database_user == "own_cell"


@pytest.mark.parametrize(
    ("budget", "tasks", "connections"), [(120, 9, 8), (120, 90, 1), (40, 12, 3), (0, 3, 1), (80, 0, 8)]
)
def test_all_tasks_together_stay_below_the_budget_of_connections(
    budget: int, tasks: int, connections: int
) -> None:
    settings = Settings("case", "case", connection_budget=budget, maximum_tasks=tasks)
    assert settings.connections == connections


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"ESTATE_ROLE": "cell"}, "ESTATE_SERVICE"),
        (NEEDED | {"ESTATE_PORT": "http"}, "ESTATE_PORT"),
        (NEEDED | {"ESTATE_STORES": "{"}, "ESTATE_STORES"),
        (NEEDED | {"ESTATE_STORES": '{"databases": {"core": {}}}'}, "ESTATE_STORES"),
        (NEEDED | {"ESTATE_DEGRADATION": "[]"}, "ESTATE_DEGRADATION"),
    ],
    ids=["missing", "no number", "no JSON", "a fact missing", "no object"],
)
def test_what_is_wrong_is_named(variables: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsWrong, match=named):
        Settings.from_environment(variables)
