"""Where things are in a picture: nothing over anything else, nothing out of sight."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from estate.picture.layout import lay_out
from estate.picture.model import Edge, EdgeKind, Node, NodeKind, Picture, Region
from estate.picture.reading import read
from estate.picture.shapes import Dot, Drawing, Line, Rectangle, Text, fitted, text_width, wrapped
from stacks.names import Layer
from tests.estate.picture.sample import PRIMARY, STANDBY, small

LAYER_BY_KIND = {
    NodeKind.SERVICE: Layer.SERVICES,
    NodeKind.CELL: Layer.SERVICES,
    NodeKind.EDGE: Layer.PLATFORM,
    NodeKind.DATABASE: Layer.DATA,
    NodeKind.QUEUE: Layer.DATA,
    NodeKind.BUCKET: Layer.DATA,
    NodeKind.TOPIC: Layer.DATA,
    NodeKind.NETWORK: Layer.FOUNDATION,
    NodeKind.OTHER: Layer.RECOVERY,
}
NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=60)
ROLE_BY_REGION = {PRIMARY: "primary", STANDBY: "standby"}


def test_the_small_estate_has_no_text_over_another() -> None:
    assert overlaps(lay_out(read("test", small()))) == []


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Pictures of any parts with any names, and any edges between those that can have one."""
    regions = draw(st.sampled_from([(PRIMARY,), (PRIMARY, STANDBY)]))
    zones = draw(st.integers(1, 4))
    known = [
        Region(it, ROLE_BY_REGION[it], tuple(f"{it}{'abcd'[n]}" for n in range(zones))) for it in regions
    ]
    nodes = draw(st.lists(_nodes(known), max_size=14, unique_by=lambda node: node.id))
    targets = [it for it in nodes if it.kind not in (NodeKind.EDGE, NodeKind.NETWORK, NodeKind.OTHER)]
    callers = [it for it in nodes if it.kind in (NodeKind.SERVICE, NodeKind.CELL)]
    pairs = [(a, b) for a in callers for b in targets if a.region == b.region and a is not b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = tuple(Edge(a.id, b.id, EdgeKind.CALLS if b in callers else EdgeKind.USES) for a, b in chosen)
    return Picture("test", 1, 1, tuple(known), tuple(sorted(nodes, key=lambda it: it.id)), edges)


def _nodes(regions: list[Region]) -> st.SearchStrategy[Node]:
    def node(kind: NodeKind, region: Region, label: str, count: int, holds: list[str]) -> Node:
        is_service = kind in (NodeKind.SERVICE, NodeKind.CELL)
        return Node(
            id=f"{region.role}/{kind}/{label}",
            label=label,
            layer=LAYER_BY_KIND[kind],
            kind=kind,
            region=region.name,
            zones=region.zones if is_service or kind is NodeKind.EDGE else (),
            count=count if is_service or kind is NodeKind.OTHER else None,
            limits=(count, count + 3) if is_service else None,
            holds=tuple(holds) if kind is NodeKind.CELL else (),
        )

    kinds = st.sampled_from(list(LAYER_BY_KIND))
    return st.builds(
        node, kinds, st.sampled_from(regions), NAMES, st.integers(0, 200), st.lists(NAMES, max_size=6)
    )


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_no_text_is_over_another_whatever_parts_there_are(picture: Picture) -> None:
    assert overlaps(lay_out(picture)) == []


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_everything_is_within_the_drawing(picture: Picture) -> None:
    drawing = lay_out(picture)

    outside = [
        shape
        for shape in drawing.shapes
        for left, top, right, bottom in [extent(shape)]
        if left < 0 or top < 0 or right > drawing.width or bottom > drawing.height
    ]
    assert outside == []


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_every_edge_has_one_dot_and_no_two_share_it(picture: Picture) -> None:
    dots = [it for it in lay_out(picture).shapes if isinstance(it, Dot) and it.title]

    assert len({(it.x, it.y) for it in dots}) == len(dots) == len(picture.edges)


@settings(max_examples=60, deadline=None)
@given(pictures())
def test_no_line_but_a_lanes_own_runs_into_a_box(picture: Picture) -> None:
    drawing = lay_out(picture)
    boxes = [
        it for it in drawing.shapes if isinstance(it, Rectangle) and it.style.endswith("chip") and it.title
    ]
    pieces = [
        piece
        for it in drawing.shapes
        if isinstance(it, Line)
        for piece in zip(it.points, it.points[1:], strict=False)
    ]

    assert [(box.title, piece) for box in boxes for piece in pieces if _enters(piece, box)] == []


def test_a_part_in_both_regions_is_in_one_row() -> None:
    nodes = [
        Node(f"{role}/database/core", "core", Layer.DATA, NodeKind.DATABASE, region, note="any")
        for region, role in ROLE_BY_REGION.items()
    ]
    regions = tuple(Region(region, role, (f"{region}a",)) for region, role in ROLE_BY_REGION.items())
    drawing = lay_out(Picture("test", 2, 2, regions, tuple(nodes)))

    rows = {
        it.y for it in drawing.shapes if isinstance(it, Rectangle) and it.title.startswith("database core")
    }
    labels = [it.text for it in drawing.shapes if isinstance(it, Text) and it.style == "label"]
    assert (len(rows), labels) == (1, ["database core"])


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, ["no task at rest, at most 9"]),
        (1, ["1 task in any zone, at most 9"]),
        (2, ["2 tasks in any zone, at most 9"]),
        (3, ["1 task", "1 task", "1 task", "3 tasks, at most 9"]),
        (5, ["1 task", "1 task", "1 task", "5 tasks, 2 of them in any zone, at most 9"]),
        (9, ["3 tasks", "3 tasks", "3 tasks", "9 tasks"]),
    ],
)
def test_a_zone_shows_only_the_tasks_that_are_certain_to_be_there(count: int, words: list[str]) -> None:
    zones = tuple(f"{PRIMARY}{it}" for it in "abc")
    node = Node(
        "primary/service/case",
        "case",
        Layer.SERVICES,
        NodeKind.SERVICE,
        PRIMARY,
        zones=zones,
        count=count,
        limits=(0, 9),
    )
    drawing = lay_out(Picture("test", 1, 1, (Region(PRIMARY, "primary", zones),), (node,)))

    assert [it.text for it in drawing.shapes if isinstance(it, Text) and "task" in it.text][
        : len(words)
    ] == words


