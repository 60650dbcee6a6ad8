"""The columns of a picture: a region's zones, and beside them a lane for each part that is reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from estate.picture.model import Edge, EdgeKind, NodeKind, Picture, Region
from estate.picture.rows import Band, upright
from estate.picture.shapes import text_width

__all__ = ["HEAD_SIZE", "LANE_WIDTH", "ZONE_WIDTH", "Column", "columns_of", "lane_edges", "lane_of"]

ZONE_WIDTH = 102
LANE_WIDTH = 16
HEAD_SIZE = 14
_GAP = 28
_LANED = (EdgeKind.ROUTES, EdgeKind.CALLS, EdgeKind.USES)
_ROWED_STORES = (NodeKind.DATABASE, NodeKind.CACHE)


@dataclass(frozen=True)
class Column:
    """One region.

    Attributes:
        x, right: from the left edge of the first zone to the right edge of the last lane.
        lanes: middle of each lane, by the id of the part that it leads to (of the edge: from).
    """

    region: Region
    x: float
    right: float
    lanes: Mapping[str, float]

    @property
    def zones_width(self) -> float:
        return ZONE_WIDTH * max(1, len(self.region.zones))

    @property
    def zones_right(self) -> float:
        return self.x + self.zones_width

    def zone_x(self, zone: str) -> float:
        """The left edge of a zone."""
        return self.x + ZONE_WIDTH * self.region.zones.index(zone)


def columns_of(picture: Picture, bands: Sequence[Band], left: float) -> list[Column]:
    """The columns from `left` on, the primary region first."""
    columns: list[Column] = []
    for region in picture.regions:
        order = list(_lane_order(picture, bands, region))
        first = left + ZONE_WIDTH * max(1, len(region.zones)) + LANE_WIDTH
        lanes = {node_id: first + LANE_WIDTH * (number + 0.5) for number, node_id in enumerate(order)}
        right = max(first + LANE_WIDTH * len(order), left + text_width(f"  {region.title}", HEAD_SIZE))
        columns.append(Column(region, left, right, lanes))
        left = right + _GAP
    return columns


def lane_edges(picture: Picture, region: str) -> list[Edge]:
    """The edges of a region that run in lanes."""
    node = picture.node_by_id
    return [it for it in picture.edges if it.kind in _LANED and node[it.target].region == region]


def lane_of(edge: Edge) -> str:
    """The part whose lane an edge runs in: its target, or its source where that is the edge of the estate."""
    return edge.source if edge.kind is EdgeKind.ROUTES else edge.target


def _lane_order(picture: Picture, bands: Sequence[Band], region: Region) -> Iterator[str]:
    """From left to right: the edge, called services, then stores.

    A lane that ends higher stands further left, so that no lane crosses the foot of another. Every upright box
    has a lane, for it is the lane's foot.
    """
    used = {lane_of(edge) for edge in lane_edges(picture, region.name)}
    for band in bands:
        for row in band.rows:
            yield from (node.id for node in row.nodes.get(region.name, ()) if node.id in used)
    yield from (node.id for node in upright(picture, region.name))
