"""BackupVault: vault, lock, plan."""

from typing import Any

import pytest

from components.backup_vault import BackupRule, BackupVault, BackupVaultArgs
from components.exceptions import ComponentError
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/backup"
COPY = "arn:aws:backup:eu-west-1:123456789012:backup-vault:case"
TAGS = {"environment": "test"}
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
DAILY: BackupRule = {"name": "daily", "schedule": "cron(0 2 * * ? *)", "retention_days": 90}
PLANNED: dict[str, Any] = {"rules": [DAILY], "selections": [{"tag": "backup", "value": "case"}]}


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {"kms_key_arn": KEY, "tags": TAGS}
    return record(lambda: BackupVault("case", BackupVaultArgs(**(given | args))))


def lock(mode: str, shortest: int = 30, longest: int = 365, **more: int) -> dict[str, object]:
    return {"mode": mode, "minimum_retention_days": shortest, "maximum_retention_days": longest, **more}


def test_a_vault_without_rules_only_receives() -> None:
    recording = declare()
    assert recording.names == [
        ("aws:backup/vault:Vault", "case-vault"),
        ("aws:backup/vaultPolicy:VaultPolicy", "case-policy"),
        ("estate:recovery:BackupVault", "case"),
    ]
    assert dict(recording.one("aws:backup/vault:Vault").inputs) == {
        "name": "case",
        "kmsKeyArn": KEY,
        "forceDestroy": False,
        "tags": TAGS,
    }


def test_a_vault_with_rules_has_a_plan_a_selection_and_a_role() -> None:
    recording = declare(**PLANNED, lock=lock("governance"))
    assert recording.names == [
        ("aws:backup/plan:Plan", "case-plan"),
        ("aws:backup/selection:Selection", "case-selection"),
        ("aws:backup/vault:Vault", "case-vault"),
        ("aws:backup/vaultLockConfiguration:VaultLockConfiguration", "case-lock"),
        ("aws:backup/vaultPolicy:VaultPolicy", "case-policy"),
        ("aws:iam/role:Role", "case-role"),
        (ATTACHMENT, "case-role-backup"),
        (ATTACHMENT, "case-role-restore"),
        (ATTACHMENT, "case-role-s3-backup"),
        (ATTACHMENT, "case-role-s3-restore"),
        ("estate:recovery:BackupVault", "case"),
    ]
    assert recording.untagged(TAGS) == []


def test_nobody_may_remove_a_recovery_point() -> None:
    policy = declare().one("aws:backup/vaultPolicy:VaultPolicy").document("policy")
    assert policy["Statement"] == [
        {
            "Sid": "DenyRemoval",
            "Effect": "Deny",
            "Action": [
                "backup:DeleteBackupVault",
                "backup:DeleteRecoveryPoint",
                "backup:DisassociateRecoveryPoint",
                "backup:UpdateRecoveryPointLifecycle",
            ],
            "Resource": "*",
            "Principal": "*",
        }
    ]


def test_another_account_may_copy_into_the_vault_where_it_is_named() -> None:
    policy = declare(copy_source_account_ids=["210987654321"]).one("aws:backup/vaultPolicy:VaultPolicy")
    assert policy.document("policy")["Statement"][1] == {
        "Sid": "AllowCopies",
        "Effect": "Allow",
        "Action": ["backup:CopyIntoBackupVault"],
        "Resource": "*",
        "Principal": {"AWS": ["arn:aws:iam::210987654321:root"]},
    }


@pytest.mark.parametrize(
    ("given", "grace"),
    [
        pytest.param(lock("governance"), {}, id="governance"),
        pytest.param(lock("compliance"), {"changeableForDays": 7}, id="compliance"),
        pytest.param(lock("compliance", grace_days=3), {"changeableForDays": 3}, id="compliance-soon"),
    ],
)
def test_only_a_compliance_lock_has_days_of_grace(given: dict[str, object], grace: dict[str, int]) -> None:
    recorded = declare(lock=given).one("aws:backup/vaultLockConfiguration:VaultLockConfiguration")
    assert dict(recorded.inputs) == {
        "backupVaultName": "case",
        "minRetentionDays": 30,
        "maxRetentionDays": 365,
        **grace,
    }


def test_a_rule_saves_here_and_copies_to_the_other_vaults() -> None:
    rule: BackupRule = {**DAILY, "copy_to_vault_arns": [COPY], "copy_retention_days": 30}
    recording = declare(**{**PLANNED, "rules": [rule]})
    assert recording.one("aws:backup/plan:Plan").inputs["rules"] == [
        {
            "ruleName": "daily",
            "targetVaultName": "case",
            "schedule": "cron(0 2 * * ? *)",
            "startWindow": 60,
            "completionWindow": 360,
            "enableContinuousBackup": False,
            "lifecycle": {"deleteAfter": 90},
            "copyActions": [{"destinationVaultArn": COPY, "lifecycle": {"deleteAfter": 30}}],
            "recoveryPointTags": TAGS,
        }
    ]


def test_what_is_saved_is_selected_by_tag() -> None:
    selection = declare(**PLANNED).one("aws:backup/selection:Selection")
    assert dict(selection.inputs) == {
        "iamRoleArn": "arn:aws:iam:eu-west-2:123456789012:case-role",
        "name": "case",
        "planId": "case-plan-id",
        "selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "case"}],
    }


def test_the_role_serves_aws_backup_of_this_account_with_its_managed_policies() -> None:
    recording = declare(**PLANNED)
    [trust] = recording.one("aws:iam/role:Role").document("assumeRolePolicy")["Statement"]
    assert trust["Principal"] == {"Service": "backup.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert [item.inputs["policyArn"] for item in recording.of_type(ATTACHMENT)] == [
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
        "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores",
        "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
        "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore",
    ]


@pytest.mark.parametrize(
    ("args", "rule"),
    [
        pytest.param({"rules": [DAILY]}, "got 1 rules and no selection", id="saves-nothing"),
        pytest.param(
            {**PLANNED, "rules": [{**DAILY, "continuous": True}]},
            "1 to 35 days, got 90",
            id="continuous-for-too-long",
        ),
        pytest.param(
            {**PLANNED, "rules": [{**DAILY, "complete_within_minutes": 60}]},
            "got 60 and 60",
            id="no-time-to-run",
        ),
        pytest.param({"lock": lock("governance", 10, 9)}, "got 10 to 9 days", id="lock-of-no-length"),
        pytest.param({"lock": lock("compliance", grace_days=2)}, "at least 3 days, got 2", id="no-grace"),
        pytest.param(
            {**PLANNED, "lock": lock("governance", 120)}, "less than 120 .* got 90", id="lock-refuses-rule"
        ),
    ],
)
def test_an_impossible_vault_is_refused(args: dict[str, Any], rule: str) -> None:
    with pytest.raises(ComponentError, match=rule):
        declare(**args)
