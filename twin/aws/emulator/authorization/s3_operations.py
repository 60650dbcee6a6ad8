"""Which permissions the operations of S3 need.

Source: S3 user guide, "Required permissions for Amazon S3 API operations",
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from twin.aws.emulator.authorization.requests import Asked, Needs, Row

__all__ = ["S3", "object_arn"]

_HEADERS = {
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "ACL": "s3:x-amz-acl",
    "StorageClass": "s3:x-amz-storage-class",
    "CopySource": "s3:x-amz-copy-source",
}
"""Members of requests by the condition keys of their headers. Source: S3 user guide, "Bucket policy examples using
condition keys"."""

_LISTED = {"Prefix": "s3:prefix", "Delimiter": "s3:delimiter", "MaxKeys": "s3:max-keys"}


def object_arn(bucket: str, name: str) -> str:
    return f"arn:aws:s3:::{bucket}/{name}"


def _keys(asked: Asked, members: Mapping[str, str]) -> dict[str, str | list[str]]:
    given = asked.parameters
    return {key: str(given[member]) for member, key in members.items() if given.get(member) is not None}


def _on_object(action: str, versioned: str | None = None) -> Row:
    """Args: versioned: the action where a version is named."""

    def needs(asked: Asked) -> Iterator[Needs]:
        given = asked.parameters
        name = versioned if versioned and given.get("VersionId") else action
        yield Needs(f"s3:{name}", object_arn(given["Bucket"], given["Key"]), _keys(asked, _HEADERS))

    return needs


def _read(asked: Asked) -> Iterator[Needs]:
    """Who may not list a bucket is not told that an object is not there. Source: S3 API reference, GetObject."""
    yield from _on_object("GetObject", "GetObjectVersion")(asked)
    given = asked.parameters
    if asked.holdings.lacks_object(asked.place, given["Bucket"], given["Key"]):
        yield Needs("s3:ListBucket", f"arn:aws:s3:::{given['Bucket']}")


def _on_bucket(action: str) -> Row:
    def needs(asked: Asked) -> Iterator[Needs]:
        yield Needs(f"s3:{action}", f"arn:aws:s3:::{asked.parameters['Bucket']}", _keys(asked, _LISTED))

    return needs


def _put(asked: Asked) -> Iterator[Needs]:
    given, keys = asked.parameters, _keys(asked, _HEADERS)
    resource = object_arn(given["Bucket"], given["Key"])
    yield Needs("s3:PutObject", resource, keys)
    if given.get("IfMatch"):
        # Source: S3 user guide, "How to prevent object overwrites with conditional writes".
        yield Needs("s3:GetObject", resource)
    if given.get("Tagging"):
        yield Needs("s3:PutObjectTagging", resource, keys)
    if given.get("ACL"):
        yield Needs("s3:PutObjectAcl", resource, keys)


def _copy(asked: Asked) -> Iterator[Needs]:
    source = asked.parameters.get("CopySource", "")
    text = source if isinstance(source, str) else f"{source['Bucket']}/{source['Key']}"
    path, _, version = unquote(text).removeprefix("/").partition("?versionId=")
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    yield Needs(action, f"arn:aws:s3:::{path}")
    yield from _put(asked)


def _delete_all(asked: Asked) -> Iterator[Needs]:
    """Each object by itself on AWS, which tells of each; here one that may not be deleted refuses the whole."""
    given = asked.parameters
    for it in given.get("Delete", {}).get("Objects", ()):
        action = "s3:DeleteObjectVersion" if it.get("VersionId") else "s3:DeleteObject"
        yield Needs(action, object_arn(given["Bucket"], it["Key"]))


S3: Mapping[str, Row] = {
    **dict.fromkeys(("GetObject", "HeadObject"), _read),
    **dict.fromkeys(("ListObjects", "ListObjectsV2", "HeadBucket"), _on_bucket("ListBucket")),
    "ListObjectVersions": _on_bucket("ListBucketVersions"),
    "GetBucketLocation": _on_bucket("GetBucketLocation"),
    "PutObject": _put,
    "CopyObject": _copy,
    **dict.fromkeys(
        ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"), _on_object("PutObject")
    ),
    "AbortMultipartUpload": _on_object("AbortMultipartUpload"),
    "DeleteObject": _on_object("DeleteObject", "DeleteObjectVersion"),
    "DeleteObjects": _delete_all,
    "GetObjectTagging": _on_object("GetObjectTagging", "GetObjectVersionTagging"),
    "PutObjectTagging": _on_object("PutObjectTagging", "PutObjectVersionTagging"),
}
