"""Objects arrive in the other region."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import document, report

ROLE = "arn:aws:iam::123456789012:role/world"


def _buckets(served: Served, name: str, target: str | None = None) -> tuple[Any, Any]:
    """Clients of the source's region and the target's."""
    near, far = served.clients("s3"), served.clients("s3", "eu-west-1")
    for s3, bucket, region in ((near, name, "eu-west-2"), (far, f"{name}-copy", "eu-west-1")):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "ID": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Enabled"},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
        "Destination": {
            "Bucket": f"arn:aws:s3:::{target or f'{name}-copy'}",
            "StorageClass": "STANDARD_IA",
            "EncryptionConfiguration": {"ReplicaKmsKeyID": "the-key-there"},
        },
    }
    near.put_bucket_replication(Bucket=name, ReplicationConfiguration={"Role": ROLE, "Rules": [rule]})
    return near, far


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _status(s3: Any, bucket: str, key: str) -> str | None:
    try:
        return s3.head_object(Bucket=bucket, Key=key).get("ReplicationStatus")
    except ClientError:
        return None


def test_an_object_is_copied_with_its_version_metadata_and_tags(mended: Served) -> None:
    near, far = _buckets(mended, "copied")
    put = near.put_object(
        Bucket="copied", Key="k", Body=b"value", Metadata={"claim": "1"}, Tagging="class=uk-eea"
    )
    assert _status(near, "copied", "k") == "PENDING"
    _until(lambda: _status(near, "copied", "k") == "COMPLETED")
    copy = far.get_object(Bucket="copied-copy", Key="k")
    assert copy["Body"].read() == b"value"
    assert (copy["ReplicationStatus"], copy["VersionId"]) == ("REPLICA", put["VersionId"])
    assert (copy["StorageClass"], copy["SSEKMSKeyId"]) == ("STANDARD_IA", "the-key-there")
    assert copy["Metadata"] == {"claim": "1"}
    tags = far.get_object_tagging(Bucket="copied-copy", Key="k")["TagSet"]
    assert tags == [{"Key": "class", "Value": "uk-eea"}]


def test_a_deletion_marker_is_copied_and_a_deleted_version_is_not(extended: Served) -> None:
    near, far = _buckets(extended, "marked")
    put = near.put_object(Bucket="marked", Key="k", Body=b"first")
    near.put_object(Bucket="marked", Key="k", Body=b"second")
    _until(lambda: _status(near, "marked", "k") == "COMPLETED")
    near.delete_object(Bucket="marked", Key="k", VersionId=put["VersionId"])
    near.delete_object(Bucket="marked", Key="k")
    _until(lambda: "DeleteMarkers" in far.list_object_versions(Bucket="marked-copy"))
    assert len(far.list_object_versions(Bucket="marked-copy")["Versions"]) == 2


def test_a_copy_that_cannot_be_made_has_failed(extended: Served) -> None:
    near, _ = _buckets(extended, "failed", target="nowhere")
    near.put_object(Bucket="failed", Key="k", Body=b"value")
    _until(lambda: _status(near, "failed", "k") == "FAILED")


def test_a_bucket_stands_still_while_the_data_plane_says_so_and_then_catches_up(attended: Served) -> None:
    near, far = _buckets(attended, "paused")
    _buckets(attended, "goes-on")
    report(attended.endpoint, document("s3", "paused replication", "paused", {}))
    for bucket in ("paused", "goes-on"):
        near.put_object(Bucket=bucket, Key="k", Body=b"value")
    _until(lambda: _status(near, "goes-on", "k") == "COMPLETED")
    assert _status(near, "paused", "k") == "PENDING"
    report(attended.endpoint, document("s3", "paused replication", "paused", None))
    _until(lambda: _status(far, "paused-copy", "k") == "REPLICA")


def test_the_rules_are_shown_as_they_were_put(mended: Served) -> None:
    near, _ = _buckets(mended, "shown")
    (rule,) = near.get_bucket_replication(Bucket="shown")["ReplicationConfiguration"]["Rules"]
    assert rule["DeleteMarkerReplication"] == {"Status": "Enabled"}
    assert rule["Destination"]["EncryptionConfiguration"] == {"ReplicaKmsKeyID": "the-key-there"}


def test_without_replication_an_object_has_no_status(extended: Served) -> None:
    s3 = extended.clients("s3")
    s3.create_bucket(Bucket="alone", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_object(Bucket="alone", Key="k", Body=b"value")
    assert _status(s3, "alone", "k") is None
    with pytest.raises(ClientError, match="ReplicationConfigurationNotFoundError"):
        s3.get_bucket_replication(Bucket="alone")
