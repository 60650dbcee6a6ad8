"""Where a value comes from is kept, whether or not it is known yet, also from one stack to another."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

from compliance.graph import Graph
from compliance.plan import plan_of
from tests.compliance.plan.plans import expressions, plan, run, values
from tests.engine.programs import World


def test_an_output_in_a_block_is_left_out_and_referred_to_in_the_same_place(tmp_path: Path) -> None:
    def program() -> None:
        key = aws.kms.Key("key")
        aws.s3.BucketServerSideEncryptionConfiguration(
            "encryption",
            bucket="letters",
            rules=[
                {"apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}}
            ],
        )  # fmt: skip

    found = plan(program, tmp_path)
    address = "aws_s3_bucket_server_side_encryption_configuration.encryption"
    assert values(found, address)["rule"] == [
        {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}
    ]
    reference = {"references": ["aws_kms_key.key.arn", "aws_kms_key.key"]}
    assert expressions(found, address)["rule"] == [
        {"apply_server_side_encryption_by_default": [{"kms_master_key_id": reference}]}
    ]


def test_a_value_that_was_known_already_is_kept_and_referred_to(tmp_path: Path) -> None:
    def program() -> None:
        bucket = aws.s3.Bucket("letters", bucket="all-letters")
        aws.s3.BucketVersioning(
            "versions", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}
        )

    found = plan(program, tmp_path)
    address = "aws_s3_bucket_versioning.versions"
    assert values(found, address)["bucket"] == "all-letters"
    assert expressions(found, address) == {
        "bucket": {"references": ["aws_s3_bucket.letters.bucket", "aws_s3_bucket.letters"]}
    }


def test_a_document_is_kept_with_what_is_in_it_and_refers_to_all_of_it(tmp_path: Path) -> None:
    def program() -> None:
        queue = aws.sqs.Queue("orders")
        statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": queue.arn}
        aws.sqs.QueuePolicy(
            "policy", queue_url=queue.url, policy=pulumi.Output.json_dumps({"Statement": [statement]})
        )

    found = plan(program, tmp_path)
    address = "aws_sqs_queue_policy.policy"
    assert json.loads(values(found, address)["policy"])["Statement"][0]["Principal"] == "*"
    assert expressions(found, address) == {
        "policy": {"references": ["aws_sqs_queue.orders.arn", "aws_sqs_queue.orders"]},
        "queue_url": {"references": ["aws_sqs_queue.orders.url", "aws_sqs_queue.orders"]},
    }


def test_an_environment_keeps_its_names(tmp_path: Path) -> None:
    def program() -> None:
        queue = aws.sqs.Queue("orders")
        aws.lambda_.Function("f", role="r", environment={"variables": {"STAGE": "test", "QUEUE": queue.url}})

    found = plan(program, tmp_path)
    [environment] = values(found, "aws_lambda_function.f")["environment"]
    assert sorted(environment["variables"]) == ["QUEUE", "STAGE"]
    assert expressions(found, "aws_lambda_function.f")["environment"] == [
        {"variables": {"references": ["aws_sqs_queue.orders.url", "aws_sqs_queue.orders"]}}
    ]


def test_a_policy_document_that_the_provider_writes_is_resolved(tmp_path: Path) -> None:
    def program() -> None:
        trust = aws.iam.get_policy_document(
            statements=[
                {
                    "actions": ["sts:AssumeRole"],
                    "principals": [{"type": "Service", "identifiers": ["ecs-tasks.amazonaws.com"]}],
                }
            ]
        )
        aws.iam.Role("role", assume_role_policy=trust.json)

    document = json.loads(values(plan(program, tmp_path), "aws_iam_role.role")["assume_role_policy"])
    assert document["Statement"] == [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
    ]


def test_references_go_from_one_stack_to_another(tmp_path: Path) -> None:
    def foundation() -> None:
        pulumi.export("key", aws.kms.Key("key").arn)

    first = run(foundation, World(tmp_path / "one"), "foundation-test")

    def data() -> None:
        other = pulumi.StackReference("organization/shop/foundation-test")
        aws.sqs.Queue("orders", kms_master_key_id=other.get_output("key"))

    world = World(tmp_path / "two", others={"foundation-test": first.outputs})
    found = plan_of(Graph.of([first, run(data, world, "data-test")], tmp_path))
    assert values(found, "aws_sqs_queue.orders") == {}
    assert expressions(found, "aws_sqs_queue.orders") == {
        "kms_master_key_id": {"references": ["aws_kms_key.key.arn", "aws_kms_key.key"]}
    }
    assert {it.stack for it in found.resources.values()} == {"foundation-test", "data-test"}
