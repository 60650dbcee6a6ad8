"""Inputs become the values that Terraform would plan."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws
import pytest

from compliance.exceptions import UnmappedProperty, UnmappedType
from compliance.results import UnknownValue
from tests.compliance.plan.plans import expressions, plan, values

KEY = "arn:aws:kms:eu-west-2:123456789012:key/0"


def _service() -> None:
    aws.ecs.Service(
        "front",
        desired_count=2,
        network_configuration={"subnets": ["a", "b"], "assign_public_ip": False},
        load_balancers=[{"container_name": "app", "container_port": 80, "target_group_arn": "t"}],
    )


def _mapping() -> None:
    aws.lambda_.EventSourceMapping("calls", function_name="rotate", queues="orders")


def _policy() -> None:
    aws.iam.Policy(
        "reads",
        policy=cast(
            Any,
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
            },
        ),
    )


def _archive() -> None:
    aws.lambda_.Function(
        "rotate", role="r", runtime="python3.13", handler="a.b", code=pulumi.FileArchive("app")
    )


def _table() -> None:
    aws.dynamodb.Table(
        "people", hash_key="id", attributes=[{"name": "id", "type": "S"}], ttl={"enabled": True, "attribute_name": "t"}
    )  # fmt: skip


CASES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "a block is a list of one, blocks are singular": (
        _service,
        "aws_ecs_service.front",
        {
            "desired_count": 2,
            "network_configuration": [{"subnets": ["a", "b"], "assign_public_ip": False}],
            "load_balancer": [{"container_name": "app", "container_port": 80, "target_group_arn": "t"}],
        },
    ),
    "what Pulumi took out of a list is in one again": (
        _mapping,
        "aws_lambda_event_source_mapping.calls",
        {"function_name": "rotate", "queues": ["orders"]},
    ),
    "a document is text": (
        _policy,
        "aws_iam_policy.reads",
        {
            "policy": json.dumps(
                {
                    "Statement": [{"Action": "s3:GetObject", "Effect": "Allow", "Resource": "*"}],
                    "Version": "2012-10-17",
                },
                separators=(",", ":"),
            )
        },
    ),
    "an archive is a path": (
        _archive,
        "aws_lambda_function.rotate",
        {"role": "r", "runtime": "python3.13", "handler": "a.b", "filename": "app"},
    ),
    "renamed blocks": (
        _table,
        "aws_dynamodb_table.people",
        {
            "hash_key": "id",
            "attribute": [{"name": "id", "type": "S"}],
            "ttl": [{"enabled": True, "attribute_name": "t"}],
        },
    ),
}


@pytest.mark.parametrize(("program", "address", "expected"), CASES.values(), ids=CASES)
def test_values_have_terraforms_names_and_shapes(
    program: Any, address: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    assert values(plan(program, tmp_path), address) == expected


def test_a_value_that_nobody_knows_yet_is_left_out_and_listed(tmp_path: Path) -> None:
    def program() -> None:
        zone = aws.route53.Zone("zone", name="example.gov.scot")
        aws.route53.Record("servers", zone_id=zone.id, name="a", type="NS", ttl=60, records=zone.name_servers)

    found = plan(program, tmp_path)
    address = "aws_route53_record.servers"
    assert values(found, address) == {"name": "a", "type": "NS", "ttl": 60}
    assert [(it.urn.rpartition("::")[2], it.property) for it in found.unknown] == [("servers", "records")]
    assert expressions(found, address)["records"] == {
        "references": ["aws_route53_zone.zone.id", "aws_route53_zone.zone"]
    }


def test_unknown_elements_leave_a_gap(tmp_path: Path) -> None:
    def program() -> None:
        group = aws.ec2.SecurityGroup("group", description="d")
        aws.lb.LoadBalancer("front", security_groups=["sg-1", group.id])

    address = "aws_lb.front"
    found = plan(program, tmp_path)
    assert values(found, address)["security_groups"] == ["sg-1", None]
    assert expressions(found, address)["security_groups"] == {
        "references": ["aws_security_group.group.id", "aws_security_group.group"]
    }


def test_default_tags_and_the_region_are_the_providers(tmp_path: Path) -> None:
    def program() -> None:
        aws.sqs.Queue("orders", tags={"owner": "shop"})
        ireland = aws.Provider(
            "ireland", region="eu-west-1", default_tags={"tags": {"owner": "nobody", "stage": "test"}}
        )
        aws.sqs.Queue("returns", tags={"owner": "shop"}, opts=pulumi.ResourceOptions(provider=ireland))
        aws.sqs.Queue("letters", opts=pulumi.ResourceOptions(provider=ireland))

    found = plan(program, tmp_path, {"aws:defaultTags": '{"tags": {"cost": "low"}}'})
    queues = {
        it["name"]: (it["values"]["region"], it["values"]["tags"])
        for it in found.document["planned_values"]["root_module"]["resources"]
    }
    assert queues == {
        "orders": ("eu-west-2", {"owner": "shop", "cost": "low"}),
        "returns": ("eu-west-1", {"owner": "shop", "stage": "test"}),
        "letters": ("eu-west-1", {"owner": "nobody", "stage": "test"}),
    }
    providers = found.document["configuration"]["provider_config"]
    assert {key: it["expressions"]["region"]["constant_value"] for key, it in providers.items()} == {
        "aws.default-eu-west-2": "eu-west-2",
        "aws.main-test-ireland": "eu-west-1",
    }


def test_a_property_that_the_table_lacks_is_refused(tmp_path: Path) -> None:
    def program() -> None:
        aws.ecs.Service("front", network_configuration={"subnets": ["a"], "sub_nets": ["b"]})  # pyright: ignore

    with pytest.raises(UnmappedProperty, match=r"networkConfiguration\.sub_nets"):
        plan(program, tmp_path)


def test_a_type_of_another_package_is_refused(tmp_path: Path) -> None:
    class Letter(pulumi.CustomResource):
        def __init__(self, name: str) -> None:
            super().__init__("pulumi_post:index:Letter".replace("pulumi_", ""), name, {})

    with pytest.raises(Exception, match="post:index:Letter"):
        plan(lambda: Letter("one"), tmp_path)
    assert issubclass(UnmappedType, Exception)


def test_the_document_is_slim(tmp_path: Path) -> None:
    """What Checkov does not read only costs it time."""
    document = plan(lambda: aws.sqs.Queue("orders", delay_seconds=3), tmp_path).document
    assert set(document) == {"format_version", "terraform_version", "planned_values", "configuration"}
    [planned] = document["planned_values"]["root_module"]["resources"]
    assert planned["mode"] == "managed"
    assert "tags_all" not in planned["values"]
    [configured] = document["configuration"]["root_module"]["resources"]
    assert configured["expressions"] == {}


def test_nothing_is_unknown_in_a_plain_program(tmp_path: Path) -> None:
    nothing: list[UnknownValue] = []
    assert plan(lambda: aws.sqs.Queue("orders"), tmp_path).unknown == nothing
