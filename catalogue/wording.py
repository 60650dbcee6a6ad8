"""Says in the catalogue's words what pydantic found, and offers the nearest name to a misspelt one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from catalogue.document import Document, KeyPath
from catalogue.exceptions import MISSING, Problem

__all__ = ["choice", "entry_problems", "unknown_key"]

# By pydantic's error type: what must be, and what to do. The parts in braces are the error's own context.
_WORDS: Mapping[str, tuple[str, str]] = {
    "model_type": ("The value must be a mapping", "Write its keys below it, one a line."),
    "dict_type": ("The value must be a mapping", "Write its keys below it, one a line."),
    "mapping_type": ("The value must be a mapping", "Write its keys below it, one a line."),
    "tuple_type": ("The value must be a list", "Write it in brackets: [one, two]."),
    "string_type": ("The value must be text", "Put it in quotes if it looks like a number or a truth value."),
    "bool_type": ("The value must be true or false", "Write true or false, without quotes."),
    "int_type": ("The value must be a whole number", "Write it in digits, without quotes."),
    "float_type": ("The value must be a number", "Write it in digits, without quotes."),
    "greater_than": ("The number must be above {gt:g}", "Choose a larger number."),
    "greater_than_equal": ("The number must be at least {ge:g}", "Choose a larger number."),
    "less_than_equal": ("The number must be at most {le:g}", "Choose a smaller number."),
    "string_too_long": ("The text must have at most {max_length} characters", "Shorten it."),
    "string_too_short": ("The text must have at least {min_length} characters", "Write it out."),
    "too_short": ("The list must have at least {min_length} items", "Add what is missing."),
    "too_long": ("The list must have at most {max_length} items", "Remove what is too many."),
}
_SLUG = "Use lower-case letters and digits, with single hyphens between words."
_PATTERNS: tuple[tuple[str, str, str], ...] = (
    (r"^[a-z][a-z0-9]*(-", "A name must be a slug", _SLUG),
    (
        r"(?s)^[A-Z0-9]",
        "The text must be a sentence",
        "Begin with a capital letter and end with a full stop.",
    ),
    (r"^20[0-9]{2}-", "A month must be written as year and month", "Write it as in 2022-11."),
    (
        r"^(at\(20",
        "The text must be a schedule of Application Auto Scaling",
        "Write at(yyyy-mm-ddThh:mm:ss) or cron(minutes hours day month weekday year), in London's time.",
    ),
    (r"^[0-9]{12}$", "An account id must be twelve digits in quotes", 'Write it as in "123456789012".'),
)


def choice(given: object, names: Iterable[object]) -> str:
    """The sentence that offers what is allowed, with the nearest name first where one was misspelt."""
    allowed = sorted(str(name) for name in names)
    nearest = difflib.get_close_matches(given, allowed, n=1) if isinstance(given, str) else []
    offer = f"Choose one of {', '.join(allowed)}." if allowed else "There is none to choose."
    return f"Did you mean {nearest[0]!r}? {offer}" if nearest else offer


def unknown_key(document: Document, path: KeyPath, names: Iterable[str]) -> Problem:
    """The problem of a key that nothing reads; `path` ends with it."""
    key = path[-1]
    entry, field = ".".join(map(str, path[:-1])) or str(key), str(key) if path[:-1] else ""
    rule = "A key must be one that is known"
    return Problem(document.file, document.line(path), entry, field, key, rule, choice(key, names))


def entry_problems(
    document: Document,
    path: tuple[str, ...],
    model: type[BaseModel],
    error: ValidationError,
    made_fields: tuple[str, ...] = (),
) -> Iterator[Problem]:
    """Every error that pydantic found in the entry at `path`, each on its own line of the file.

    Args: made_fields are those that the file does not give, so they are not offered for a misspelt key.
    """
    for detail in error.errors(include_url=False):
        context = detail.get("ctx") or {}
        place = (*_place(detail), *filter(None, context.get("field", "").split(".")))
        rule, value, allowed = _words(model, detail, context, made_fields)
        line = document.line((*path, *place))
        yield Problem(document.file, line, ".".join(path), ".".join(map(str, place)), value, rule, allowed)


def _place(detail: ErrorDetails) -> KeyPath:
    return tuple(part for part in detail["loc"] if part != "[key]")


def _words(
    model: type[BaseModel], detail: ErrorDetails, context: Mapping[str, Any], made_fields: tuple[str, ...]
) -> tuple[str, object, str]:
    given, place = detail["input"], _place(detail)
    match detail["type"]:
        case "rule":
            return context["rule"], context["value"], context["allowed"]
        case "missing":
            return "A required key must be there", MISSING, f"Add {str(place[-1])!r}."
        case "extra_forbidden":
            keys = _keys(model, place[:-1])
            known = keys if place[:-1] else [key for key in keys if key not in made_fields]
            return "A key must be one that is known", place[-1], choice(place[-1], known)
        case "enum" | "literal_error":
            return "The value must be one that is known", given, choice(given, _expected(context["expected"]))
        case "string_pattern_mismatch":
            rule, allowed = _pattern_words(context["pattern"])
            return rule, given, allowed
        case kind if kind in _WORDS:
            rule, allowed = _WORDS[kind]
            return rule.format(**context), given, allowed
    return "The value must fit its field", given, f"{detail['msg']}."


def _pattern_words(pattern: str) -> tuple[str, str]:
    for start, rule, allowed in _PATTERNS:
        if pattern.startswith(start):
            return rule, allowed
    return "The text must have the field's form", f"It must match {pattern}"


def _expected(listing: str) -> list[str]:
    return listing.replace("'", "").replace(" or ", ", ").split(", ")


def _keys(model: type[BaseModel], place: KeyPath) -> list[str]:
    """The keys that the model has at `place`."""
    for part in place:
        field = model.model_fields.get(str(part))
        nested = _nested_model(field.annotation) if field else None
        model = nested or model
    return list(model.model_fields)


def _nested_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_nested_model, get_args(annotation))), None)
