"""Rows of AWS Secrets Manager."""

from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.secretsmanager.hooks import find_version, replicate, see_whether_deleted
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_DESCRIBE = Call("describe_secret", {"SecretId": "id"}, pick="answer")

_PUT_POLICY = Call(
    "put_resource_policy",
    {
        "SecretId": "inputs.secretArn",
        "ResourcePolicy": "inputs.policy",
        "BlockPublicPolicy": "inputs.blockPublicPolicy",
    },
)

_ROTATE = Call("rotate_secret", takes=Take.ALL)

RESOURCES = (
    Resource(
        token="aws:secretsmanager/secret:Secret",
        service="secretsmanager",
        id="answer.ARN",
        name=Name(limit=512, allowed="A-Za-z0-9/_+=.@-"),
        create=Call(
            "create_secret",
            {"AddReplicaRegions": "inputs.replicas[].{Region: region, KmsKeyId: kmsKeyId}"},
            takes=Take.ALL,
        ),
        settings=(
            Call(
                "put_resource_policy", {"SecretId": "id", "ResourcePolicy": "inputs.policy"}, on=("policy",)
            ),
        ),
        updates=(Call("update_secret", {"SecretId": "id"}, takes=Take.CHANGED),),
        before_update=replicate,
        read=_DESCRIBE,
        gone="item.DeletedDate",
        also={
            "resource_policy": Call("get_resource_policy", {"SecretId": "id"}, pick="answer.ResourcePolicy")
        },
        before_delete=see_whether_deleted,
        delete=(
            Call(
                "remove_regions_from_replication",
                {"SecretId": "id", "RemoveReplicaRegions": "inputs.replicas[].region"},
                when="!deleted && inputs.replicas",
            ),
            Call(
                "delete_secret",
                {"SecretId": "id", "ForceDeleteWithoutRecovery": "`true`"},
                when="!deleted && inputs.recoveryWindowInDays == `0`",
            ),
            Call(
                "delete_secret",
                {"SecretId": "id", "RecoveryWindowInDays": "not_null(inputs.recoveryWindowInDays, `30`)"},
                when="!deleted && inputs.recoveryWindowInDays != `0`",
            ),
        ),
        outputs={
            "arn": "item.ARN",
            "policy": "resource_policy",
            "replicas": "item.ReplicationStatus[].{region: Region, kmsKeyId: KmsKeyId, status: Status, "
            "statusMessage: StatusMessage}",
        },
        defaults={"description": ""},
        replaces=frozenset({"name", "namePrefix", "type"}),
        ignored={"recoveryWindowInDays": "deletion reads it"},
        unread={"forceOverwriteReplicaSecret": "only creation reads it"},
        hook_reads=frozenset({"replicas"}),
        tagging=tags_by("tag_resource", "untag_resource", {"SecretId": "id"}),
    ),
    Resource(
        token="aws:secretsmanager/secretVersion:SecretVersion",
        service="secretsmanager",
        id=Text("{inputs.secretId}|{answer.VersionId}"),
        create=Call(
            "put_secret_value",
            {
                "SecretId": "inputs.secretId",
                "SecretString": "inputs.secretString || inputs.secretStringWo",
                "VersionStages": "inputs.versionStages",
            },
            pick="answer",
        ),
        read=Call("describe_secret", {"SecretId": "inputs.secretId"}, pick="answer"),
        gone="item.DeletedDate",
        after_read=find_version,
        outputs={
            "arn": "item.ARN",
            "secretArn": "item.ARN",
            "versionId": "item.VersionId",
            "versionStages": "item.VersionStages",
            "hasSecretStringWo": "!(!inputs.secretStringWo)",
        },
        replaces=frozenset(
            {"secretId", "secretString", "secretStringWo", "secretStringWoVersion", "versionStages"}
        ),
        ignored={"secretStringWoVersion": "its change makes Pulumi send the value again"},
        secrets=frozenset({"secretString", "secretStringWo"}),
    ),
    Resource(
        token="aws:secretsmanager/secretRotation:SecretRotation",
        service="secretsmanager",
        id="inputs.secretId",
        create=_ROTATE,
        updates=(_ROTATE,),
        read=_DESCRIBE,
        gone="!item.RotationEnabled",
        delete=(Call("cancel_rotate_secret", {"SecretId": "id"}),),
        outputs={"rotationEnabled": "item.RotationEnabled"},
        replaces=frozenset({"secretId"}),
        ignored={"rotationEnabled": "AWS tells it"},
        unread={"secretId": "the id says it", "rotateImmediately": "only the call reads it"},
    ),
    Resource(
        token="aws:secretsmanager/secretPolicy:SecretPolicy",
        service="secretsmanager",
        id="inputs.secretArn",
        create=_PUT_POLICY,
        updates=(_PUT_POLICY,),
        read=Call("get_resource_policy", {"SecretId": "id"}, pick="answer"),
        gone="!item.ResourcePolicy",
        delete=(Call("delete_resource_policy", {"SecretId": "id"}),),
        renames={"policy": "ResourcePolicy", "secretArn": "ARN"},
        replaces=frozenset({"secretArn"}),
        unread={"blockPublicPolicy": "only the call reads it"},
    ),
)
