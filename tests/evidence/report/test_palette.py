"""Everybody can tell what is drawn."""

import re
from pathlib import Path

import pytest

from evidence.report import palette
from evidence.report.palette import BAND, BAND_EDGE, INK, MUTED, PAPER, PENS, contrast, pen_of

TEXT_RATIO = 4.5
"""Source: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
STYLE = (Path(palette.__file__).parent / "style.css").read_text()


def test_black_on_white_is_the_greatest_contrast_and_a_colour_on_itself_the_least() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#0060a0", "#0060a0") == 1


@pytest.mark.parametrize("ground", [PAPER, BAND])
@pytest.mark.parametrize("colour", [INK, MUTED, BAND_EDGE, *(it.colour for it in PENS)])
def test_every_line_and_text_of_a_chart_is_readable_on_paper_and_on_a_band(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= TEXT_RATIO


def test_every_text_of_the_page_is_readable_on_every_ground_of_the_page() -> None:
    inks = set(re.findall(r"(?<![-\w])color: (#\w{6})", STYLE))
    grounds = set(re.findall(r"background: (#\w{6})", STYLE))

    assert len(inks) >= 3
    assert len(grounds) >= 4
    assert [(ink, ground) for ink in inks for ground in grounds if contrast(ink, ground) < TEXT_RATIO] == []


def test_no_two_of_thirty_lines_look_the_same() -> None:
    assert len({pen_of(index) for index in range(30)}) == 30


def test_no_two_pens_differ_by_colour_alone() -> None:
    assert len({it.dashes for it in PENS}) == len(PENS)
