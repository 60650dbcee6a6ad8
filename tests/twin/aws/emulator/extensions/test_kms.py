import json

from tests.twin.aws.emulator.conftest import Served


def test_a_key_named_by_arn_gets_a_replica_with_a_description_and_tags_of_its_own(mended: Served) -> None:
    primary = mended.clients("kms").create_key(MultiRegion=True, Description="primary")["KeyMetadata"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    mended.clients("kms").replicate_key(
        KeyId=primary["Arn"],
        ReplicaRegion="eu-west-1",
        Description="replica",
        Policy=policy,
        Tags=[{"TagKey": "layer", "TagValue": "data"}],
    )
    there = mended.clients("kms", "eu-west-1")
    replica = there.describe_key(KeyId=primary["KeyId"])["KeyMetadata"]
    here = mended.clients("kms").describe_key(KeyId=primary["KeyId"])["KeyMetadata"]
    assert (replica["Description"], here["Description"]) == ("replica", "primary")
    assert replica["MultiRegionConfiguration"]["MultiRegionKeyType"] == "REPLICA"
    assert here["MultiRegionConfiguration"]["MultiRegionKeyType"] == "PRIMARY"
    assert there.get_key_policy(KeyId=primary["KeyId"], PolicyName="default")["Policy"] == policy
    assert there.list_resource_tags(KeyId=primary["KeyId"])["Tags"] == [
        {"TagKey": "layer", "TagValue": "data"}
    ]
