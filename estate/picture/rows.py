"""The rows of a picture: one for each part, the same in both regions, in bands by layer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from estate.picture.model import EdgeKind, Node, NodeKind, Picture
from estate.picture.shapes import text_width, wrapped
from stacks.names import Layer

__all__ = [
    "BANDS",
    "BAND_SIZE",
    "LINE_HEIGHT",
    "SMALL",
    "Band",
    "Row",
    "bands_of",
    "has_words",
    "remainder",
    "upright",
    "upright_words",
]

BANDS = (Layer.PLATFORM, Layer.SERVICES, Layer.DATA, Layer.FOUNDATION, Layer.RECOVERY)
"""From where people come in, down to what everything stands on and what is left when it falls."""

SMALL = 9.5
BAND_SIZE = 12
LINE_HEIGHT = 12
PADDING = 6
TRACK_HEIGHT = 9
UPRIGHT_SIZE = 9.5
DEAD_LETTER_HEIGHT = 12
_HEIGHT = 23
_NETWORK_HEIGHT = 92
_UPRIGHT = (NodeKind.TOPIC, NodeKind.BUS, NodeKind.STREAM, NodeKind.BUCKET, NodeKind.QUEUE)


@dataclass(frozen=True)
class Row:
    """Attributes: nodes: by region; more than one only where what is left is counted by what it is."""

    kind: NodeKind
    nodes: Mapping[str, tuple[Node, ...]]
    y: float
    height: float

    @property
    def name(self) -> str:
        """What the parts are called; what is only counted has no name of its own."""
        return "also" if self.kind is NodeKind.OTHER else next(iter(self.nodes.values()))[0].name

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Band:
    """A layer.

    Attributes:
        upright_y: where the upright boxes of its stores begin, below the rows.
        upright_height: how long they are, 0 without any.
    """

    layer: Layer
    y: float
    height: float
    rows: tuple[Row, ...]
    upright_y: float = 0
    upright_height: float = 0


def bands_of(picture: Picture, top: float, width: float, tracks: int) -> list[Band]:
    """The bands from `top` down.

    Args: width: of a region's zones. tracks: how many lines run below the upright boxes.
    """
    bands: list[Band] = []
    for layer in BANDS:
        rows = tuple(_rows(picture, layer, top + PADDING, width))
        bottom = rows[-1].y + rows[-1].height if rows else top + PADDING
        length = _upright_length(node for node in picture.whole(layer) if _is_upright(node))
        below = PADDING + length + tracks * TRACK_HEIGHT if length else 0
        if rows or length:
            height = max(bottom + below + PADDING - top, text_width(layer, BAND_SIZE) + 2 * PADDING)
            bands.append(Band(layer, top, height, rows, bottom + PADDING, length))
            top += height
    return bands


def upright(picture: Picture, region: str) -> list[Node]:
    """The stores of a region that stand in no zone, in order of kinds: boxes at the feet of their lanes."""
    found = [node for node in picture.nodes if node.region == region and _is_upright(node)]
    return sorted(found, key=lambda node: (_UPRIGHT.index(node.kind), node.label))


def has_words(node: Node) -> bool:
    """Whether a service's tasks are drawn in their zones, and words below say what boxes cannot."""
    return bool(node.count and node.zones and node.count >= len(node.zones))


def remainder(nodes: Iterable[Node]) -> list[str]:
    """What else there is, as words: ``6 person role``."""
    return [f"{node.count} × {node.label}" if node.count != 1 else node.label for node in nodes]


def upright_words(node: Node) -> str:
    """What an upright box says."""
    return f"{node.label} × {node.count}" if node.holds else node.name


def _upright_length(nodes: Iterable[Node]) -> float:
    """As long as the longest words and a dead-letter queue need; 0 where there are no boxes."""
    lengths = [text_width(upright_words(node), UPRIGHT_SIZE) for node in nodes]
    return max(lengths) + DEAD_LETTER_HEIGHT + PADDING if lengths else 0


def _is_upright(node: Node) -> bool:
    return node.layer is Layer.DATA and node.kind in _UPRIGHT


def _rows(picture: Picture, layer: Layer, top: float, width: float) -> Iterator[Row]:
    depths = _depths(picture)
    order = list(NodeKind)

    def place(node: Node) -> tuple[int, int, str]:
        if node.kind is NodeKind.OTHER:
            return order.index(node.kind), 0, ""
        return order.index(node.kind), depths.get(node.label, 0), node.label

    nodes = sorted((node for node in picture.whole(layer) if not _is_upright(node)), key=place)
    for (kind, _, _), alike in groupby(nodes, key=place):
        by_region: dict[str, tuple[Node, ...]] = {}
        for node in alike:
            by_region[node.region] = (*by_region.get(node.region, ()), node)
        height = max(_height(members, width) for members in by_region.values())
        yield Row(order[kind], by_region, top, height)
        top += height


def _height(nodes: tuple[Node, ...], width: float) -> float:
    node = nodes[0]
    match node.kind:
        case NodeKind.CELL | NodeKind.SERVICE:
            return _HEIGHT + LINE_HEIGHT * (has_words(node) + len(wrapped(node.holds, SMALL, width)))
        case NodeKind.NETWORK:
            return _NETWORK_HEIGHT
        case NodeKind.OTHER:
            return PADDING + LINE_HEIGHT * len(wrapped(remainder(nodes), SMALL, width))
        case _:
            return _HEIGHT


def _depths(picture: Picture) -> dict[str, int]:
    """How many calls a service is away from whoever calls first, by label: callers stand above callees."""
    label = {node.id: node.label for node in picture.nodes}
    calls = {(label[it.source], label[it.target]) for it in picture.edges if it.kind is EdgeKind.CALLS}
    depths: dict[str, int] = {}
    for _ in range(len(calls)):
        known = dict(depths)
        for caller, callee in calls:
            depths[callee] = max(depths.get(callee, 0), known.get(caller, 0) + 1)
        if depths == known:
            break
    return depths
