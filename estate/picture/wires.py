"""The lines of a picture: what may reach what in a region, and what is delivered or copied."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from estate.picture.boxes import told
from estate.picture.columns import LANE_WIDTH, Column, lane_edges, lane_of
from estate.picture.model import Edge, EdgeKind, Node, NodeKind, Picture
from estate.picture.rows import (
    DEAD_LETTER_HEIGHT,
    TRACK_HEIGHT,
    UPRIGHT_SIZE,
    Band,
    upright,
    upright_words,
)
from estate.picture.shapes import Dot, Line, Rectangle, Shape, Text

__all__ = ["feet", "links", "tracked", "wires"]

_ROUTED, _CALLED, _CALLING = -8, 0, 8
"""Heights in a row, from its middle: what the edge sends, what callers send, what the part itself sends."""


def wires(picture: Picture, column: Column, bands: Sequence[Band]) -> Iterator[Shape]:
    """A lane for each part that is reached, with a dot wherever the line of a caller joins it."""
    heights = _heights(picture, column, bands)
    by_lane: dict[str, list[Edge]] = defaultdict(list)
    for edge in lane_edges(picture, column.region.name):
        by_lane[lane_of(edge)].append(edge)
    yield from _callers(picture, column, heights)
    for lane, edges in by_lane.items():
        draw = _routes if edges[0].kind is EdgeKind.ROUTES else _lane
        yield from draw(picture, column, lane, edges, heights)


def feet(picture: Picture, column: Column, band: Band) -> Iterator[Shape]:
    """The upright boxes of stores, each at the foot of its lane; a queue stands on its dead-letter queue."""
    for node in upright(picture, column.region.name):
        x, bottom = column.lanes[node.id] - LANE_WIDTH / 2 + 1, band.upright_y + band.upright_height
        yield Rectangle(
            x, band.upright_y, LANE_WIDTH - 2, band.upright_height, f"{node.kind} chip", told(node)
        )
        for dead_letters in picture.parts(node):
            bottom -= DEAD_LETTER_HEIGHT
            yield Rectangle(
                x, bottom, LANE_WIDTH - 2, DEAD_LETTER_HEIGHT, "dead-letter chip", told(dead_letters)
            )
        middle = column.lanes[node.id] + UPRIGHT_SIZE / 3
        yield Text(middle, bottom - 4, upright_words(node), "chip-text", UPRIGHT_SIZE, turned=True)


def links(picture: Picture, columns: Sequence[Column], bands: Sequence[Band]) -> Iterator[Shape]:
    """What is delivered or copied: along the rows, or in tracks below the upright boxes."""
    by_region = {column.region.name: column for column in columns}
    heights = {column.region.name: _heights(picture, column, bands) for column in columns}
    feet_y = max((it.upright_y + it.upright_height for it in bands if it.upright_height), default=0)
    below = {edge: number for number, edge in enumerate(tracked(picture), start=1)}
    for edge in picture.edges:
        if edge.kind not in (EdgeKind.FEEDS, EdgeKind.COPIES):
            continue
        source, target = picture.node_by_id[edge.source], picture.node_by_id[edge.target]
        here, there = by_region[source.region], by_region[target.region]
        if edge in below:
            points = _track(here.lanes[source.id], there.lanes[target.id], feet_y, below[edge] * TRACK_HEIGHT)
        else:
            y = heights[source.region][source.id] + _CALLING
            points = (
                [(here.zones_right, y), (there.x, y)]
                if here.x < there.x
                else [(here.x, y), (there.zones_right, y)]
            )
        yield Line(points, edge.kind, arrow=True, title=_sentence(picture, edge))


def tracked(picture: Picture) -> list[Edge]:
    """The edges that run below the upright boxes, which are their ends."""
    feet_ids = {node.id for region in picture.regions for node in upright(picture, region.name)}
    return [it for it in picture.edges if it.source in feet_ids and it.target in feet_ids]


def _track(start: float, end: float, foot: float, depth: float) -> list[tuple[float, float]]:
    return [(start, foot), (start, foot + depth), (end, foot + depth), (end, foot)]


def _heights(picture: Picture, column: Column, bands: Sequence[Band]) -> dict[str, float]:
    """Where lines meet a part: the middle of its row, or the top of its upright box."""
    name = column.region.name
    heights = {node.id: row.middle for band in bands for row in band.rows for node in row.nodes.get(name, ())}
    tops = [band.upright_y for band in bands if band.upright_height]
    return heights | {node.id: top for top in tops for node in upright(picture, name)}


def _callers(picture: Picture, column: Column, heights: Mapping[str, float]) -> Iterator[Shape]:
    """The line of each caller, as far as the last lane that it joins."""
    reach: dict[str, float] = {}
    for edge in lane_edges(picture, column.region.name):
        if edge.kind is not EdgeKind.ROUTES:
            reach[edge.source] = max(reach.get(edge.source, 0), column.lanes[edge.target])
    for caller, right in reach.items():
        y = heights[caller] + _CALLING
        yield Line([(column.zones_right, y), (right, y)], "caller", title=told(picture.node_by_id[caller]))


def _lane(
    picture: Picture, column: Column, lane: str, edges: Sequence[Edge], heights: Mapping[str, float]
) -> Iterator[Shape]:
    target = picture.node_by_id[lane]
    x, style = column.lanes[lane], f"{_lane_kind(target)} lane"
    joins = [heights[edge.source] + _CALLING for edge in edges]
    end = heights[lane] + _CALLED
    yield Line([(x, min(*joins, end)), (x, max(*joins, end))], style)
    if lane in {node.id for node in upright(picture, column.region.name)}:
        yield Line([(x, max(joins)), (x, end)], style, arrow=True)
    else:
        yield Line([(x, end), (column.zones_right, end)], style, arrow=True)
    for edge, y in zip(edges, joins, strict=True):
        yield Dot(x, y, style, _sentence(picture, edge))


def _routes(
    picture: Picture, column: Column, lane: str, edges: Sequence[Edge], heights: Mapping[str, float]
) -> Iterator[Shape]:
    x, start, style = column.lanes[lane], heights[lane], "edge lane"
    ends = [heights[edge.target] + _ROUTED for edge in edges]
    yield Line([(column.zones_right, start), (x, start), (x, max(*ends, start))], style)
    for edge, y in zip(edges, ends, strict=True):
        yield Line([(x, y), (column.zones_right, y)], style, arrow=True)
        yield Dot(x, y, style, _sentence(picture, edge))


def _lane_kind(node: Node) -> NodeKind:
    return NodeKind.SERVICE if node.kind is NodeKind.CELL else node.kind


def _sentence(picture: Picture, edge: Edge) -> str:
    source, target = picture.node_by_id[edge.source], picture.node_by_id[edge.target]
    verb = {EdgeKind.ROUTES: "routes to", EdgeKind.FEEDS: "delivers to", EdgeKind.COPIES: "is copied to"}
    return f"{source.name} {verb.get(edge.kind, str(edge.kind))} {target.name}"
