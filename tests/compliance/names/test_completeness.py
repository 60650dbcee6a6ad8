"""Whatever attribute a check of Checkov reads, a Pulumi program can set it through the names table."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from compliance.names import Name, NamesTable, Shape, TypeNames, load
from compliance.scanner import CHECKOV

pytestmark = pytest.mark.full

Attribute = tuple[str, str, str]
"""A check, a Terraform type, and the path of an attribute of it."""

GRAPH_ITSELF = "resource_type"
"""No attribute: what checks call the type of a node."""

REMOVED = "Terraform's provider 6 has it no more, so that the check fails or is silent for Terraform too."
COMPUTED = "Only AWS says it; it cannot be given."

NOT_TO_BE_SET: Mapping[Attribute, str] = {
    ("CKV2_AWS_19", "aws_eip", "vpc"): REMOVED,
    ("CKV2_AWS_3", "aws_guardduty_organization_configuration", "auto_enable"): REMOVED,
    ("CKV2_AWS_35", "aws_route", "instance_id"): REMOVED,
    ("CKV2_AWS_35", "aws_route_table", "route.*.instance_id"): REMOVED,
    ("CKV_AWS_71", "aws_redshift_cluster", "logging/[0]/enable"): REMOVED,
    ("CKV_AWS_146", "aws_db_cluster_snapshot", "storage_encrypted"): COMPUTED,
    ("CKV_AWS_279", "aws_neptune_cluster_snapshot", "storage_encrypted"): COMPUTED,
    ("CKV_AWS_280", "aws_neptune_cluster_snapshot", "kms_key_id"): COMPUTED,
}
"""Source: registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade, and each type's page."""

_FILTER = re.compile(r"\[\?\(.*?\)\]|\[[^\]]*\]")
"""In the paths of checks: which elements of a list are meant."""


@pytest.fixture(scope="module")
def read() -> Sequence[Attribute]:
    script = Path(__file__).with_name("read_attributes.py")
    done = subprocess.run([str(CHECKOV), str(script)], capture_output=True, text=True, check=True)
    return [(check, type_, path) for check, type_, path in json.loads(done.stdout)]


def names_by_type(table: NamesTable) -> Mapping[str, list[TypeNames]]:
    found: dict[str, list[TypeNames]] = {}
    for names in filter(None, map(table.of_type, table.types)):
        found.setdefault(names.terraform, []).append(names)
    return found


def can_be_set(table: NamesTable, names: Mapping[str, Name], path: Sequence[str]) -> bool:
    """Whether a program can set the attribute at this path. What is in a map or a document is its own affair."""
    if not path:
        return True
    name = next((it for it in names.values() if it.terraform == path[0]), None)
    if name is None:
        return False
    is_block = name.shape in (Shape.BLOCK, Shape.BLOCKS, Shape.BLOCK_MAP)
    return not is_block or can_be_set(table, table.of_struct(name.struct), path[1:])


def steps(path: str) -> Sequence[str]:
    return [it for it in re.split(r"[/.]", _FILTER.sub("", path)) if it and not re.fullmatch(r"\d+|\*", it)]


def is_in_document(attribute: Attribute) -> bool:
    """A path into a policy that Checkov puts together itself."""
    return attribute[2].startswith("policy.Statement")


def test_every_attribute_that_a_check_reads_can_be_set(read: Sequence[Attribute]) -> None:
    table = load()
    types = names_by_type(table)
    asked = [it for it in read if it[1] in types and it[2] != GRAPH_ITSELF and not is_in_document(it)]
    missing = {
        it for it in asked if not any(can_be_set(table, names.names, steps(it[2])) for names in types[it[1]])
    }
    assert missing == NOT_TO_BE_SET.keys()
    assert len(asked) > 350


def test_types_that_checks_know_and_the_table_does_not_are_not_in_the_provider(
    read: Sequence[Attribute],
) -> None:
    """Types that Terraform's provider 6 dropped, data sources, and names that Checkov's authors got wrong."""
    unknown = {type_ for _, type_, _ in read} - names_by_type(load()).keys()
    dropped = re.compile(
        r"aws_(opsworks_\w+|worklink_\w+|simpledb_domain|\w+_security_group|macie_\w+|\w+_info|root\w*|iam_policy_document)"
    )
    assert [it for it in sorted(unknown) if not dropped.fullmatch(it)] == []
