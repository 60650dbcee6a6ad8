"""Writes the golden graph anew: `python -m tests.stacks.golden`.

A graph as text, one line a resource: its URN without project and stack, and its inputs. A reference to another
resource reads `<name.output>`, so that a line changes only where the resource itself does; a long value is shown as a
hash, so that its change is seen; tags are left out, since tests of their own state them.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.recorder import placeholder
from engine.schema import output_kinds
from tests.stacks.conftest import evaluate
from tests.stacks.graph import Graph, Resource

ENVIRONMENT = "slice"
FILE = Path(__file__).parent / "golden" / f"{ENVIRONMENT}.txt"
LONGEST = 60
HEADER = f"""\
# Everything that environment {ENVIRONMENT!r} declares, so that a review shows what a change does.
# Compared by tests/stacks/test_golden.py, written by `python -m tests.stacks.golden`: run that if the change is meant.
# A line is a resource: types from the outermost component inwards, its name, its inputs. A reference to another
# resource reads <name.output>, a value of more than {LONGEST} characters is a hash, and tags are left out.
"""


def golden(graph: Graph) -> str:
    """The graph as text."""
    names = dict(_names(graph))
    return HEADER + "".join(
        f"\n{stack}\n" + "".join(f"  {_line(it, names)}\n" for it in graph if it.stack == stack)
        for stack in graph.outputs
    )


def _names(graph: Graph) -> Iterator[tuple[str, str]]:
    """What each token stands for."""
    for it in graph:
        yield placeholder(it.urn, "id"), f"<{it.name}.id>"
        for output in output_kinds(it.type) if it.type.startswith("aws:") else ():
            yield placeholder(it.urn, output), f"<{it.name}.{output}>"


def _line(resource: Resource, names: Mapping[str, str]) -> str:
    inputs = " ".join(
        f"{key}={_text(value, names)}" for key, value in sorted(resource.inputs.items()) if key != "tags"
    )
    return f"{resource.short_urn} | {inputs}" if inputs else resource.short_urn


def _text(value: Any, names: Mapping[str, str]) -> str:
    whole = value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
    named = re.sub(r"(arn:[\w:-]+:)?(pending-[0-9a-f]{12})", lambda it: names[it[2]], whole)
    if len(named) <= LONGEST:
        return named
    return f"#{hashlib.sha256(named.encode()).hexdigest()[:12]}"


if __name__ == "__main__":
    FILE.write_text(golden(Graph.read(evaluate(ENVIRONMENT))))
