"""How the names table writes a property down, short enough for a line a type.

``name`` is snake_case in Terraform, ``name=other`` is not; then comes its shape, and a ``?`` where Terraform's name
follows from a rule and was not seen: ``loadBalancers=load_balancer[]ecs/ServiceLoadBalancer``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Name", "Shape", "read", "snake_case", "written"]


class Shape(StrEnum):
    """What becomes of a value in a plan document."""

    PLAIN = "plain"
    MAP = "map"
    """Keys are the program's own."""
    BLOCK = "block"
    """One, which a plan writes as a list of one."""
    BLOCKS = "blocks"
    BLOCK_MAP = "block map"
    SCALAR_IN_LIST = "scalar in list"
    """Pulumi has one where Terraform's list has at most one."""
    DOCUMENT = "document"
    """Written out as JSON text."""


@dataclass(frozen=True)
class Name:
    """Attributes: struct: the key of what is nested; is_guessed: by rule, not seen in Terraform's names."""

    pulumi: str
    terraform: str
    shape: Shape = Shape.PLAIN
    struct: str = ""
    is_guessed: bool = False


_SIGNS = {
    Shape.PLAIN: "",
    Shape.MAP: "%",
    Shape.BLOCK: "@",
    Shape.BLOCKS: "[]",
    Shape.BLOCK_MAP: "%@",
    Shape.SCALAR_IN_LIST: "[1]",
    Shape.DOCUMENT: "$",
}
_SHAPES = {sign: shape for shape, sign in _SIGNS.items()}
_NAME = re.compile(
    r"(?P<pulumi>\w+)(?:=(?P<terraform>\w+))?(?P<sign>%@|%|@|\[\]|\[1\]|\$|)(?P<struct>[\w/~]*)(?P<guess>\??)"
)


def snake_case(name: str) -> str:
    return re.sub(r"([A-Z])", lambda found: f"_{found.group(1).lower()}", name).lstrip("_")


def written(name: Name) -> str:
    renamed = f"={name.terraform}" if name.terraform != snake_case(name.pulumi) else ""
    return f"{name.pulumi}{renamed}{_SIGNS[name.shape]}{name.struct}{'?' if name.is_guessed else ''}"


def read(text: str) -> Name:
    """The inverse of `written`."""
    found = _NAME.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no name of the names table.")
    return Name(
        pulumi=found["pulumi"],
        terraform=found["terraform"] or snake_case(found["pulumi"]),
        shape=_SHAPES[found["sign"]],
        struct=found["struct"],
        is_guessed=bool(found["guess"]),
    )
