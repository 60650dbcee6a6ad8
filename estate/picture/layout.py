"""Where everything in a picture goes. Pure: the same picture has the same layout.

Columns are regions with their zones, rows are parts in bands by layer. Beside the zones run the lanes: one for
each part that others reach, which every caller's line joins with a dot. So no line has to find its way between
boxes.
"""

from collections.abc import Iterator, Sequence

from estate.picture.boxes import boxes, network_labels
from estate.picture.columns import HEAD_SIZE, ZONE_WIDTH, Column, columns_of
from estate.picture.legend import legend
from estate.picture.model import NodeKind, Picture
from estate.picture.rows import BAND_SIZE, SMALL, Band, Row, bands_of
from estate.picture.shapes import Drawing, Rectangle, Shape, Text, fitted, text_width
from estate.picture.wires import feet, links, tracked, wires

__all__ = ["lay_out"]

MARGIN = 24
_LAYER_WIDTH = 26
_LABEL_WIDTH = 200
_LABEL_SIZE = 12
_HEADING_HEIGHT = 92
_HEADING_SIZE = 11


def lay_out(picture: Picture) -> Drawing:
    """Every part and every edge of the picture, in its place."""
    left = MARGIN + _LAYER_WIDTH + _LABEL_WIDTH
    zones = max((len(region.zones) for region in picture.regions), default=1) or 1
    bands = bands_of(picture, MARGIN + _HEADING_HEIGHT, ZONE_WIDTH * zones, len(tracked(picture)))
    columns = columns_of(picture, bands, left)
    words = MARGIN + text_width(_description(picture), _HEADING_SIZE)
    right = max([column.right for column in columns] + [words])
    bottom = bands[-1].y + bands[-1].height if bands else MARGIN + _HEADING_HEIGHT
    key = list(legend(MARGIN, bottom + 16, right - MARGIN))
    shapes = [
        *_ground(columns, bands, right),
        *_heading(picture),
        *_column_heads(columns, bands),
        *(shape for column in columns for shape in wires(picture, column, bands)),
        *links(picture, columns, bands),
        *_contents(picture, columns, bands),
        *key,
    ]
    return Drawing(
        width=right + MARGIN,
        height=max(shape.y for shape in key if isinstance(shape, Text)) + MARGIN,
        title=f"Estate {picture.environment}",
        description=_description(picture),
        shapes=tuple(shapes),
    )


def _ground(columns: Sequence[Column], bands: Sequence[Band], right: float) -> Iterator[Shape]:
    """Bands, zones and rows, under everything else."""
    for band in bands:
        yield Rectangle(MARGIN, band.y, right - MARGIN, band.height - 3, "band")
        yield Rectangle(MARGIN, band.y, _LAYER_WIDTH - 6, band.height - 3, "layer")
        y = band.y + band.height / 2
        yield Text(MARGIN + 14, y, band.layer.title(), "layer-text", BAND_SIZE, "middle", turned=True)
        for column in columns:
            for zone in column.region.zones:
                yield Rectangle(column.zone_x(zone) + 1, band.y, ZONE_WIDTH - 2, band.height - 3, "zone")
        for row in band.rows[1:]:
            yield Rectangle(MARGIN + _LAYER_WIDTH, row.y - 0.5, right - MARGIN - _LAYER_WIDTH, 0.5, "rule")


def _heading(picture: Picture) -> Iterator[Shape]:
    yield Text(MARGIN, MARGIN + 20, f"Estate {picture.environment}", "title", 22)
    yield Text(MARGIN, MARGIN + 40, _description(picture), "small", _HEADING_SIZE)


def _description(picture: Picture) -> str:
    regions = " and ".join(f"{region.name} ({region.role})" for region in picture.regions)
    return (
        f"{picture.resource_count} resources in {picture.stack_count} stacks, in {regions}. "
        f"Drawn from what the program declares by: estate graph {picture.environment}"
    )


def _column_heads(columns: Sequence[Column], bands: Sequence[Band]) -> Iterator[Shape]:
    y = MARGIN + _HEADING_HEIGHT
    for column in columns:
        yield Text(column.x + 4, y - 26, column.region.title, "head", HEAD_SIZE)
        for zone in column.region.zones:
            yield Text(column.zone_x(zone) + ZONE_WIDTH / 2, y - 8, zone, "small", 10, "middle")
        if column.lanes and column.right - column.zones_right > 120:
            yield Text(column.zones_right + 18, y - 8, "what may reach what", "small", 10)


def _contents(picture: Picture, columns: Sequence[Column], bands: Sequence[Band]) -> Iterator[Shape]:
    for band in bands:
        for row in band.rows:
            yield from _label(row)
            for column in columns:
                yield from boxes(picture, column, row)
        if band.upright_height:
            yield Text(
                MARGIN + _LAYER_WIDTH + 4,
                band.upright_y + 12,
                "stores of the whole region",
                "label",
                _LABEL_SIZE,
            )
            yield Text(
                MARGIN + _LAYER_WIDTH + 4, band.upright_y + 26, "at the feet of the lanes", "small", SMALL
            )
            for column in columns:
                yield from feet(picture, column, band)


def _label(row: Row) -> Iterator[Shape]:
    style = "small" if row.kind is NodeKind.OTHER else "label"
    text = fitted(row.name, _LABEL_SIZE, _LABEL_WIDTH - 12)
    yield Text(MARGIN + _LAYER_WIDTH + 4, row.y + 16, text, style, _LABEL_SIZE)
    if row.kind is NodeKind.NETWORK:
        for y, words in network_labels(row):
            yield Text(MARGIN + _LAYER_WIDTH + _LABEL_WIDTH - 8, y, words, "small", SMALL, "end")
