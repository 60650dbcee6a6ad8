"""Writes the table of waiting times in `docs/fidelity.md`.

For developers, after a timing changes. Usage: ``python -m twin.runtime.generate_docs``
"""

from collections.abc import Mapping
from pathlib import Path

from twin.runtime.profile import TIMINGS, Timing

__all__ = ["DOCUMENT", "with_table"]

DOCUMENT = Path(__file__).parents[2] / "docs" / "fidelity.md"
_BEGIN, _END = "<!-- timings -->\n", "<!-- /timings -->"


def with_table(page: str, timings: Mapping[str, Timing]) -> str:
    """The page, with the table between its marks as the timings are."""
    before, _, rest = page.partition(_BEGIN)
    return before + _BEGIN + _table(timings) + _END + rest.partition(_END)[2]


def _table(timings: Mapping[str, Timing]) -> str:
    lines = ["| timing | seconds | | `aws` | `quick` | factor | source |", "|---|---|---|---|---|---|---|"]
    lines += [f"| `{name}` | {_row(it)} |" for name, it in timings.items()]
    return "\n".join(lines) + "\n"


def _row(it: Timing) -> str:
    is_shortened = "yes" if it.is_wait else ""
    return f"{it.meaning} | {it.basis} | {it.aws:g} | {it.quick:g} | {is_shortened} | {it.source}"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(), TIMINGS))
