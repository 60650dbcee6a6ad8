"""What is drawn in the zones of a region, for each kind of part."""

from collections.abc import Callable, Iterator, Mapping

from estate.picture.columns import ZONE_WIDTH, Column
from estate.picture.model import Node, NodeKind, Picture
from estate.picture.rows import LINE_HEIGHT, SMALL, Row, has_words, remainder
from estate.picture.shapes import Rectangle, Shape, Text, fitted, wrapped

__all__ = ["boxes", "network_labels", "told"]

_CHIP_HEIGHT = 17
_INSET = 4
_TASKS = (NodeKind.CELL, NodeKind.SERVICE)
NETWORK_STOREYS = (
    ("nat", "ways out"),
    ("public", "public subnets"),
    ("private", "private subnets: tasks"),
    ("data", "data subnets"),
)
"""Kind of a member or tier of a subnet, and what it is called, from top to bottom."""


def boxes(picture: Picture, column: Column, row: Row) -> Iterator[Shape]:
    """The row's parts as they stand in the zones of the column's region."""
    nodes = row.nodes.get(column.region.name, ())
    if nodes:
        is_zonal = bool(column.region.zones and nodes[0].zones) or row.kind is NodeKind.OTHER
        draw = _BOXES.get(row.kind, _regional) if is_zonal or row.kind in _TASKS else _regional
        yield from draw(picture, column, row, nodes[0])


def told(node: Node) -> str:
    """The node in words, for a pointer that rests on it."""
    count = f"{node.count} {'tasks' if node.limits else 'in all'}" if node.count is not None else ""
    limits = f"{node.limits[0]} to {node.limits[1]}" if node.limits else ""
    facts = ", ".join(filter(None, (count, limits, node.note, node.zone or " ".join(node.zones))))
    holds = ": " + ", ".join(node.holds) if node.holds else ""
    return f"{node.name} ({facts or node.region}){holds}"


def _tasks(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
    """As many tasks in every zone as is certain, and below in words what is not.

    ECS spreads tasks evenly; in which zones those are that are left over is not known before.
    """
    zones = [zone for zone in node.zones if zone in column.region.zones]
    total = node.count or 0
    certain, left_over = divmod(total, len(zones)) if zones else (0, total)
    y = row.y + 3
    if has_words(node):
        for zone in zones:
            words = _plural(certain, "task")
            yield from _chip(column.zone_x(zone), y, ZONE_WIDTH, words, f"{node.kind} chip", told(node))
        y += LINE_HEIGHT
        where = f", {left_over} of them in any zone" if left_over else ""
        yield from _words(column, y + _CHIP_HEIGHT, _plural(total, "task") + where + _at_most(node))
    else:
        words = f"{_plural(total, 'task')} in any zone" if total else "no task at rest"
        yield from _chip(column.x, y, column.zones_width, words + _at_most(node), "absent", told(node))
    for line in wrapped(node.holds, SMALL, column.zones_width):
        y += LINE_HEIGHT
        yield Text(column.x + _INSET, y + _CHIP_HEIGHT, line, "benefit", SMALL)


def _at_most(node: Node) -> str:
    most = node.limits[1] if node.limits else 0
    return f", at most {most}" if most > (node.count or 0) else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _members(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
    """One chip a zone that has a member; a zone that has none stays empty."""
    members = list(picture.parts(node))
    for zone in column.region.zones:
        here = [each for each in members if each.zone == zone]
        words = " + ".join(each.label for each in here) or "–"
        style = f"{node.kind} chip" if here else "absent"
        yield from _chip(column.zone_x(zone), row.y + 3, ZONE_WIDTH, words, style, told(node))


def _everywhere(words: str) -> Callable[[Picture, Column, Row, Node], Iterator[Shape]]:
    def draw(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
        for zone in node.zones:
            yield from _chip(
                column.zone_x(zone), row.y + 3, ZONE_WIDTH, words, f"{node.kind} chip", told(node)
            )

    return draw


def _network(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
    """Subnets by tier, and the way out of each zone."""
    members = list(picture.parts(node))
    yield from _words(column, row.y + 11, f"VPC {node.note}")
    for zone in column.region.zones:
        x, here = column.zone_x(zone), [each for each in members if each.zone == zone]
        for y, (name, _) in zip(_storeys(row), NETWORK_STOREYS, strict=True):
            found = next((each for each in here if name in (each.kind, each.label.split()[0])), None)
            style = f"{found.kind} chip" if found else "absent"
            words = found.label.removeprefix(f"{name} ") if found else "–"
            yield from _chip(x, y, ZONE_WIDTH, words, style, told(found or node))


def network_labels(row: Row) -> Iterator[tuple[float, str]]:
    """What the storeys of a network's row are, each with the height of its words."""
    for y, (_, words) in zip(_storeys(row), NETWORK_STOREYS, strict=True):
        yield y + _CHIP_HEIGHT - 5, words


def _storeys(row: Row) -> list[float]:
    return [row.y + 16 + number * (_CHIP_HEIGHT + 2) for number in range(len(NETWORK_STOREYS))]


def _regional(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
    """One bar over all zones, for what is the region's."""
    count = _plural(node.count, node.label.removesuffix("s")) if node.count is not None else ""
    words = ", ".join(filter(None, (count, node.note))) or "in the whole region"
    yield from _chip(column.x, row.y + 3, column.zones_width, words, f"{node.kind} chip", told(node))


def _also(picture: Picture, column: Column, row: Row, node: Node) -> Iterator[Shape]:
    words = remainder(row.nodes[column.region.name])
    for number, line in enumerate(wrapped(words, SMALL, column.zones_width - 2 * _INSET)):
        yield Text(column.x + _INSET, row.y + 12 + number * LINE_HEIGHT, line, "small", SMALL)


def _chip(
    x: float, y: float, width: float, words: str, style: str, title: str, size: float = SMALL
) -> Iterator[Shape]:
    yield Rectangle(x + _INSET, y, width - 2 * _INSET, _CHIP_HEIGHT, style, title)
    text = fitted(words, size, width - 2 * _INSET - 4)
    yield Text(x + width / 2, y + _CHIP_HEIGHT - 5, text, "chip-text", size, "middle")


def _words(column: Column, y: float, text: str) -> Iterator[Shape]:
    yield Text(column.x + _INSET, y, fitted(text, SMALL, column.zones_width - 2 * _INSET), "small", SMALL)


_BOXES: Mapping[NodeKind, Callable[[Picture, Column, Row, Node], Iterator[Shape]]] = {
    NodeKind.EDGE: _everywhere("load balancer"),
    NodeKind.CELL: _tasks,
    NodeKind.SERVICE: _tasks,
    NodeKind.DATABASE: _members,
    NodeKind.CACHE: _members,
    NodeKind.NETWORK: _network,
    NodeKind.OTHER: _also,
}
