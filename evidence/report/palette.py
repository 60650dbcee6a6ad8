"""Colours and dashes that every colour vision tells apart, and that print in grey. None of them is the only sign."""

from dataclasses import dataclass

__all__ = ["BAND", "BAND_EDGE", "FONT", "GRID", "INK", "MUTED", "PAPER", "PENS", "Pen", "contrast", "pen_of"]

FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
PAPER = "#ffffff"
INK = "#1a1a1a"
MUTED = "#505050"
GRID = "#dcdcdc"
BAND = "#fbe3d6"
BAND_EDGE = "#a33b00"


@dataclass(frozen=True)
class Pen:
    """How a line is drawn. Attributes: dashes: as SVG writes them; empty for a solid line."""

    colour: str
    dashes: str = ""


PENS: tuple[Pen, ...] = (
    Pen("#0060a0"),
    Pen("#a33b00", "7 3"),
    Pen("#006b4c", "2 3"),
    Pen("#8a2f76", "10 3 2 3"),
    Pen("#1a1a1a", "4 2"),
    Pen("#6b5200", "12 4"),
)
"""Darkened from M. Okabe and K. Ito, "Color Universal Design", until text in them reads on white and on a band."""


def pen_of(index: int) -> Pen:
    """A pen for the line of that place: where there are more lines than pens, colours come again with other dashes."""
    dashes = PENS[(index + index // len(PENS)) % len(PENS)].dashes
    return Pen(PENS[index % len(PENS)].colour, dashes)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21. Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    shares = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
