"""Samples of AWS Backup."""

from tests.twin.aws.sample import Ref, Sample

VAULT = Sample(
    "aws:backup/vault:Vault",
    {"kmsKeyArn": "arn:aws:kms:eu-west-2:123456789012:key/1"},
    outputs=("arn", "name", "recoveryPoints"),
)
POLICY = Sample(
    "aws:backup/vaultPolicy:VaultPolicy",
    {
        "backupVaultName": Ref("vault", "name"),
        "policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",'
        '"Action":"backup:DeleteRecoveryPoint","Resource":"*"}]}',
    },
    needs={"vault": VAULT},
    outputs=("backupVaultArn",),
)
LOCK = Sample(
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    {"backupVaultName": Ref("vault", "name"), "minRetentionDays": 7, "maxRetentionDays": 35},
    needs={"vault": VAULT},
    changes={"maxRetentionDays": 70},
    outputs=("backupVaultArn",),
)


def daily(days: int) -> dict[str, object]:
    return {
        "ruleName": "daily",
        "targetVaultName": Ref("vault", "name"),
        "schedule": "cron(0 1 * * ? *)",
        "startWindow": 60,
        "completionWindow": 180,
        "enableContinuousBackup": True,
        "lifecycle": {"deleteAfter": days},
        "copyActions": [
            {
                "destinationVaultArn": "arn:aws:backup:eu-west-2:210987654321:backup-vault:locked",
                "lifecycle": {"deleteAfter": days},
            }
        ],
    }


PLAN = Sample(
    "aws:backup/plan:Plan",
    {"rules": [daily(35)]},
    needs={"vault": VAULT},
    changes={"rules": [daily(70)]},
    outputs=("arn", "name", "version"),
)
SELECTION = Sample(
    "aws:backup/selection:Selection",
    {
        "planId": Ref("plan"),
        "iamRoleArn": "arn:aws:iam::123456789012:role/backup",
        "selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}],
    },
    needs={"plan": PLAN},
    outputs=("name",),
)

SAMPLES = (VAULT, POLICY, LOCK, PLAN, SELECTION)
