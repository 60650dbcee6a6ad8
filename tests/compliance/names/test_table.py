"""The committed table has every type of pulumi_aws, and gives each the name that Terraform has for it."""

import importlib.metadata
import re
from pathlib import Path

import pytest

from compliance import names
from compliance.names import NamesTable, Shape, TypeNames, load

TABLE = Path(names.__file__).with_name("table.txt")


@pytest.fixture(scope="module")
def table() -> NamesTable:
    return load()


def every_type(table: NamesTable) -> list[TypeNames]:
    return [found for it in table.types if (found := table.of_type(it))]


TYPES = {
    "aws:rds/instance:Instance": "aws_db_instance",
    "aws:rds/cluster:Cluster": "aws_rds_cluster",
    "aws:ec2/instance:Instance": "aws_instance",
    "aws:lb/loadBalancer:LoadBalancer": "aws_lb",
    "aws:alb/loadBalancer:LoadBalancer": "aws_alb",
    "aws:elb/loadBalancer:LoadBalancer": "aws_elb",
    "aws:s3/bucketV2:BucketV2": "aws_s3_bucket",
    "aws:s3/bucket:Bucket": "aws_s3_bucket",
    "aws:s3/bucketObjectv2:BucketObjectv2": "aws_s3_object",
    "aws:cfg/rule:Rule": "aws_config_config_rule",
    "aws:apigateway/stage:Stage": "aws_api_gateway_stage",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "aws_ec2_transit_gateway_vpc_attachment",
    "aws:directconnect/gateway:Gateway": "aws_dx_gateway",
    "aws:amp/workspace:Workspace": "aws_prometheus_workspace",
    "aws:opensearch/serverlessCollection:ServerlessCollection": "aws_opensearchserverless_collection",
    "aws:cloudtrail/trail:Trail": "aws_cloudtrail",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "aws_vpc_security_group_ingress_rule",
    "aws:appautoscaling/policy:Policy": "aws_appautoscaling_policy",
    "aws:ssm/contactsRotation:ContactsRotation": "aws_ssmcontacts_rotation",
}
"""Source of each: the type's own page of registry.terraform.io/providers/hashicorp/aws/latest/docs."""


@pytest.mark.parametrize(("token", "terraform"), TYPES.items(), ids=str)
def test_a_type_has_terraforms_name(token: str, terraform: str, table: NamesTable) -> None:
    found = table.of_type(token)
    assert found is not None
    assert found.terraform == terraform
    assert not found.is_guessed


PROPERTIES = {
    ("aws:sns/topicSubscription:TopicSubscription", "topic"): ("topic_arn", Shape.PLAIN),
    ("aws:lambda/function:Function", "name"): ("function_name", Shape.PLAIN),
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"): ("alarm_name", Shape.PLAIN),
    ("aws:dynamodb/table:Table", "globalSecondaryIndexes"): ("global_secondary_index", Shape.BLOCKS),
    ("aws:route53/record:Record", "aliases"): ("alias", Shape.BLOCKS),
    ("aws:ec2/securityGroup:SecurityGroup", "ingress"): ("ingress", Shape.BLOCKS),
    ("aws:iam/policy:Policy", "policy"): ("policy", Shape.DOCUMENT),
    ("aws:lambda/eventSourceMapping:EventSourceMapping", "queues"): ("queues", Shape.SCALAR_IN_LIST),
    ("aws:sqs/queue:Queue", "tags"): ("tags", Shape.MAP),
    ("aws:cloudfront/distribution:Distribution", "defaultCacheBehavior"): (
        "default_cache_behavior",
        Shape.BLOCK,
    ),
    ("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "routingRules"): (
        "routing_rule",
        Shape.BLOCKS,
    ),
}


@pytest.mark.parametrize(("place", "expected"), PROPERTIES.items(), ids=str)
def test_a_property_has_terraforms_name_and_shape(
    place: tuple[str, str], expected: tuple[str, Shape], table: NamesTable
) -> None:
    found = table.of_type(place[0])
    assert found is not None
    name = found.names[place[1]]
    assert (name.terraform, name.shape) == expected


def test_every_line_can_be_read_and_every_block_is_there(table: NamesTable) -> None:
    """Follows every block of every type down to its leaves."""
    seen: set[str] = set()
    waiting = [name for it in every_type(table) for name in it.names.values()]
    while waiting:
        name = waiting.pop()
        if name.struct and name.struct not in seen:
            seen.add(name.struct)
            waiting += table.of_struct(name.struct).values()
    assert len(seen) > 3000


def test_the_table_is_of_the_pulumi_aws_that_is_installed(table: NamesTable) -> None:
    head = TABLE.read_text().splitlines()[:4]
    assert f"pulumi_aws {importlib.metadata.version('pulumi_aws')} " in head[1]


@pytest.mark.full
def test_every_type_that_the_package_registers_is_in_the_table(table: NamesTable) -> None:
    package = Path(str(importlib.metadata.distribution("pulumi_aws").locate_file("pulumi_aws")))
    pattern = re.compile(
        r"^@pulumi\.type_token\(\"(aws:[^\"]+)\"\)\nclass \w+\(pulumi\.CustomResource\)", re.MULTILINE
    )
    registered = {it for file in package.rglob("*.py") for it in pattern.findall(file.read_text())}
    assert sorted(registered - set(table.types)) == []
    assert len(registered) > 1500


def test_few_names_are_guessed(table: NamesTable) -> None:
    """Types that are younger than Terraform's bindings; a check of Checkov that reads one is looked at elsewhere."""
    guessed = [it for it in every_type(table) if it.is_guessed]
    assert len(guessed) < len(table.types) / 10
