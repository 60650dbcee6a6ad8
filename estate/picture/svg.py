"""A picture as SVG: text stays text, nothing is fetched, the same bytes for the same picture."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from estate.picture.layout import lay_out
from estate.picture.model import Picture
from estate.picture.palette import FONT, INK, fill_of, line_of, text_of
from estate.picture.shapes import Dot, Drawing, Line, Rectangle, Shape, Text

__all__ = ["to_svg"]

_HEAD_LENGTH = 7.0
_HEAD_HALF_WIDTH = 3.0
_CORNER = 3


def to_svg(picture: Picture) -> str:
    """The picture as a document of its own."""
    return _document(lay_out(picture))


def _document(drawing: Drawing) -> str:
    width, height = _number(drawing.width), _number(drawing.height)
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "img",
            "aria-labelledby": "title description",
            "width": width,
            "height": height,
            "viewBox": f"0 0 {width} {height}",
            "font-family": FONT,
            "fill": INK,
        },
    )
    SubElement(root, "title", {"id": "title"}).text = drawing.title
    SubElement(root, "desc", {"id": "description"}).text = drawing.description
    SubElement(root, "rect", {"width": width, "height": height, "fill": "#ffffff"})
    for shape in drawing.shapes:
        _write(root, shape)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _write(root: Element, shape: Shape) -> None:
    match shape:
        case Rectangle():
            _rectangle(root, shape)
        case Text():
            _text(root, shape)
        case Line():
            _line(root, shape)
        case Dot():
            _dot(root, shape)


def _rectangle(root: Element, shape: Rectangle) -> None:
    place = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
    corner = {"rx": str(_CORNER)} if shape.style.endswith("chip") or shape.style == "absent" else {}
    element = SubElement(root, "rect", {key: _number(value) for key, value in place.items()} | corner)
    element.attrib.update(fill_of(shape.style))
    _say(element, shape.title)


def _text(root: Element, shape: Text) -> None:
    colour, weight = text_of(shape.style)
    x, y = _number(shape.x), _number(shape.y)
    element = SubElement(root, "text", {"x": x, "y": y, "font-size": _number(shape.size)})
    if shape.anchor != "start":
        element.set("text-anchor", shape.anchor)
    if shape.turned:
        element.set("transform", f"rotate(-90 {x} {y})")
    if colour != INK:
        element.set("fill", colour)
    if weight != "normal":
        element.set("font-weight", weight)
    element.text = shape.text


def _line(root: Element, shape: Line) -> None:
    colour, width, dashes = line_of(shape.style)
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in shape.points)
    element = SubElement(
        root, "polyline", {"points": points, "fill": "none", "stroke": colour, "stroke-width": _number(width)}
    )
    if dashes:
        element.set("stroke-dasharray", dashes)
    _say(element, shape.title)
    if shape.arrow:
        head = " ".join(f"{_number(x)},{_number(y)}" for x, y in _head(shape.points))
        SubElement(root, "polygon", {"points": head, "fill": colour})


def _head(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The corners of an arrow's head at the end of a line whose last piece is horizontal or vertical."""
    (from_x, from_y), (x, y) = points[-2:]
    if from_y == y:
        back = x - _HEAD_LENGTH if x > from_x else x + _HEAD_LENGTH
        return [(x, y), (back, y - _HEAD_HALF_WIDTH), (back, y + _HEAD_HALF_WIDTH)]
    back = y - _HEAD_LENGTH if y > from_y else y + _HEAD_LENGTH
    return [(x, y), (x - _HEAD_HALF_WIDTH, back), (x + _HEAD_HALF_WIDTH, back)]


def _dot(root: Element, shape: Dot) -> None:
    place = {"cx": _number(shape.x), "cy": _number(shape.y), "r": "3.4"}
    _say(SubElement(root, "circle", place | {"fill": line_of(shape.style)[0]}), shape.title)


def _say(element: Element, words: str) -> None:
    if words:
        SubElement(element, "title").text = words


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
