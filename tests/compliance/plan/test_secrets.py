"""A secret of the program is nowhere in a plan."""

import json
from pathlib import Path
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from compliance.plan import write
from tests.compliance.plan.plans import expressions, plan, values

PLANTED = "hunter2-hunter2"
DOCUMENT = json.dumps({"password": PLANTED})


def _program() -> None:
    secret = pulumi.Output.secret(PLANTED)
    aws.secretsmanager.SecretVersion("version", secret_id="s", secret_string=pulumi.Output.secret(DOCUMENT))
    aws.rds.Cluster("cluster", engine="aurora-postgresql", master_password=secret, master_username="root")
    aws.sqs.Queue("orders", name=f"{PLANTED}-orders", tags={"note": secret, "owner": "shop"})
    aws.lambda_.Function(
        "f", role="r", environment=cast(Any, pulumi.Output.secret({"variables": {"PASSWORD": PLANTED}}))
    )
    aws.ecs.Service("front", network_configuration=cast(Any, pulumi.Output.secret({"subnets": [PLANTED]})))
    aws.Provider("other", region="eu-west-2", access_key=secret, secret_key=secret)


def test_a_planted_secret_is_nowhere_in_the_document(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write(plan(_program, tmp_path / "state"), path)
    assert PLANTED not in path.read_text()


def test_what_is_around_a_secret_stays(tmp_path: Path) -> None:
    found = plan(_program, tmp_path)
    assert values(found, "aws_rds_cluster.cluster") == {
        "engine": "aurora-postgresql",
        "master_password": "[secret]",
        "master_username": "root",
    }
    assert values(found, "aws_sqs_queue.orders") == {
        "name": "[secret]-orders",
        "tags": {"note": "[secret]", "owner": "shop"},
    }
    assert values(found, "aws_lambda_function.f") == {
        "role": "r",
        "environment": [{"variables": {"PASSWORD": "[secret]"}}],
    }


def test_a_secret_document_is_listed_as_not_judged(tmp_path: Path) -> None:
    found = plan(_program, tmp_path)
    assert ("version", "secretString") in [(it.urn.rpartition("::")[2], it.property) for it in found.unknown]


def test_a_reference_gives_nothing_away(tmp_path: Path) -> None:
    def program() -> None:
        key = aws.kms.Key("key")
        aws.sqs.Queue("orders", kms_master_key_id=pulumi.Output.secret(key.arn))

    found = plan(program, tmp_path)
    assert expressions(found, "aws_sqs_queue.orders")["kms_master_key_id"] == {
        "references": ["aws_kms_key.key.arn", "aws_kms_key.key"]
    }


def test_credentials_in_the_program_are_shown_as_an_example(tmp_path: Path) -> None:
    """The check for them must see some; nobody must see these."""
    key, secret = "AKIA" + "Q" * 16, "q" * 40

    def program() -> None:
        aws.Provider("other", region="eu-west-2", access_key=key, secret_key=secret)

    document = json.dumps(plan(program, tmp_path).document)
    assert key not in document
    assert secret not in document
    assert "AKIAIOSFODNN7EXAMPLE" in document