def test_callers_stand_above_whom_they_call() -> None:
    names = ("a-callee", "b-middle", "c-caller")
    nodes = tuple(
        Node(f"primary/service/{it}", it, Layer.SERVICES, NodeKind.SERVICE, PRIMARY, count=0) for it in names
    )
    edges = tuple(
        Edge(f"primary/service/{a}", f"primary/service/{b}", EdgeKind.CALLS)
        for a, b in [("b-middle", "a-callee"), ("c-caller", "b-middle")]
    )
    drawing = lay_out(Picture("test", 3, 1, (Region(PRIMARY, "primary"),), nodes, edges))

    labels = [it for it in drawing.shapes if isinstance(it, Text) and it.style == "label"]
    assert [it.text for it in sorted(labels, key=lambda it: it.y)] == ["c-caller", "b-middle", "a-callee"]


def test_items_are_wrapped_between_and_never_within() -> None:
    assert wrapped(["one", "two", "three"], 10, text_width("one · two", 10)) == ["one · two", "three"]


def test_what_is_too_long_is_cut_off_with_a_sign_of_it() -> None:
    assert fitted("abcdefghij", 10, text_width("abcdef", 10)) == "abcde…"


def overlaps(drawing: Drawing) -> list[tuple[str, str]]:
    """Pairs of texts of which one is over the other."""
    texts = [it for it in drawing.shapes if isinstance(it, Text)]
    return [(a.text, b.text) for a, b in combinations(texts, 2) if _meet(a.extent, b.extent)]


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _enters(piece: tuple[tuple[float, float], tuple[float, float]], box: Rectangle) -> bool:
    """Whether a piece of a line is anywhere inside the box; its border does not count."""
    (x1, y1), (x2, y2) = piece
    inside = (box.x, box.y, box.x + box.width, box.y + box.height)
    return (
        max(x1, x2) > inside[0]
        and min(x1, x2) < inside[2]
        and max(y1, y2) > inside[1]
        and min(y1, y2) < inside[3]
    )


def extent(shape: object) -> tuple[float, float, float, float]:
    match shape:
        case Text():
            return shape.extent
        case Rectangle():
            return shape.x, shape.y, shape.x + shape.width, shape.y + shape.height
        case Line():
            xs, ys = [x for x, _ in shape.points], [y for _, y in shape.points]
            return min(xs), min(ys), max(xs), max(ys)
        case Dot():
            return shape.x, shape.y, shape.x, shape.y
        case _:
            raise TypeError(shape)
