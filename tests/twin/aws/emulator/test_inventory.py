"""The inventory lists every resource once."""

import json
from collections import Counter
from typing import Any
from urllib.request import urlopen

from tests.twin.aws.emulator.conftest import Served


def _inventory(served: Served) -> list[dict[str, Any]]:
    with urlopen(f"{served.endpoint}/moto-api/estate/inventory") as answer:
        return json.load(answer)["resources"]


def _types(served: Served) -> Counter[tuple[str, str, str]]:
    return Counter((it["service"], it["region"], it["type"]) for it in _inventory(served))


def test_what_is_made_is_listed_and_what_is_taken_away_is_not(extended: Served) -> None:
    ec2, sqs = extended.clients("ec2", "eu-west-3"), extended.clients("sqs", "eu-west-3")
    ec2.describe_vpcs()
    before = _types(extended)
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group_id = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc_id)["GroupId"]
    permission = {
        "IpProtocol": "tcp",
        "FromPort": 443,
        "ToPort": 443,
        "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
    }
    ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=[permission])
    url = sqs.create_queue(QueueName="listed")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="contents are not listed")
    made = _types(extended) - before
    assert made == {
        ("ec2", "eu-west-3", "VPC"): 1,
        ("ec2", "eu-west-3", "RouteTable"): 1,
        ("ec2", "eu-west-3", "Route"): 1,
        ("ec2", "eu-west-3", "NetworkAcl"): 1,
        ("ec2", "eu-west-3", "NetworkAclEntry"): 4,
        # The VPC's own group with its rule, and the one that was made with a rule each way.
        ("ec2", "eu-west-3", "SecurityGroup"): 2,
        ("ec2", "eu-west-3", "SecurityGroupRule"): 3,
        ("sqs", "eu-west-3", "Queue"): 1,
    }
    sqs.delete_queue(QueueUrl=url)
    assert ("sqs", "eu-west-3", "Queue") not in _types(extended)


def test_what_is_only_shown_as_deleted_is_not_listed(extended: Served) -> None:
    ecs, kms = extended.clients("ecs", "eu-west-3"), extended.clients("kms", "eu-west-3")
    before = _types(extended)
    ecs.create_cluster(clusterName="gone")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    assert _types(extended) - before == {("ecs", "eu-west-3", "Cluster"): 1, ("kms", "eu-west-3", "Key"): 1}
    ecs.delete_cluster(cluster="gone")
    kms.schedule_key_deletion(KeyId=key_id)
    assert ecs.describe_clusters(clusters=["gone"])["clusters"][0]["status"] == "INACTIVE"
    assert _types(extended) == before


def test_what_the_extensions_keep_is_listed_too(extended: Served) -> None:
    extended.clients("cloudwatch", "eu-west-3").put_composite_alarm(AlarmName="listed", AlarmRule="FALSE")
    assert [
        it for it in _inventory(extended) if it["region"] == "eu-west-3" and it["service"] == "cloudwatch"
    ] == [
        {
            "service": "cloudwatch",
            "region": "eu-west-3",
            "account": "123456789012",
            "type": "composite alarm",
            "id": "listed",
        }
    ]


def test_two_listings_of_the_same_state_are_equal(extended: Served) -> None:
    assert _inventory(extended) == _inventory(extended)
