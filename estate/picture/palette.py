"""The colours of a picture, which every colour vision tells apart. None of them is the only sign."""

from collections.abc import Mapping

from estate.picture.model import EdgeKind, NodeKind

__all__ = ["FONT", "GREY", "INK", "OKABE_ITO", "fill_of", "line_of", "text_of"]

FONT = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"
INK = "#1a1a1a"
GREY = "#555555"
OKABE_ITO: Mapping[str, str] = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky blue": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
"""Source: M. Okabe and K. Ito, "Color Universal Design: How to make figures that are colorblind friendly"."""

_COLOUR_BY_KIND: Mapping[str, str] = {
    NodeKind.EDGE: "vermilion",
    NodeKind.CLUSTER: "black",
    NodeKind.CELL: "black",
    NodeKind.SERVICE: "black",
    NodeKind.DATABASE: "blue",
    NodeKind.CACHE: "sky blue",
    NodeKind.TOPIC: "purple",
    NodeKind.BUS: "purple",
    NodeKind.STREAM: "purple",
    NodeKind.BUCKET: "green",
    NodeKind.QUEUE: "orange",
    NodeKind.NETWORK: "black",
    NodeKind.SUBNET: "black",
    NodeKind.NAT: "vermilion",
    NodeKind.KEYS: "yellow",
    NodeKind.VAULT: "green",
}
_TINT = 0.32
_TINT_BY_KIND: Mapping[str, float] = {
    NodeKind.CELL: 0.24,
    NodeKind.SERVICE: 0.1,
    NodeKind.SUBNET: 0.0,
    NodeKind.CLUSTER: 0.05,
    "dead-letter": 0.7,
}
"""How much of its colour fills a box."""

_GROUND = {"band": "#f4f4f4", "layer": "#3d3d3d", "zone": "#e9edf0", "rule": "#d0d0d0"}
_LINES: Mapping[str, tuple[str, float, str]] = {
    "caller": ("#9a9a9a", 1, ""),
    EdgeKind.FEEDS: (OKABE_ITO["purple"], 1.5, ""),
    EdgeKind.COPIES: (OKABE_ITO["green"], 1.8, "6 4"),
}
_TEXTS: Mapping[str, tuple[str, str]] = {
    "title": (INK, "bold"),
    "head": (INK, "bold"),
    "label": (INK, "bold"),
    "layer-text": ("#ffffff", "bold"),
    "small": (GREY, "normal"),
}


def fill_of(style: str) -> dict[str, str]:
    """Fill and stroke of a rectangle."""
    if style in _GROUND:
        return {"fill": _GROUND[style]}
    if style == "absent":
        return {"fill": "none", "stroke": GREY, "stroke-dasharray": "3 3"}
    kind = style.removesuffix(" chip")
    colour = _colour("queue" if kind == "dead-letter" else kind)
    return {"fill": _mixed(colour, _TINT_BY_KIND.get(kind, _TINT)), "stroke": colour}


def line_of(style: str) -> tuple[str, float, str]:
    """Colour, width and dashes of a line."""
    if style in _LINES:
        return _LINES[style]
    return _colour(style.removesuffix(" lane")), 1.4, ""


def text_of(style: str) -> tuple[str, str]:
    """Colour and weight of a text."""
    return _TEXTS.get(style, (INK, "normal"))


def _colour(kind: str) -> str:
    return OKABE_ITO[_COLOUR_BY_KIND.get(kind, "black")]


def _mixed(colour: str, share: float) -> str:
    """The colour thinned with white."""
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)
