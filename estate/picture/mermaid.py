"""A picture as a Mermaid flowchart: the same parts and edges, for a page that draws them itself."""

from collections.abc import Iterator

from estate.picture.model import EdgeKind, Node, NodeKind, Picture, Region
from estate.picture.rows import BANDS
from stacks.names import Layer

__all__ = ["to_mermaid"]

_SHAPES = {
    NodeKind.EDGE: ("{{", "}}"),
    NodeKind.CELL: ("(", ")"),
    NodeKind.SERVICE: ("(", ")"),
    NodeKind.DATABASE: ("[(", ")]"),
    NodeKind.DATABASE_INSTANCE: ("[(", ")]"),
    NodeKind.CACHE: ("[(", ")]"),
    NodeKind.BUCKET: ("[(", ")]"),
    NodeKind.QUEUE: ("[/", "/]"),
    NodeKind.DEAD_LETTER_QUEUE: ("[/", "/]"),
    NodeKind.TOPIC: (">", "]"),
    NodeKind.BUS: (">", "]"),
    NodeKind.STREAM: (">", "]"),
}
_ARROWS = {
    EdgeKind.ROUTES: "==>",
    EdgeKind.CALLS: "-->",
    EdgeKind.USES: "-->",
    EdgeKind.FEEDS: "-.->|delivers|",
    EdgeKind.COPIES: "-.->|copies|",
}


def to_mermaid(picture: Picture) -> str:
    """A flowchart with a box for each region and in it one for each layer."""
    names = {node.id: f"n{number}" for number, node in enumerate(picture.nodes, start=1)}
    lines = [
        f"%% {picture.environment}: {picture.resource_count} resources in {picture.stack_count} stacks",
        "flowchart TB",
        *(line for region in picture.regions for line in _region(picture, region, names)),
        *(f"  {names[edge.source]} {_ARROWS[edge.kind]} {names[edge.target]}" for edge in picture.edges),
    ]
    return "\n".join(lines) + "\n"


def _region(picture: Picture, region: Region, names: dict[str, str]) -> Iterator[str]:
    yield f'  subgraph {region.role}["{region.name}, {region.role}"]'
    for layer in BANDS:
        yield from _layer(picture, region, layer, names)
    yield "  end"


def _layer(picture: Picture, region: Region, layer: Layer, names: dict[str, str]) -> Iterator[str]:
    nodes = [node for node in picture.whole(layer) if node.region == region.name]
    if nodes:
        yield f'    subgraph {region.role}-{layer}["{layer}"]'
        for node in nodes:
            yield from _node(picture, node, names)
        yield "    end"


def _node(picture: Picture, node: Node, names: dict[str, str]) -> Iterator[str]:
    """A part that has parts of its own is a box around them."""
    parts = list(picture.parts(node))
    if not parts:
        yield f"      {_box(node, names)}"
        return
    yield f'      subgraph {names[node.id]}["{_words(node)}"]'
    yield from (f"        {_box(part, names)}" for part in parts)
    yield "      end"


def _box(node: Node, names: dict[str, str]) -> str:
    opening, closing = _SHAPES.get(node.kind, ("[", "]"))
    return f'{names[node.id]}{opening}"{_words(node)}"{closing}'


def _words(node: Node) -> str:
    """What the box says. Quotation marks would end it, so they become Mermaid's entity."""
    count = f" × {node.count}" if node.count is not None else ""
    lines = [f"{node.name}{count}", node.zone or "", node.note, *node.holds]
    return "<br/>".join(line.replace('"', "#quot;") for line in lines if line)
