"""Physical names that the program leaves open, the same in every run and for every attempt."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.expressions import evaluate

__all__ = ["Name", "digits", "uuid"]


def digits(token: str, count: int = 7) -> str:
    """`count` hexadecimal digits that are always the same for a token."""
    return hashlib.sha256(token.encode()).hexdigest()[:count]


def uuid(token: str) -> str:
    """What stands in for a random client token: UUID-shaped, always the same for a token."""
    value = digits(token, 32)
    return "-".join((value[:8], value[8:12], value[12:16], value[16:20], value[20:]))


@dataclass(frozen=True)
class Name:
    """How a type is named when the program gives no name: ``<resource name>-<7 digits>``, as Pulumi does.

    Attributes:
        property: the name's property.
        prefix: the property that gives its beginning only, where the type has one.
        limit: longest name, in characters.
        allowed: what a name may contain, as a regular expression's class; the rest becomes a hyphen.
        lower: whether names are lower case.
        beginning: what every name begins with, such as ``alias/``.
        ending: what the name must end with, as an expression: ``inputs.fifoQueue && '.fifo'``.
    """

    property: str = "name"
    prefix: str = "namePrefix"
    limit: int = 255
    allowed: str = r"A-Za-z0-9_.-"
    lower: bool = False
    beginning: str = ""
    ending: str = "''"

    def of(self, logical: str, seed: str, inputs: Mapping[str, Any]) -> str:
        """The name that the inputs give, or the one made up for them."""
        if inputs.get(self.property):
            return inputs[self.property]
        unique = digits(seed) + (evaluate(self.ending, {"inputs": inputs}) or "")
        start = inputs.get(self.prefix) or self.beginning + self._cleaned(f"{logical}-")
        return start[: self.limit - len(unique)] + unique

    def _cleaned(self, text: str) -> str:
        return re.sub(f"[^{self.allowed}]+", "-", text.lower() if self.lower else text)
