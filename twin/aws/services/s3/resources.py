"""Rows of Amazon S3: buckets here, and what configures them in `configuration`."""

from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Call, Resource
from twin.aws.services.s3.configuration import CONFIGURATION
from twin.aws.services.s3.hooks import empty_bucket
from twin.aws.tags import Form, Tagging

__all__ = ["RESOURCES"]

_BUCKET = {"Bucket": "id"}

_HOSTED_ZONES = {"eu-west-1": "Z1BKCTXD74EZPE", "eu-west-2": "Z3GKZC51ZF0DB4", "us-east-1": "Z3AQBSTGFYJSTF"}
"""Route 53 zones of S3's websites in the estate's regions.
Source: AWS General Reference, Amazon S3 website endpoints."""

RESOURCES = (
    Resource(
        token="aws:s3/bucket:Bucket",
        service="s3",
        id="inputs.bucket",
        name=Name("bucket", "bucketPrefix", limit=63, lower=True, allowed="a-z0-9.-"),
        create=Call(
            "create_bucket",
            {
                "Bucket": "inputs.bucket",
                "CreateBucketConfiguration": {
                    "LocationConstraint": "region != 'us-east-1' && region || null"
                },
                "ObjectLockEnabledForBucket": "inputs.objectLockEnabled",
            },
        ),
        read=Call("head_bucket", _BUCKET, pick="answer"),
        before_delete=empty_bucket,
        delete=(Call("delete_bucket", _BUCKET),),
        outputs={
            "arn": Text("arn:aws:s3:::{id}"),
            "bucketDomainName": Text("{id}.s3.amazonaws.com"),
            "bucketRegion": "region",
            "bucketRegionalDomainName": Text("{id}.s3.{region}.amazonaws.com"),
            "hostedZoneId": " || ".join(
                f"(region == '{region}' && '{zone}')" for region, zone in _HOSTED_ZONES.items()
            )
            + " || null",
        },
        replaces=frozenset({"bucket", "bucketPrefix", "objectLockEnabled"}),
        ignored={"forceDestroy": "deletion reads it"},
        absent=("404",),
        tagging=Tagging(
            form=Form.KEY_VALUE,
            create={},
            add=Call("put_bucket_tagging", {**_BUCKET, "Tagging": {"TagSet": "tags"}}),
            remove=None,
            present="tagging.TagSet",
            read=Call("get_bucket_tagging", _BUCKET, tolerates=("NoSuchTagSet",)),
        ),
    ),
    *CONFIGURATION,
)
