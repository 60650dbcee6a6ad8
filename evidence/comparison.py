"""Two runs side by side: first what differs in what was asked, then what differs in the answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evidence.exceptions import NotComparable
from evidence.facts import Figure, Objective, Value
from evidence.record import Record

__all__ = ["ABSENT", "Comparison", "Difference", "FigureRow", "ObjectiveRow", "compare_records"]

ABSENT = "not there"
"""Stands for a value that only one of the two has."""


@dataclass(frozen=True)
class Difference:
    """Attributes: what: a dotted path, such as "configuration.seconds"."""

    what: str
    left: Any
    right: Any


@dataclass(frozen=True)
class FigureRow:
    """Attributes: left, right: None where it was not measured, or is not there."""

    name: str
    unit: str
    left: Value
    right: Value

    @property
    def change(self) -> float | None:
        """Right less left."""
        pair = self._numbers()
        return None if pair is None else pair[1] - pair[0]

    @property
    def ratio(self) -> float | None:
        """Right by left; None where the left is zero."""
        pair = self._numbers()
        return None if pair is None or not pair[0] else pair[1] / pair[0]

    def _numbers(self) -> tuple[float, float] | None:
        if _is_number(self.left) and _is_number(self.right):
            return float(self.left), float(self.right)  # pyright: ignore[reportArgumentType]
        return None


@dataclass(frozen=True)
class ObjectiveRow:
    """Attributes: left, right: None where only the other has it."""

    name: str
    left: Objective | None
    right: Objective | None


@dataclass(frozen=True)
class Comparison:
    """Attributes: differences: in environment, commit, configuration and the like; none for a plain repetition."""

    left: Record
    right: Record
    differences: tuple[Difference, ...]
    figures: tuple[FigureRow, ...]
    objectives: tuple[ObjectiveRow, ...]


def compare_records(left: Record, right: Record, force: bool = False) -> Comparison:
    """Both runs, item by item.

    Args: force: also where they are of different kinds.

    Raises: NotComparable: they are, and it is not forced.
    """
    if left.kind is not right.kind and not force:
        raise NotComparable(
            f"{left.id} is of kind {left.kind} and {right.id} of kind {right.kind}: they answer different questions. "
            "Compare runs of one kind, or say --force."
        )
    return Comparison(
        left=left,
        right=right,
        differences=tuple(_differences(_asked(left), _asked(right))),
        figures=tuple(_figures(left.figures, right.figures)),
        objectives=tuple(_objectives(left.objectives, right.objectives)),
    )


def _asked(record: Record) -> dict[str, Any]:
    """All that decides the answer, by dotted path."""
    return dict(
        _flat(
            {
                "kind": str(record.kind),
                "name": record.name,
                "environment": asdict(record.environment),
                "commit": asdict(record.commit) if record.commit else None,
                "seed": record.seed,
                "configuration": record.configuration,
                "declares": sorted(record.declares),
                "who": record.who,
            }
        )
    )


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, it in value.items():
            yield from _flat(it, f"{path}.{key}" if path else str(key))
    else:
        yield path, value


def _differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Difference]:
    for path in dict.fromkeys([*left, *right]):
        pair = (left.get(path, ABSENT), right.get(path, ABSENT))
        if pair[0] != pair[1]:
            yield Difference(path, *pair)


def _figures(left: Sequence[Figure], right: Sequence[Figure]) -> Iterator[FigureRow]:
    by_left, by_right = ({(it.name, it.unit): it.value for it in side} for side in (left, right))
    for name, unit in dict.fromkeys([*by_left, *by_right]):
        yield FigureRow(name, unit, by_left.get((name, unit)), by_right.get((name, unit)))


def _objectives(left: Sequence[Objective], right: Sequence[Objective]) -> Iterator[ObjectiveRow]:
    by_left, by_right = ({it.name: it for it in side} for side in (left, right))
    for name in dict.fromkeys([*by_left, *by_right]):
        yield ObjectiveRow(name, by_left.get(name), by_right.get(name))


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
