"""Small plans, written by hand, and the agency that they are judged for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compliance.agency import Agency, DataClassRules
from compliance.gate.canaries import plan_of
from compliance.results import Resource

UK = ("eu-west-2",)
UK_EEA = ("eu-west-1", "eu-west-2")

AGENCY = Agency(
    owners=("cloud-platform", "payments-platform"),
    data_classes={
        "public": DataClassRules(UK_EEA, 90, 7, is_about_people=False),
        "operational": DataClassRules(UK_EEA, 365, 35, is_about_people=False),
        "personal": DataClassRules(UK_EEA, 365, 35, is_about_people=True),
        "financial": DataClassRules(UK_EEA, 2557, 35, is_about_people=True),
        "special-category": DataClassRules(UK, 365, 35, is_about_people=True),
        "restricted": DataClassRules(UK, 2557, 90, is_about_people=True),
    },
    partner_services=("exchange",),
)

GOOD: Mapping[str, Mapping[str, Any]] = {
    "aws_sqs_queue.work": {"name": "work", "sqs_managed_sse_enabled": True},
    "aws_s3_bucket.letters": {"bucket": "letters"},
}
"""Two resources, so that one can be lost."""


def written(folder: Path, resources: Mapping[str, Mapping[str, Any]] = GOOD) -> Path:
    """A plan document with these resources, as a file."""
    path = folder / "plan.json"
    path.write_text(json.dumps(plan_of(list(resources.items()))))
    return path


def resource(address: str, urn: str = "", component: str = "") -> Resource:
    kind = address.partition(".")[0]
    return Resource(
        urn=urn or f"urn:pulumi:data-test::estate::{kind}::{address.partition('.')[2]}",
        type=kind,
        terraform_type=kind,
        address=address,
        stack="data-test",
        component=component,
    )
