"""What a drawing is made of, before it is written in any format. Lengths are in pixels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Dot", "Drawing", "Line", "Rectangle", "Shape", "Text", "fitted", "text_width", "wrapped"]

_EM = 0.62
"""Width of a letter in font sizes: DejaVu Sans, the widest usual sans-serif, has a mean of 0.6 for such names."""


@dataclass(frozen=True)
class Rectangle:
    """Attributes: style: what it shows, for the palette. title: what a pointer or a screen reader is told."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str = ""


@dataclass(frozen=True)
class Text:
    """One line. Attributes: x, y: of the baseline at the anchor. turned: reads upwards."""

    x: float
    y: float
    text: str
    style: str
    size: float = 11
    anchor: Literal["start", "middle", "end"] = "start"
    turned: bool = False

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what it may cover."""
        width = text_width(self.text, self.size)
        before = {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        if self.turned:
            return self.x - self.size, self.y - width + before, self.x, self.y + before
        return self.x - before, self.y - self.size, self.x - before + width, self.y


@dataclass(frozen=True)
class Line:
    """Straight pieces from point to point. Attributes: arrow: whether its end is a head."""

    points: Sequence[tuple[float, float]]
    style: str
    arrow: bool = False
    title: str = ""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    style: str
    title: str = ""


Shape = Rectangle | Text | Line | Dot


@dataclass(frozen=True)
class Drawing:
    """Attributes: shapes: later ones over earlier ones."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]


def text_width(text: str, size: float) -> float:
    """At most this wide in any usual sans-serif font."""
    return len(text) * size * _EM


def fitted(text: str, size: float, width: float) -> str:
    """The text, cut off where it would be wider."""
    if text_width(text, size) <= width:
        return text
    return text[: max(1, int(width / (size * _EM)) - 1)] + "…"


def wrapped(items: Sequence[str], size: float, width: float, separator: str = " · ") -> list[str]:
    """The items in lines that are not wider; an item is never broken, only cut off."""
    return list(_lines(items, size, width, separator))


def _lines(items: Sequence[str], size: float, width: float, separator: str) -> Iterator[str]:
    line = ""
    for item in items:
        longer = f"{line}{separator}{item}" if line else item
        if line and text_width(longer, size) > width:
            yield line
            longer = item
        line = fitted(longer, size, width)
    if line:
        yield line
