"""Rows of what configures a bucket: each is one call to put it, one to get it and one to take it away."""

from collections.abc import Mapping
from typing import Any

from engine.provider import Change
from twin.aws.expressions import Expression
from twin.aws.resource import Call, Resource

__all__ = ["CONFIGURATION"]

_BUCKET = {"Bucket": "inputs.bucket"}

_OWNER = {"expectedBucketOwner": "it only guards against another account's bucket of that name"}


def _configuration(
    name: str,
    put: tuple[str, Mapping[str, Expression]],
    get: tuple[str, str],
    delete: tuple[str, Mapping[str, Expression]] | None,
    **more: Any,
) -> Resource:
    """A row of one kind of configuration. A bucket has at most one of a kind, so replacing deletes first.

    Args:
        name: the type's, as its token begins: ``bucketPolicy``.
        put, delete: method and parameters beside the bucket; get: method and where in the answer it is.
    """
    put_call = Call(put[0], {**_BUCKET, **put[1]}, pick="answer")
    return Resource(
        token=f"aws:s3/{name}:{name[0].upper()}{name[1:]}",
        service="s3",
        id="inputs.bucket",
        create=put_call,
        updates=(put_call,),
        read=Call(get[0], {"Bucket": "id"}, pick=get[1]),
        delete=(Call(delete[0], {"Bucket": "id", **delete[1]}),) if delete else (),
        outputs={"bucket": "id", **more.pop("outputs", {})},
        replaces=frozenset({"bucket"}),
        change=Change.DELETE_BEFORE_REPLACE,
        **more,
    )


_EVENTS = (
    "Events: events, Id: id, Filter: (filterPrefix || filterSuffix) && {Key: {FilterRules: ["
    "filterPrefix && {Name: 'prefix', Value: filterPrefix}, "
    "filterSuffix && {Name: 'suffix', Value: filterSuffix}][?@]}}"
)
"""A notification of Pulumi's in S3's form, but for where it goes."""

_LISTENED = (
    "events: Events, id: Id, "
    "filterPrefix: Filter.Key.FilterRules[?Name == 'prefix' || Name == 'Prefix'].Value | [0], "
    "filterSuffix: Filter.Key.FilterRules[?Name == 'suffix' || Name == 'Suffix'].Value | [0]"
)
"""And back."""

