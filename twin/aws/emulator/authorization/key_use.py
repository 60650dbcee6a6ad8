"""What a call needs of the customer's key with which a resource is encrypted: the caller's own rights count.

A key of AWS's own (``alias/aws/…``) is open to the account by its service, and needs no permission of the caller.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from twin.aws.emulator.authorization.finders import encryption_context
from twin.aws.emulator.authorization.requests import Asked, Needs
from twin.aws.emulator.authorization.s3_operations import object_arn

__all__ = ["key_needs"]

_ENCRYPT, _DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"
_BOTH = (_ENCRYPT, _DECRYPT)


@dataclass(frozen=True)
class _Use:
    """Attributes: actions: on the key. find: the key as the resource names it, and its encryption context."""

    actions: tuple[str, ...]
    find: Callable[[Asked, str], tuple[str, Mapping[str, str]]]


def key_needs(asked: Asked, needs: list[Needs]) -> list[Needs]:
    """What is needed of keys beside the other needs of the call."""
    use = _USES.get((asked.service, asked.operation))
    return [it for need in needs for it in _of_resource(asked, use, need.resource)] if use else []


def _of_resource(asked: Asked, use: _Use, resource: str) -> Iterator[Needs]:
    key_id, context = use.find(asked, resource)
    if not key_id or "alias/aws/" in key_id:
        return
    key_arn = asked.holdings.key_arn(asked.place, key_id)
    if key_arn is None:
        return
    keys = {
        **encryption_context(context),
        "kms:viaservice": f"{asked.service}.{asked.place.region}.amazonaws.com",
        "kms:calleraccount": asked.place.account,
    }
    for action in use.actions:
        yield Needs(action, key_arn, keys)


def _encrypted(context_key: str) -> Callable[[Asked, str], tuple[str, Mapping[str, str]]]:
    """The key of the resource, whose ARN is its encryption context."""

    def find(asked: Asked, resource: str) -> tuple[str, Mapping[str, str]]:
        key_id = asked.holdings.encryption_key(asked.service, asked.place, resource)
        return key_id, {context_key: resource}

    return find


def _secret(asked: Asked, resource: str) -> tuple[str, Mapping[str, str]]:
    facts = asked.holdings.secret(asked.place, str(asked.parameters.get("SecretId", "")))
    return (facts.key_id, {"SecretARN": facts.arn}) if facts else ("", {})


def _read_parameter(asked: Asked, resource: str) -> tuple[str, Mapping[str, str]]:
    if not asked.parameters.get("WithDecryption"):
        return "", {}
    return _encrypted("PARAMETER_ARN")(asked, resource)


def _written_object(asked: Asked, resource: str) -> tuple[str, Mapping[str, str]]:
    """The key that the request names, else the bucket's. Source: S3 user guide, "Using server-side encryption with
    AWS KMS keys (SSE-KMS)"."""
    given = asked.parameters
    bucket, name = str(given["Bucket"]), str(given["Key"])
    if given.get("ServerSideEncryption") not in (None, "aws:kms", "aws:kms:dsse"):
        return "", {}
    key_id = given.get("SSEKMSKeyId") or asked.holdings.encryption_key(
        "s3", asked.place, f"arn:aws:s3:::{bucket}"
    )
    return key_id, _object_context(asked, bucket, name)


def _read_object(asked: Asked, resource: str) -> tuple[str, Mapping[str, str]]:
    bucket, _, name = resource.removeprefix("arn:aws:s3:::").partition("/")
    if not name:
        return "", {}
    return asked.holdings.object_key(asked.place, bucket, name), _object_context(asked, bucket, name)


def _object_context(asked: Asked, bucket: str, name: str) -> Mapping[str, str]:
    """Source: S3 user guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys": the bucket's ARN with one."""
    has_bucket_key = asked.holdings.has_bucket_key(asked.place, bucket)
    return {"aws:s3:arn": f"arn:aws:s3:::{bucket}" if has_bucket_key else object_arn(bucket, name)}


_QUEUE, _TOPIC, _STREAM = (
    _encrypted("aws:sqs:arn"),
    _encrypted("aws:sns:topicArn"),
    _encrypted("aws:kinesis:arn"),
)

_USES: Mapping[tuple[str, str], _Use] = {
    # Source: SQS developer guide, "Configuring KMS permissions for Amazon SQS".
    **dict.fromkeys((("sqs", "SendMessage"), ("sqs", "SendMessageBatch")), _Use(_BOTH, _QUEUE)),
    ("sqs", "ReceiveMessage"): _Use((_DECRYPT,), _QUEUE),
    # Source: SNS developer guide, "Managing Amazon SNS encryption keys and costs".
    **dict.fromkeys((("sns", "Publish"), ("sns", "PublishBatch")), _Use(_BOTH, _TOPIC)),
    # Source: Kinesis developer guide, "Permissions to use user-generated KMS keys".
    **dict.fromkeys((("kinesis", "PutRecord"), ("kinesis", "PutRecords")), _Use((_ENCRYPT,), _STREAM)),
    ("kinesis", "GetRecords"): _Use((_DECRYPT,), _STREAM),
    # Source: Secrets Manager user guide, "Secret encryption and decryption in AWS Secrets Manager".
    ("secretsmanager", "GetSecretValue"): _Use((_DECRYPT,), _secret),
    ("secretsmanager", "PutSecretValue"): _Use(_BOTH, _secret),
    # Source: KMS developer guide, "How AWS Systems Manager Parameter Store uses AWS KMS".
    **dict.fromkeys((("ssm", "GetParameter"), ("ssm", "GetParameters")), _Use((_DECRYPT,), _read_parameter)),
    # Source: S3 user guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)", with multipart uploads.
    ("s3", "PutObject"): _Use((_ENCRYPT,), _written_object),
    **dict.fromkeys(
        (("s3", "CreateMultipartUpload"), ("s3", "UploadPart"), ("s3", "CompleteMultipartUpload")),
        _Use(_BOTH, _written_object),
    ),
    ("s3", "GetObject"): _Use((_DECRYPT,), _read_object),
}
"""HeadObject reads no content: it needs no key here. GetParametersByPath is not followed into each parameter's key."""
