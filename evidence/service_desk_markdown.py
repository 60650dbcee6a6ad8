"""A change or an incident record as Markdown that a ticket takes as it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

__all__ = ["to_markdown"]

_NOT_GIVEN = "*to be filled by the service desk*"


def to_markdown(document: Mapping[str, Any]) -> str:
    """Headings, a table of the fields, and tables of timeline, objectives and assumptions."""
    return "\n".join(_lines(document)).rstrip() + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    fields = document["fields"]
    yield from (f"# {document['record'].capitalize()}: {_cell(fields['short_description'])}", "")
    yield from (f"**{document['environment']}** {' '.join(document['cautions'])}".rstrip(), "")
    yield from _table(("field", "value"), ((_words(name), value) for name, value in fields.items()))
    yield from ("", "## Timeline", "")
    yield from _table(
        ("time", "what", "title"),
        ((it["time"], it["kind"], _with_details(it)) for it in document["timeline"]),
    )
    yield from ("", "## Objectives", "")
    yield from _table(
        ("objective", "wanted", "seen", "holds"),
        (
            (
                _marked(it),
                it["wanted"],
                it["seen"],
                {True: "yes", False: "no", None: "not judged"}[it["holds"]],
            )
            for it in document["objectives"]
        ),
    )
    yield from ("", "## Assumed", "")
    yield from _table(
        ("assumption", "source"), ((it["text"], it["source"]) for it in document["assumptions"])
    )
    yield from ("", "## Links", "")
    yield from (f"- {name}: `{value}`" for name, value in document["links"].items())


def _table(head: Sequence[str], rows: Iterator[Sequence[Any]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        yield "None."
        return
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in found:
        yield f"| {' | '.join(_cell(it) for it in row)} |"


def _marked(objective: Mapping[str, Any]) -> str:
    return objective["name"] + (" (the target is an assumption)" if objective["assumption"] else "")


def _with_details(event: Mapping[str, Any]) -> str:
    told = ", ".join(f"{name}: {value}" for name, value in event["details"].items())
    return f"{event['title']} ({told})" if told else event["title"]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(value: Any) -> str:
    """The value on one line, with nothing in it that Markdown or HTML would take for its own."""
    match value:
        case None:
            return _NOT_GIVEN
        case list():
            return "<br>".join(_cell(it) for it in value) or "none"
        case _:
            text = " ".join(str(value).split())
            for sign, instead in (("&", "&amp;"), ("<", "&lt;"), ("\\", "\\\\"), ("|", "\\|"), ("`", "\\`")):
                text = text.replace(sign, instead)
            return text
