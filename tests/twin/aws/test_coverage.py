"""Every property is carried by one call, or refused."""

from collections.abc import Mapping
from typing import Any

import pytest

from twin.aws.call import Call, Take
from twin.aws.coverage import carried, taken, unhandled
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import ec2_tags

RETENTION = Call("put_retention_policy", {"logGroupName": "id", "retentionInDays": "inputs.retentionInDays"})
SWITCH = Call(
    "delete_retention_policy", {"logGroupName": "id"}, on=("retentionInDays",), when="!inputs.retentionInDays"
)
GROUP = Resource(
    token="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    create=Call("create_log_group", takes=Take.ALL),
    id="inputs.name",
    settings=(RETENTION, SWITCH),
    name=Name(),
    tagging=ec2_tags("any"),
    renames={"name": "logGroupName"},
    ignored={"skipDestroy": "used when the group is deleted"},
    hook_reads=frozenset({"byCode"}),
)
PLAN = Resource(
    token="aws:backup/plan:Plan",
    service="backup",
    create=Call(
        "create_backup_plan",
        {"BackupPlan": {"BackupPlanName": "inputs.name"}},
        takes=Take.ALL,
        within="BackupPlan",
    ),
    id="answer.BackupPlanId",
)


@pytest.mark.parametrize(
    ("row", "names", "expected"),
    [
        pytest.param(GROUP, ["name", "kmsKeyId"], ["name", "kmsKeyId"], id="by-name-and-rename"),
        pytest.param(GROUP, ["retentionInDays", "tags", "region", "namePrefix"], [], id="others-have-them"),
        pytest.param(GROUP, ["skipDestroy", "byCode", "unknown"], [], id="no-place"),
        pytest.param(PLAN, ["rules", "name"], ["rules"], id="inside-a-structure"),
    ],
)
def test_a_call_takes_by_name_what_nobody_else_carries(
    row: Resource, names: list[str], expected: list[str]
) -> None:
    assert row.create is not None
    assert taken(row, row.create, names) == expected


@pytest.mark.parametrize("call", [RETENTION, SWITCH], ids=["read-by-expression", "on"])
def test_a_setting_carries_what_it_reads_or_is_made_on(call: Call) -> None:
    assert carried(GROUP, call, ["retentionInDays", "kmsKeyId"]) == {"retentionInDays"}


@pytest.mark.parametrize(
    ("row", "inputs", "expected"),
    [
        pytest.param(
            GROUP, {"name": "a", "retentionInDays": 1, "tags": {}, "region": "x"}, [], id="all-handled"
        ),
        pytest.param(
            GROUP, {"skipDestroy": True, "byCode": 1, "namePrefix": "a"}, [], id="all-handled-otherwise"
        ),
        pytest.param(GROUP, {"zone": 1, "colour": "red"}, ["colour", "zone"], id="no-place"),
        pytest.param(GROUP, {"colour": None}, [], id="not-declared"),
        pytest.param(PLAN, {"name": "a", "rules": [], "tags": {"a": "b"}}, ["tags"], id="takes-no-tags"),
    ],
)
def test_what_has_no_place_is_listed(row: Resource, inputs: Mapping[str, Any], expected: list[str]) -> None:
    assert unhandled(row, inputs) == expected
