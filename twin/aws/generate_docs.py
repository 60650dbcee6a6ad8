"""Writes `docs/handlers.md`: what the handler table does with each resource type.

For developers, after a row changes. Usage: ``python -m twin.aws.generate_docs``
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from engine.provider import Change
from twin.aws import registry
from twin.aws.resource import Resource

__all__ = ["generated"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "handlers.md"

INTRODUCTION = """\
# Handlers

Generated from the handler table by `python -m twin.aws.generate_docs`; do not edit.

A handler carries out what the program declares on the emulated control plane, by AWS's own API. Rows are
data: which calls make, change, describe and remove a resource. botocore's service model says where each
property goes, and a property that has no place is an error, never dropped. `twin/aws/resource.py` documents
every field of a row.

*Replaced on* lists the properties that cannot change in place. A type that says *old one first* cannot exist
twice; the others are made anew before the old one is deleted, unless the program fixes their name. *Not
carried* are properties that no API call has a place for; *not told* are those that AWS never tells again, so
that drift in them cannot be seen; *the emulator drops* what moto does not keep, so that drift in it is not seen
on the twin.

To add a row: put a `Resource` into the `RESOURCES` of `twin/aws/services/<service>/resources.py` (named as boto3
names the service), a sample into `tests/twin/aws/services/<service>.py`, and run
`python -m twin.aws.generate_schema` and `python -m twin.aws.generate_docs`. Packages are found by themselves; the
lifecycle test takes every sample from creation over an update to its end and compares what AWS's API shows.
"""


def generated(rows: Mapping[str, Resource], functions: Mapping[str, object]) -> str:
    """The document."""
    by_service = sorted(rows.values(), key=lambda row: (row.service, row.token))
    parts = [INTRODUCTION]
    for service, of_service in groupby(by_service, key=lambda row: row.service):
        parts += [f"## {service}\n", *(_section(row) for row in of_service)]
    parts += ["## Functions\n", "\n".join(f"- `{token}`" for token in sorted(functions)) + "\n"]
    return "\n".join(parts)


def _section(row: Resource) -> str:
    return f"### `{row.token}`\n\n" + "\n".join(_lines(row)) + "\n"


def _lines(row: Resource) -> Iterator[str]:
    made = [row.create] if row.create else []
    calls = [
        *made,
        *row.settings,
        *row.updates,
        *([row.read] if row.read else []),
        *row.also.values(),
        *row.delete,
    ]
    yield "- Calls: " + ", ".join(
        f"`{operation}`" for operation in dict.fromkeys(call.operation for call in calls)
    )
    if row.replaces:
        first = " (old one first)" if row.change is Change.DELETE_BEFORE_REPLACE else ""
        yield f"- Replaced on{first}: " + ", ".join(f"`{name}`" for name in sorted(row.replaces))
    kinds = (
        ("Not carried", row.ignored),
        ("Not told", row.unread),
        ("The emulator drops", row.emulator_ignores),
    )
    for title, reasons in kinds:
        for name, reason in sorted(reasons.items()):
            yield f"- {title}: `{name}`: {reason}"


if __name__ == "__main__":
    DOCUMENT.write_text(generated(registry.resources(), registry.functions()))
