"""AWS Backup: selections, and the access policy of a vault."""

import datetime
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"


def _backend(context: Context) -> Any:
    from moto.backup.models import backup_backends

    return backup_backends[context.call.account][context.call.region]


def _collection(context: Context, kind: str) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, call.service, kind)


def _plan(context: Context) -> str:
    plan_id = context.call.parameters["BackupPlanId"]
    if plan_id not in _backend(context).plans:
        raise AwsError(
            "ResourceNotFoundException", f"Failed reading Backup plan with provided version: {plan_id}"
        )
    return plan_id


def _create_selection(context: Context) -> Document:
    plan_id = _plan(context)
    selections = _collection(context, "selection")
    given = context.call.parameters["BackupSelection"]
    if any(
        it["BackupPlanId"] == plan_id and it["BackupSelection"]["SelectionName"] == given["SelectionName"]
        for it in selections.values()
    ):
        raise AwsError("AlreadyExistsException", "Selection with the same plan document already exists")
    selection = {
        "SelectionId": str(uuid.uuid4()),
        "BackupPlanId": plan_id,
        "BackupSelection": given,
        "CreationDate": datetime.datetime.now(datetime.UTC),
    }
    selections[selection["SelectionId"]] = selection
    return selection


def _selection(context: Context) -> Document:
    plan_id, selection_id = _plan(context), context.call.parameters["SelectionId"]
    found = _collection(context, "selection").get(selection_id)
    if found is None or found["BackupPlanId"] != plan_id:
        raise AwsError("ResourceNotFoundException", f"Cannot find Backup selection with ID {selection_id}")
    return found


def _list_selections(context: Context) -> Document:
    plan_id = _plan(context)
    selections = [it for it in _collection(context, "selection").values() if it["BackupPlanId"] == plan_id]
    return {"BackupSelectionsList": [{**it, **it["BackupSelection"]} for it in selections]}


def _delete_selection(context: Context) -> Document:
    _collection(context, "selection").pop(_selection(context)["SelectionId"])
    return {}


def _delete_plan(context: Context) -> Document:
    """A plan with selections is not deleted, as on AWS."""
    plan_id = _plan(context)
    if any(it["BackupPlanId"] == plan_id for it in _collection(context, "selection").values()):
        message = "Related backup plan selections must be deleted prior to backup plan deletion"
        raise AwsError("InvalidRequestException", message)
    return context.document()


def _update_plan(context: Context) -> Document:
    """The plan is the given one, in a new version."""
    plan = _backend(context).plans[_plan(context)]
    plan.backup_plan = {**plan.backup_plan, **context.call.parameters["BackupPlan"]}
    plan.version_id = str(uuid.uuid4())
    return {
        "BackupPlanId": plan.backup_plan_id,
        "BackupPlanArn": plan.backup_plan_arn,
        "CreationDate": plan.creation_date,
        "VersionId": plan.version_id,
    }


def _vault(context: Context) -> Any:
    name = context.call.parameters["BackupVaultName"]
    vault = _backend(context).vaults.get(name)
    if vault is None:
        raise AwsError("ResourceNotFoundException", f"Backup vault {name} does not exist")
    return vault


def _put_policy(context: Context) -> Document:
    name = _vault(context).backup_vault_name
    _collection(context, "vault policy")[name] = {"Policy": context.call.parameters.get("Policy", "")}
    return {}


def _get_policy(context: Context) -> Document:
    vault = _vault(context)
    policy = _collection(context, "vault policy").get(vault.backup_vault_name)
    if policy is None:
        message = f"Backup vault access policy not found for vault {vault.backup_vault_name}"
        raise AwsError("ResourceNotFoundException", message)
    return {"BackupVaultName": vault.backup_vault_name, "BackupVaultArn": vault.backup_vault_arn, **policy}


def _delete_policy(context: Context) -> Document:
    _collection(context, "vault policy").pop(_vault(context).backup_vault_name, None)
    return {}


EXTENSIONS = (
    Extension(
        service="backup",
        topic="selections",
        stock="has none, and cannot update a plan",
        aws="a plan backs up what its selections name; a plan that has selections cannot be deleted",
        change="keeps selections by plan; updates plans",
        source=_API + "API_CreateBackupSelection.html",
        resources=("selection",),
        operations={
            "CreateBackupSelection": _create_selection,
            "GetBackupSelection": _selection,
            "ListBackupSelections": _list_selections,
            "DeleteBackupSelection": _delete_selection,
            "DeleteBackupPlan": _delete_plan,
            "UpdateBackupPlan": _update_plan,
        },
    ),
    Extension(
        service="backup",
        topic="vault access policies",
        stock="has none",
        aws="keeps a resource policy for each vault",
        change="keeps it",
        source=_API + "API_PutBackupVaultAccessPolicy.html",
        resources=("vault policy",),
        operations={
            "PutBackupVaultAccessPolicy": _put_policy,
            "GetBackupVaultAccessPolicy": _get_policy,
            "DeleteBackupVaultAccessPolicy": _delete_policy,
        },
    ),
)
