"""What the shapes of a picture mean."""

from collections.abc import Iterable, Iterator

from estate.picture.model import EdgeKind, NodeKind
from estate.picture.shapes import Dot, Line, Rectangle, Shape, Text, text_width

__all__ = ["legend"]

_SIZE = 10
_LINE_HEIGHT = 18
_CHIP_WIDTH = 22
_LINE_WIDTH = 34
_CHIPS = (
    (f"{NodeKind.EDGE} chip", "edge"),
    (f"{NodeKind.CELL} chip", "tasks of a cell, and its benefits"),
    (f"{NodeKind.SERVICE} chip", "tasks of a service"),
    (f"{NodeKind.DATABASE} chip", "database instance"),
    (f"{NodeKind.CACHE} chip", "cache node"),
    (f"{NodeKind.TOPIC} chip", "topic"),
    (f"{NodeKind.BUS} chip", "bus"),
    (f"{NodeKind.STREAM} chip", "stream"),
    (f"{NodeKind.BUCKET} chip", "bucket"),
    (f"{NodeKind.QUEUE} chip", "queue"),
    ("dead-letter chip", "dead-letter queue"),
    (f"{NodeKind.SUBNET} chip", "subnet"),
    (f"{NodeKind.NAT} chip", "NAT gateway"),
    (f"{NodeKind.KEYS} chip", "keys"),
    (f"{NodeKind.VAULT} chip", "backup vault"),
    ("absent", "in a zone that ECS chooses, or not there"),
)
_LINES = (
    ("edge lane", "the edge routes requests to"),
    ("service lane", "may be called by whoever has a dot on its lane"),
    ("database lane", "may be used by whoever has a dot on its lane, in the colour of the store"),
    (EdgeKind.FEEDS, "delivers to"),
    (EdgeKind.COPIES, "is copied to"),
)


def legend(x: float, y: float, right: float) -> Iterator[Shape]:
    """The boxes in the first lines and the lines in the next, between x and right."""
    top = y
    for left, top, style, words in _flow(x, y, right, _CHIPS, _CHIP_WIDTH):
        yield Rectangle(left, top, _CHIP_WIDTH - 6, 12, style)
        yield Text(left + _CHIP_WIDTH, top + 10, words, "small", _SIZE)
    for left, line_top, style, words in _flow(x, top + _LINE_HEIGHT, right, _LINES, _LINE_WIDTH):
        middle = line_top + 6
        yield Line([(left, middle), (left + _LINE_WIDTH - 6, middle)], style, arrow=True)
        if style.endswith("lane"):
            yield Dot(left + 4, middle, style)
        yield Text(left + _LINE_WIDTH, line_top + 10, words, "small", _SIZE)


def _flow(
    x: float, y: float, right: float, items: Iterable[tuple[str, str]], sample: float
) -> Iterator[tuple[float, float, str, str]]:
    """Each item with the place of its sample; a new line where one is full."""
    left = x
    for style, words in items:
        width = sample + text_width(words, _SIZE) + 14
        if left > x and left + width > right:
            left, y = x, y + _LINE_HEIGHT
        yield left, y, style, words
        left += width
