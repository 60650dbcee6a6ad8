"""What of a bucket is copied where."""

from typing import Any

import pytest

from twin.aws.emulator.extensions.s3_replication_rules import Copy, Source, copies

KMS = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}


def _rule(bucket: str = "there", **given: Any) -> dict[str, Any]:
    """A rule as moto keeps it: read from XML, where what is empty is None."""
    destination = {"Bucket": f"arn:aws:s3:::{bucket}"}
    return {
        "Status": "Enabled",
        "Priority": "1",
        "Filter": {"Prefix": None},
        "Destination": destination,
        **given,
    }


@pytest.mark.parametrize(
    ("rule", "source", "is_copied"),
    [
        (_rule(), Source("k"), True),
        (_rule(Status="Disabled"), Source("k"), False),
        (_rule(Filter={"Prefix": "in/"}), Source("in/k"), True),
        (_rule(Filter={"Prefix": "in/"}), Source("out/k"), False),
        (_rule(Filter={"Tag": {"Key": "a", "Value": "1"}}), Source("k", {"a": "1", "b": "2"}), True),
        (_rule(Filter={"Tag": {"Key": "a", "Value": "1"}}), Source("k", {"a": "2"}), False),
        (_rule(), Source("k", encryption="aws:kms"), False),
        (_rule(), Source("k", encryption="AES256"), True),
        (_rule(SourceSelectionCriteria=KMS), Source("k", encryption="aws:kms"), True),
        (_rule(), Source("k", is_marker=True), False),
        (_rule(DeleteMarkerReplication={"Status": "Enabled"}), Source("k", is_marker=True), True),
    ],
    ids=[
        "everything",
        "switched off",
        "prefix",
        "other prefix",
        "tag",
        "other tag",
        "kms without leave",
        "s3's own encryption",
        "kms",
        "marker without leave",
        "marker",
    ],
)
def test_a_rule_copies(rule: dict[str, Any], source: Source, is_copied: bool) -> None:
    assert bool(copies({"Rule": [rule]}, source)) is is_copied


def test_the_rule_of_the_highest_priority_says_how_a_copy_is_made() -> None:
    rules = [_rule(Priority="2"), _rule(Priority="1")]
    rules[0]["Destination"]["StorageClass"] = "STANDARD_IA"
    assert copies({"Rule": rules}, Source("k")) == [Copy("there", "STANDARD_IA")]


def test_each_destination_gets_a_copy() -> None:
    assert copies({"Rule": [_rule("a"), _rule("b")]}, Source("k")) == [Copy("a"), Copy("b")]