CONFIGURATION = (
    _configuration(
        "bucketVersioning",
        (
            "put_bucket_versioning",
            {
                "VersioningConfiguration": "inputs.versioningConfiguration.{Status: status, MFADelete: "
                "mfaDelete}",
                "MFA": "inputs.mfa",
            },
        ),
        ("get_bucket_versioning", "answer"),
        ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "'Suspended'"}}),
        gone="item.Status != 'Enabled' && inputs.versioningConfiguration.status == 'Enabled'",
        outputs={"versioningConfiguration": "item"},
        unread={
            "mfa": "it is a one-time code",
            "versioningConfiguration.mfaDelete": "S3 tells it only once it was set",
        },
        ignored=_OWNER,
    ),
    _configuration(
        "bucketServerSideEncryptionConfiguration",
        ("put_bucket_encryption", {"ServerSideEncryptionConfiguration": {"Rules": "inputs.rules"}}),
        ("get_bucket_encryption", "answer.ServerSideEncryptionConfiguration"),
        ("delete_bucket_encryption", {}),
        ignored=_OWNER,
    ),
    _configuration(
        "bucketPublicAccessBlock",
        (
            "put_public_access_block",
            {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": "inputs.blockPublicAcls || `false`",
                    "BlockPublicPolicy": "inputs.blockPublicPolicy || `false`",
                    "IgnorePublicAcls": "inputs.ignorePublicAcls || `false`",
                    "RestrictPublicBuckets": "inputs.restrictPublicBuckets || `false`",
                }
            },
        ),
        ("get_public_access_block", "answer.PublicAccessBlockConfiguration"),
        ("delete_public_access_block", {}),
        ignored={"skipDestroy": "a twin that is taken away keeps nothing"},
    ),
    _configuration(
        "bucketPolicy",
        ("put_bucket_policy", {"Policy": "inputs.policy"}),
        ("get_bucket_policy", "answer"),
        ("delete_bucket_policy", {}),
    ),
    _configuration(
        "bucketLifecycleConfiguration",
        (
            "put_bucket_lifecycle_configuration",
            {
                "LifecycleConfiguration": {"Rules": "inputs.rules"},
                "TransitionDefaultMinimumObjectSize": "inputs.transitionDefaultMinimumObjectSize",
            },
        ),
        ("get_bucket_lifecycle_configuration", "answer"),
        ("delete_bucket_lifecycle", {}),
        ignored={**_OWNER, "timeouts": "they say how long Pulumi waits"},
    ),
    _configuration(
        "bucketLogging",
        (
            "put_bucket_logging",
            {
                "BucketLoggingStatus": {
                    "LoggingEnabled": {
                        "TargetBucket": "inputs.targetBucket",
                        "TargetPrefix": "inputs.targetPrefix",
                        "TargetGrants": "inputs.targetGrants",
                        "TargetObjectKeyFormat": "inputs.targetObjectKeyFormat",
                    }
                }
            },
        ),
        ("get_bucket_logging", "answer.LoggingEnabled"),
        ("put_bucket_logging", {"BucketLoggingStatus": {}}),
        ignored=_OWNER,
    ),
    _configuration(
        "bucketOwnershipControls",
        ("put_bucket_ownership_controls", {"OwnershipControls": {"Rules": ["inputs.rule"]}}),
        ("get_bucket_ownership_controls", "answer.OwnershipControls"),
        ("delete_bucket_ownership_controls", {}),
        outputs={"rule": "item.Rules[0]"},
    ),
    _configuration(
        "bucketReplicationConfig",
        (
            "put_bucket_replication",
            {
                "ReplicationConfiguration": {"Role": "inputs.role", "Rules": "inputs.rules"},
                "Token": "inputs.token",
            },
        ),
        ("get_bucket_replication", "answer.ReplicationConfiguration"),
        ("delete_bucket_replication", {}),
        emulator_ignores={
            "rules.deleteMarkerReplication": "always answered as Disabled",
            "rules.destination": "kept in part: the bucket and the storage class",
            "rules.existingObjectReplication": "kept, and not answered",
            "rules.filter": "kept in part: the prefix",
            "rules.sourceSelectionCriteria": "kept, and not answered",
        },
        unread={"token": "only the call reads it"},
    ),
    _configuration(
        "bucketNotification",
        (
            "put_bucket_notification_configuration",
            {
                "NotificationConfiguration": {
                    "TopicConfigurations": f"inputs.topics[].{{TopicArn: topicArn, {_EVENTS}}}",
                    "QueueConfigurations": f"inputs.queues[].{{QueueArn: queueArn, {_EVENTS}}}",
                    "LambdaFunctionConfigurations": "inputs.lambdaFunctions[]."
                    f"{{LambdaFunctionArn: lambdaFunctionArn, {_EVENTS}}}",
                    "EventBridgeConfiguration": "inputs.eventbridge && `[{}]` || null",
                }
            },
        ),
        ("get_bucket_notification_configuration", "answer"),
        ("put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
        outputs={
            "topics": f"item.TopicConfigurations[].{{topicArn: TopicArn, {_LISTENED}}}",
            "queues": f"item.QueueConfigurations[].{{queueArn: QueueArn, {_LISTENED}}}",
            "lambdaFunctions": "item.LambdaFunctionConfigurations[]."
            f"{{lambdaFunctionArn: LambdaFunctionArn, {_LISTENED}}}",
            "eventbridge": "item.EventBridgeConfiguration != null",
        },
    ),
    _configuration(
        "bucketObjectLockConfiguration",
        (
            "put_object_lock_configuration",
            {
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "inputs.objectLockEnabled || 'Enabled'",
                    "Rule": "inputs.rule",
                },
                "Token": "inputs.token",
            },
        ),
        ("get_object_lock_configuration", "answer.ObjectLockConfiguration"),
        ("put_object_lock_configuration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "'Enabled'"}}),
        gone="!item.Rule && inputs.rule",
        unread={"token": "only the call reads it"},
        ignored=_OWNER,
    ),
)
