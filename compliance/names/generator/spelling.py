"""How Pulumi's bridge derives its names from Terraform's."""

import re

__all__ = ["camel", "plural", "singular"]

_UNCOUNTED = re.compile(
    "aws|deer|dns|equipment|fish|information|ios|iops|media|mfa|money|rice|series|sheep|sms|species"
)
_PLURALS = (
    (r"(s)tatus$", r"\1tatuses"),
    (r"(matr|vert|ind)(ix|ex)$", r"\1ices"),
    (r"(x|ch|ss|sh)$", r"\1es"),
    (r"([^aeiouy]|qu)y$", r"\1ies"),
    (r"(?:([^f])fe|([lre])f)$", r"\1\2ves"),
    (r"sis$", "ses"),
    (r"([ti])um$", r"\1a"),
    (r"(p)erson$", r"\1eople"),
    (r"us$", "uses"),
    (r"(alias)$", r"\1es"),
    (r"(ax|cris|test)is$", r"\1es"),
    (r"s$", "s"),
    (r"$", "s"),
)
"""English plurals as far as attributes' names need them.

Source: pulumi/pulumi-terraform-bridge pkg/tfbridge/names.go, which makes the names of lists plural."""


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(it[:1].upper() + it[1:] for it in rest)


def plural(name: str) -> str:
    start, _, last = name.rpartition("_")
    if _UNCOUNTED.fullmatch(last):
        return name
    pattern, replacement = next(it for it in _PLURALS if re.search(it[0], last))
    return f"{start}_" * bool(start) + re.sub(pattern, replacement, last, count=1)


def singular(name: str) -> str:
    """The likeliest singular of a name in snake_case."""
    for ending, replacement in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")):
        if name.endswith(ending):
            return name.removesuffix(ending) + replacement
    return name.removesuffix("s") if name.endswith("s") and not name.endswith("ss") else name
