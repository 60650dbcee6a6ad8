"""Which other resources a value comes from, as a plan's configuration tells it: ``aws_kms_key.data.arn``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.graph import Graph
from compliance.names import TypeNames
from compliance.names.notation import snake_case
from compliance.plan.addresses import Place
from engine import wire
from engine.recorder import PLACEHOLDER

__all__ = ["Dependencies", "References"]

_WHOLE = re.compile(rf"(?:arn:aws:[\w-]*:[\w-]*:\d*:)?{PLACEHOLDER.pattern}")
"""A value that is another resource's output and nothing else; see `engine.recorder` for how ARNs are made."""

References = Sequence[str]


@dataclass(frozen=True)
class Dependencies:
    """Tells where values come from. Attributes: places: by URN, of everything that is in the plan."""

    graph: Graph
    places: Mapping[str, Place]

    def of_text(self, text: str) -> References:
        """The references for every placeholder in the text."""
        found = (self.graph.output_by_token.get(it) for it in PLACEHOLDER.findall(text))
        return _once(it for each in found if each for it in self._references(*each))

    def is_whole(self, text: str) -> bool:
        """Whether the text is the output of something in the plan, so that Terraform would not know it yet."""
        return bool(_WHOLE.fullmatch(text)) and bool(self.of_text(text))

    def unexplained(self, urns: Sequence[str], value: Any) -> Mapping[str, str]:
        """What a property depends on although no placeholder says so: values that the program knew already.

        Args: urns: of what the property depends on. Returns: the output that may have been read, by URN: the first
            whose text is in the value, else ``id``.
        """
        texts = [it for it in wire.strings(wire.redact(value)) if it != wire.UNKNOWN]
        told = {
            self.graph.output_by_token[it][0]
            for text in texts
            for it in PLACEHOLDER.findall(text)
            if it in self.graph.output_by_token
        }
        return {
            urn: self._likely_output(urn, texts) for urn in urns if urn in self.places and urn not in told
        }

    def of_outputs(self, outputs: Mapping[str, str]) -> References:
        return _once(it for urn, name in sorted(outputs.items()) for it in self._references(urn, name))

    def known_text(self, urn: str, output: str) -> str | None:
        """The output's text where the program gave it as an input."""
        value = self.graph.by_urn[urn].registration.inputs.get(output)
        return value if isinstance(value, str) and value else None

    def _likely_output(self, urn: str, texts: Sequence[str]) -> str:
        known = sorted(self.graph.by_urn[urn].registration.inputs)
        return next((it for it in known if self.known_text(urn, it) in texts), "id")

    def _references(self, urn: str, output: str) -> Iterator[str]:
        place = self.places.get(urn)
        if place:
            yield f"{place.address}.{_attribute(place.names, output)}"
            yield place.address


def _attribute(names: TypeNames, output: str) -> str:
    known = names.names.get(output)
    return known.terraform if known else snake_case(output)


def _once(references: Iterator[str]) -> References:
    return list(dict.fromkeys(references))
