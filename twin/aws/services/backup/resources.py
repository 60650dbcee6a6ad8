"""Rows of AWS Backup."""

from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.tags import Form, Tagging, tags_by

__all__ = ["RESOURCES"]

_VAULT = {"BackupVaultName": "inputs.backupVaultName"}

_ARN = Text("arn:aws:backup:{region}:{account}:backup-vault:{inputs.backupVaultName}")

_PUT_POLICY = Call(
    "put_backup_vault_access_policy", {**_VAULT, "Policy": "inputs.policy"}, pick="answer || `{}`"
)


def _tags(member: str) -> Tagging:
    return tags_by(
        "tag_resource",
        "untag_resource",
        {"ResourceArn": "outputs.arn || item.BackupVaultArn || item.BackupPlanArn"},
        form=Form.MAP,
        member=member,
        keys="TagKeyList",
        read="list_tags",
        present="tagging.Tags",
    )


_CONDITIONS = {
    "Conditions": {
        theirs: f"inputs.conditions[].{ours}[].{{ConditionKey: key, ConditionValue: value}}"
        for ours, theirs in {
            "stringEquals": "StringEquals",
            "stringLikes": "StringLike",
            "stringNotEquals": "StringNotEquals",
            "stringNotLikes": "StringNotLike",
        }.items()
    }
}

RESOURCES = (
    Resource(
        token="aws:backup/vault:Vault",
        service="backup",
        id="inputs.name",
        name=Name(limit=50, allowed="A-Za-z0-9_-"),
        create=Call("create_backup_vault", takes=Take.ALL),
        read=Call("describe_backup_vault", {"BackupVaultName": "id"}, pick="answer"),
        delete=(Call("delete_backup_vault", {"BackupVaultName": "id"}),),
        outputs={"arn": "item.BackupVaultArn", "recoveryPoints": "item.NumberOfRecoveryPoints || `0`"},
        renames={"name": "BackupVaultName", "kmsKeyArn": "EncryptionKeyArn"},
        replaces=frozenset({"name", "kmsKeyArn"}),
        ignored={"forceDestroy": "the twin keeps recovery points nowhere else, and deletion removes them"},
        tagging=_tags("BackupVaultTags"),
    ),
    Resource(
        token="aws:backup/vaultPolicy:VaultPolicy",
        service="backup",
        id="inputs.backupVaultName",
        create=_PUT_POLICY,
        updates=(_PUT_POLICY,),
        read=Call("get_backup_vault_access_policy", {"BackupVaultName": "id"}, pick="answer"),
        delete=(Call("delete_backup_vault_access_policy", {"BackupVaultName": "id"}),),
        outputs={"backupVaultArn": _ARN},
        replaces=frozenset({"backupVaultName"}),
    ),
    Resource(
        token="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        service="backup",
        id="inputs.backupVaultName",
        create=Call("put_backup_vault_lock_configuration", takes=Take.ALL),
        updates=(Call("put_backup_vault_lock_configuration", takes=Take.ALL),),
        read=Call("describe_backup_vault", {"BackupVaultName": "id"}, pick="answer"),
        gone="!item.Locked",
        delete=(Call("delete_backup_vault_lock_configuration", {"BackupVaultName": "id"}),),
        outputs={"backupVaultArn": "item.BackupVaultArn"},
        replaces=frozenset({"backupVaultName"}),
        unread={"changeableForDays": "the description tells the date that follows from it"},
    ),
    Resource(
        token="aws:backup/plan:Plan",
        service="backup",
        id="answer.BackupPlanId",
        name=Name("name", "", limit=50, allowed="A-Za-z0-9_.-"),
        create=Call("create_backup_plan", takes=Take.ALL, within="BackupPlan"),
        updates=(Call("update_backup_plan", {"BackupPlanId": "id"}, takes=Take.ALL, within="BackupPlan"),),
        read=Call("get_backup_plan", {"BackupPlanId": "id"}, pick="answer.merge(@, BackupPlan)"),
        gone="item.DeletionDate",
        delete=(Call("delete_backup_plan", {"BackupPlanId": "id"}),),
        outputs={"arn": "item.BackupPlanArn", "version": "item.VersionId"},
        renames={
            "name": "BackupPlanName",
            "rules.completionWindow": "CompletionWindowMinutes",
            "rules.startWindow": "StartWindowMinutes",
            "rules.schedule": "ScheduleExpression",
            "rules.targetVaultName": "TargetBackupVaultName",
            "rules.lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
            "rules.lifecycle.deleteAfter": "DeleteAfterDays",
            "rules.copyActions.destinationVaultArn": "DestinationBackupVaultArn",
            "rules.copyActions.lifecycle.coldStorageAfter": "MoveToColdStorageAfterDays",
            "rules.copyActions.lifecycle.deleteAfter": "DeleteAfterDays",
        },
        tagging=_tags("BackupPlanTags"),
    ),
    Resource(
        token="aws:backup/selection:Selection",
        service="backup",
        id="answer.SelectionId",
        name=Name("name", "", limit=50, allowed="A-Za-z0-9_.-"),
        create=Call(
            "create_backup_selection",
            {"BackupPlanId": "inputs.planId", "BackupSelection": _CONDITIONS},
            takes=Take.ALL,
            within="BackupSelection",
        ),
        read=Call(
            "get_backup_selection",
            {"BackupPlanId": "inputs.planId", "SelectionId": "id"},
            pick="answer.merge(@, BackupSelection)",
        ),
        delete=(Call("delete_backup_selection", {"BackupPlanId": "inputs.planId", "SelectionId": "id"}),),
        renames={
            "name": "SelectionName",
            "planId": "BackupPlanId",
            "selectionTags": "ListOfTags",
            "selectionTags.type": "ConditionType",
            "selectionTags.key": "ConditionKey",
            "selectionTags.value": "ConditionValue",
        },
        replaces=frozenset(
            {"name", "planId", "iamRoleArn", "resources", "notResources", "selectionTags", "conditions"}
        ),
        unread={"conditions": "the description has them by kind, with other names"},
    ),
)
