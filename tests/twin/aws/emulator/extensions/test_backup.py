import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served


def _plan(served: Served, name: str) -> tuple[Any, str]:
    backup = served.clients("backup")
    rules = [{"RuleName": "daily", "TargetBackupVaultName": "world"}]
    return backup, backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": rules})[
        "BackupPlanId"
    ]


def test_a_plan_with_a_selection_is_deleted_only_after_it(mended: Served) -> None:
    backup, plan_id = _plan(mended, "selected")
    selection = {"SelectionName": "all", "IamRoleArn": mended.world["role"], "Resources": ["*"]}
    selected = backup.create_backup_selection(BackupPlanId=plan_id, BackupSelection=selection)
    listed = backup.list_backup_selections(BackupPlanId=plan_id)["BackupSelectionsList"]
    assert [(it["SelectionId"], it["SelectionName"]) for it in listed] == [(selected["SelectionId"], "all")]
    with pytest.raises(ClientError, match="selections must be deleted"):
        backup.delete_backup_plan(BackupPlanId=plan_id)
    backup.delete_backup_selection(BackupPlanId=plan_id, SelectionId=selected["SelectionId"])
    backup.delete_backup_plan(BackupPlanId=plan_id)


def test_a_plan_is_updated_in_a_new_version(mended: Served) -> None:
    backup, plan_id = _plan(mended, "updated")
    before = backup.get_backup_plan(BackupPlanId=plan_id)["VersionId"]
    rules = [
        {"RuleName": "hourly", "TargetBackupVaultName": "world", "ScheduleExpression": "cron(0 * * * ? *)"}
    ]
    backup.update_backup_plan(BackupPlanId=plan_id, BackupPlan={"BackupPlanName": "updated", "Rules": rules})
    after = backup.get_backup_plan(BackupPlanId=plan_id)
    assert [rule["RuleName"] for rule in after["BackupPlan"]["Rules"]] == ["hourly"]
    assert after["VersionId"] != before


def test_a_vault_keeps_its_access_policy_until_it_is_taken_away(mended: Served) -> None:
    backup = mended.clients("backup")
    backup.create_backup_vault(BackupVaultName="guarded")
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    backup.put_backup_vault_access_policy(BackupVaultName="guarded", Policy=policy)
    assert backup.get_backup_vault_access_policy(BackupVaultName="guarded")["Policy"] == policy
    backup.delete_backup_vault_access_policy(BackupVaultName="guarded")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        backup.get_backup_vault_access_policy(BackupVaultName="guarded")


def test_a_locked_vault_shows_its_lock(extended: Served) -> None:
    backup = extended.clients("backup")
    backup.create_backup_vault(BackupVaultName="locked")
    backup.put_backup_vault_lock_configuration(
        BackupVaultName="locked", MinRetentionDays=7, MaxRetentionDays=365, ChangeableForDays=3
    )
    vault = backup.describe_backup_vault(BackupVaultName="locked")
    assert (vault["Locked"], vault["MinRetentionDays"], vault["MaxRetentionDays"]) == (True, 7, 365)
