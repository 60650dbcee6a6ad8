"""Counts of events, which add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Figures"]


@dataclass(frozen=True)
class Figures:
    """Attributes: by_type, by_benefit: counts; of a benefit by type. as_of: time of the last event, ISO 8601."""

    by_type: Counter[str] = field(default_factory=Counter[str])
    by_benefit: Counter[str] = field(default_factory=Counter[str])
    as_of: str = ""

    @classmethod
    def of(cls, events: Iterable[Mapping[str, Any]]) -> "Figures":
        by_type: Counter[str] = Counter()
        by_benefit: Counter[str] = Counter()
        as_of = ""
        for event in events:
            type_ = str(event.get("type", "unknown"))
            by_type[type_] += 1
            if event.get("benefit"):
                by_benefit[f"{event['benefit']}/{type_}"] += 1
            as_of = max(as_of, str(event.get("at", "")))
        return cls(by_type, by_benefit, as_of)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Figures":
        return cls(Counter(document["by_type"]), Counter(document["by_benefit"]), document["as_of"])

    def to_document(self) -> dict[str, Any]:
        return {
            "by_type": dict(sorted(self.by_type.items())),
            "by_benefit": dict(sorted(self.by_benefit.items())),
            "as_of": self.as_of,
        }

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.by_type + other.by_type,
            self.by_benefit + other.by_benefit,
            max(self.as_of, other.as_of),
        )
