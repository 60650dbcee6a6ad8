"""KMS's rows."""

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.tags import Form, tags_by

__all__ = ["RESOURCES"]

TAGGING = tags_by(
    "tag_resource",
    "untag_resource",
    {"KeyId": "id"},
    form=Form.TAG_KEY,
    read="list_resource_tags",
    present="tagging.Tags",
)
READ = Call("describe_key", {"KeyId": "id"}, pick="answer.KeyMetadata")
DOCUMENT = Call("get_key_policy", {"KeyId": "id", "PolicyName": "'default'"}, pick="answer.Policy")
GONE = "item.KeyState == 'PendingDeletion' || item.KeyState == 'PendingReplicaDeletion'"
CHANGES = (
    Call("update_key_description", {"KeyId": "id", "Description": "inputs.description"}),
    Call(
        "put_key_policy",
        {"KeyId": "id", "PolicyName": "'default'", "Policy": "inputs.policy"},
    ),
)
DELETE = (
    Call(
        "schedule_key_deletion",
        {"KeyId": "id", "PendingWindowInDays": "inputs.deletionWindowInDays"},
        tolerates=("KMSInvalidStateException",),
    ),
)
USED_ON_DELETE = {"deletionWindowInDays": "used when the key is deleted"}


def enabled_by(name: str) -> tuple[Call, ...]:
    """A key is in use or not as the property says."""
    return (
        Call("enable_key", {"KeyId": "id"}, on=(name,), when=f"inputs.{name}"),
        Call("disable_key", {"KeyId": "id"}, on=(name,), when=f"!inputs.{name}"),
    )


KEY = Resource(
    token="aws:kms/key:Key",
    service="kms",
    create=Call("create_key", takes=Take.ALL, pick="answer.KeyMetadata"),
    id="answer.KeyMetadata.KeyId",
    settings=(
        Call(
            "enable_key_rotation",
            {"KeyId": "id", "RotationPeriodInDays": "inputs.rotationPeriodInDays"},
            on=("enableKeyRotation", "rotationPeriodInDays"),
            when="inputs.enableKeyRotation",
        ),
        Call(
            "disable_key_rotation",
            {"KeyId": "id"},
            on=("enableKeyRotation",),
            when="!inputs.enableKeyRotation",
        ),
        *enabled_by("isEnabled"),
    ),
    updates=CHANGES,
    read=READ,
    also={
        "document": DOCUMENT,
        "rotation": Call("get_key_rotation_status", {"KeyId": "id"}),
    },
    gone=GONE,
    delete=DELETE,
    tagging=TAGGING,
    renames={"customerMasterKeySpec": "KeySpec"},
    defaults={
        "isEnabled": True,
        "enableKeyRotation": False,
        "deletionWindowInDays": 30,
    },
    outputs={
        "arn": "item.Arn",
        "isEnabled": "item.Enabled",
        "policy": "document",
        "enableKeyRotation": "rotation.KeyRotationEnabled",
        "rotationPeriodInDays": "rotation.RotationPeriodInDays",
    },
    replaces=frozenset(
        {
            "customerMasterKeySpec",
            "customKeyStoreId",
            "keyUsage",
            "multiRegion",
            "xksKeyId",
        }
    ),
    ignored=USED_ON_DELETE,
    unread={"bypassPolicyLockoutSafetyCheck": "an argument of the call"},
)

ALIAS = Resource(
    token="aws:kms/alias:Alias",
    service="kms",
    create=Call("create_alias", takes=Take.ALL, pick="inputs"),
    id="inputs.name",
    updates=(Call("update_alias", {"AliasName": "id", "TargetKeyId": "inputs.targetKeyId"}),),
    read=Call("describe_key", {"KeyId": "id"}, pick="answer.KeyMetadata"),
    refresh=True,
    delete=(Call("delete_alias", {"AliasName": "id"}),),
    name=Name(limit=256, allowed=r"\w/-", beginning="alias/"),
    renames={"name": "AliasName"},
    outputs={
        "arn": Text("arn:aws:kms:{region}:{account}:{id}"),
        "name": "id",
        "targetKeyArn": "item.Arn",
        "targetKeyId": "starts_with(inputs.targetKeyId, 'arn:') && item.Arn || item.KeyId",
    },
    replaces=frozenset({"name", "namePrefix"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

REPLICA_KEY = Resource(
    token="aws:kms/replicaKey:ReplicaKey",
    service="kms",
    create=Call(
        "replicate_key",
        {
            "KeyId": Through(lambda arn: arn.rpartition("/")[2], "inputs.primaryKeyArn"),
            "ReplicaRegion": "region",
        },
        takes=Take.ALL,
        region=Through(lambda arn: arn.split(":")[3], "inputs.primaryKeyArn"),
        pick="answer.ReplicaKeyMetadata",
    ),
    id="answer.ReplicaKeyMetadata.KeyId",
    settings=enabled_by("enabled"),
    updates=CHANGES,
    read=READ,
    also={"document": DOCUMENT},
    gone=GONE,
    delete=DELETE,
    tagging=TAGGING,
    defaults={"enabled": True, "deletionWindowInDays": 30},
    outputs={
        "arn": "item.Arn",
        "policy": "document",
        "primaryKeyArn": "item.MultiRegionConfiguration.PrimaryKey.Arn",
    },
    replaces=frozenset({"primaryKeyArn"}),
    ignored=USED_ON_DELETE,
    unread={"bypassPolicyLockoutSafetyCheck": "an argument of the call"},
)

RESOURCES = (KEY, ALIAS, REPLICA_KEY)
