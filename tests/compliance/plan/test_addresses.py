"""Addresses are unique, and stay what they are when other resources come."""

from pathlib import Path

import pulumi
import pulumi_aws as aws

from compliance.plan.addresses import identifier
from tests.compliance.plan.plans import plan


def test_names_are_written_as_terraform_allows() -> None:
    assert [identifier(it) for it in ("orders", "a/b.c", "1st", "with space", "ö")] == [
        "orders",
        "a_b_c",
        "_1st",
        "with_space",
        "_",
    ]


def test_two_that_would_have_one_address_are_told_apart_by_their_urns(tmp_path: Path) -> None:
    def program() -> None:
        for kind in ("Intake", "Archive"):
            parent = pulumi.ComponentResource(f"shop:index:{kind}", kind)
            aws.sqs.Queue("inbox", opts=pulumi.ResourceOptions(parent=parent))
        aws.sqs.Queue("orders")

    found = plan(program, tmp_path).resources
    assert len(found) == 3
    assert "aws_sqs_queue.orders" in found
    assert "aws_sqs_queue.inbox" not in found
    assert len({it.urn for it in found.values()}) == 3
