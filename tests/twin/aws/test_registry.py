"""The table names only what Pulumi and botocore know, and what is generated from it is current."""

import inspect
import re

import pytest

from engine.schema import output_kinds, resource_class
from twin.aws import generate_docs, generate_schema, registry
from twin.aws.descriptions import output_names
from twin.aws.resource import Resource
from twin.aws.shapes import input_shape, members

ROWS = list(registry.resources().values())
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.token)


def input_names(type_token: str) -> set[str]:
    """Some inputs are no outputs: arguments of a call, and deprecated ones."""
    parameters = inspect.signature(getattr(resource_class(type_token), "_internal_init")).parameters  # noqa: B009
    return {re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in parameters}


def calls_of(row: Resource):
    first = [row.create] if row.create else []
    tagging = [row.tagging.add, row.tagging.remove, row.tagging.read] if row.tagging else []
    read = [row.read] if row.read else []
    calls = (*first, *row.settings, *row.updates, *read, *row.also.values(), *row.delete, *tagging)
    return [call for call in calls if call is not None]


def test_the_table_of_outputs_is_current() -> None:
    assert generate_schema.SCHEMA.read_text() == generate_schema.generated(registry.resources())


def test_the_document_is_current() -> None:
    expected = generate_docs.generated(registry.resources(), registry.functions())
    assert generate_docs.DOCUMENT.read_text() == expected


@each_row
def test_every_output_is_one_of_pulumis(row: Resource) -> None:
    assert output_names(row.token) == output_kinds(row.token).keys()
    assert row.outputs.keys() <= output_names(row.token)


@each_row
def test_every_property_that_a_row_names_is_one_of_pulumis(row: Resource) -> None:
    paths = [*row.renames, *row.ignored, *row.unread, *row.emulator_ignores]
    named = {*row.replaces, *row.defaults, *row.secrets, *row.hook_reads}
    named |= {*(path.partition(".")[0] for path in paths)}
    assert sorted(named - output_names(row.token) - input_names(row.token)) == []


@each_row
def test_every_call_is_one_of_botocores_with_parameters_of_its_own(row: Resource) -> None:
    for call in calls_of(row):
        shape = input_shape(call.service or row.service, call.operation)
        assert call.params.keys() <= (members(shape).keys() if shape else set()), call.operation


@each_row
def test_every_reason_says_something(row: Resource) -> None:
    reasons = [*row.ignored.values(), *row.unread.values(), *row.emulator_ignores.values()]
    assert [reason for reason in reasons if not re.search(r"\w+ \w+", reason)] == []
