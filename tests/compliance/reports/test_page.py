"""The page tells the verdict first, needs nothing from anywhere, and can be read by everybody."""

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path

import pytest

from compliance.reports.page import page
from compliance.results import Gate, GateCheck, Outcome, ScanResult
from tests.compliance.reports.samples import CROSSWALK, FAILED, PASSED, WAIVED, finding, resource, result

_VOID = {"meta", "br", "img", "link", "input", "hr"}


class Outline(HTMLParser):
    """What a browser and a screen reader build on. Attributes: tags: each with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, Mapping[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"{tag} closes something else"

    def of(self, *tags: str) -> list[tuple[str, Mapping[str, str | None]]]:
        return [it for it in self.tags if it[0] in tags]


@pytest.fixture
def text(program: Path) -> str:
    return page(result(), CROSSWALK, program, previous=result([finding("CKV_AWS_18"), WAIVED]))


def _words(of: ScanResult, program: Path) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page(of, CROSSWALK, program)).split())


def test_the_verdict_is_told_before_anything_else(program: Path) -> None:
    failing = _words(result(), program)
    assert "✗ Does not pass: 1 finding has no waiver." in failing
    assert failing.index("Does not pass") < failing.index("The gate: may the scan be believed?")
    passing = result([WAIVED, PASSED], analyses=())
    assert "✓ Passes: nothing failed without a waiver." in _words(passing, program)


def test_a_run_in_which_another_scan_does_not_hold_is_never_shown_as_one_that_passes(program: Path) -> None:
    words = _words(result([WAIVED, PASSED]), program)
    assert "✗ Does not pass: 2 of the other scans do not hold." in words
    assert "Passes:" not in words
    assert "Another scan did not run: Dependencies" in words


@pytest.mark.parametrize(
    "gate", [Gate(), Gate((GateCheck("the plan parsed", False, "0 of 1"),))], ids=["none", "one"]
)
def test_a_broken_scan_is_never_shown_as_one_that_passes(program: Path, gate: Gate) -> None:
    words = _words(result([PASSED], gate=gate), program)
    assert "✗ Broken: this scan proves nothing." in words
    assert "Passes:" not in words


def test_a_finding_is_shown_with_its_line_of_code(text: str) -> None:
    assert '<span class="meant">▶     1  self.bucket = aws.s3.Bucket(</span>' in text
    assert "components/store.py:1" in text
    assert "stacks/data.py:1" in text


def test_findings_of_one_line_stand_together(program: Path) -> None:
    second = finding("CKV_AWS_19", resource=resource("second"))
    words = _words(result([FAILED, second]), program)
    assert words.count("What CKV_AWS_19 asks") == 1
    assert "on 2 resources" in words


def test_everything_that_a_reviewer_needs_has_a_section(text: str) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", text) == [
        "Verdict",
        "The gate: may the scan be believed?",
        "Findings by component",
        "Waivers",
        "Coverage by framework",
        "Not known before deployment",
        "What no check assesses",
        "Other scans",
        "Since the last run",
        "How to read it",
    ]


def test_a_scan_that_did_not_run_is_told_with_its_reason(text: str) -> None:
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert "It did not run, so it says nothing." in words
    assert "Not done: There is no database here." in words


def test_checks_that_are_mapped_to_nothing_are_told(program: Path) -> None:
    words = _words(result([finding("CKV_AWS_9999"), finding("CKV2_AWS_37", Outcome.PASSED)]), program)
    assert "Checks that ran and are mapped to no control CKV_AWS_9999" in words
    assert "CKV2_AWS_37: What CKV2_AWS_37 asks. It looks at CodeCommit; the estate has none." in words


def test_it_fetches_nothing_and_runs_nothing(text: str) -> None:
    outline = Outline(text)
    assert outline.of("script", "link", "img", "iframe", "object", "base", "form") == []
    assert "url(" not in text
    assert "@import" not in text
    assert not [it for _, it in outline.tags for name in it if name.startswith("on")]


def test_it_is_well_formed_and_says_its_language(text: str) -> None:
    outline = Outline(text)
    assert outline.open == []
    assert outline.of("html")[0][1]["lang"] == "en-GB"
    assert len(outline.of("title")) == 1


def test_it_has_landmarks_and_a_way_past_them(text: str) -> None:
    outline = Outline(text)
    assert [len(outline.of(it)) for it in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    links = [it["href"] for _, it in outline.of("a")]
    assert links[0] == "#content"
    ids = [it["id"] for _, it in outline.tags if "id" in it]
    assert len(ids) == len(set(ids))
    assert {it for it in links if it and it.startswith("#")} <= {f"#{it}" for it in ids}
    assert {it["aria-labelledby"] for _, it in outline.tags if "aria-labelledby" in it} <= set(ids)


def test_headings_leave_no_level_out(text: str) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(text).of("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_headers_that_say_what_they_head(text: str) -> None:
    outline = Outline(text)
    tables = outline.of("table")
    assert len(tables) > 8
    assert len(outline.of("caption")) == len(tables)
    assert all(it.get("scope") in ("row", "col") for _, it in outline.of("th"))


def test_a_table_that_is_wider_than_the_screen_scrolls_by_itself_and_by_keyboard(text: str) -> None:
    regions = [it for _, it in Outline(text).of("div") if it.get("class") == "scroll"]
    assert len(regions) == len(Outline(text).of("table"))
    assert all((it["role"], it["tabindex"]) == ("region", "0") for it in regions)


def test_a_state_is_told_by_word_and_sign(text: str) -> None:
    states = re.findall(r'<span class="state [a-z ]+">(.*?)</span>', text)
    assert {"✗ failed", "◐ waived", "? unknown", "✓ yes", "✗ failing"} <= set(states)
    assert all(re.search(r"[a-z]{3}", it) for it in states)


def _palettes() -> list[dict[str, str]]:
    css = resources.files("compliance.reports").joinpath("report.css").read_text()
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", it)) for it in blocks]


def _luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[it : it + 2], 16) / 255 for it in (1, 3, 5)]
    red, green, blue = (it / 12.92 if it <= 0.04045 else ((it + 0.055) / 1.055) ** 2.4 for it in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: str, second: str) -> float:
    bright, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", _palettes(), ids=["light", "dark"])
def test_every_colour_of_text_stands_out(palette: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    texts = ("text", "quiet", "link", "bad", "good", "wait")
    low = [
        (text, ground)
        for text in texts
        for ground in ("page", "panel")
        if _contrast(palette[text], palette[ground]) < 4.5
    ]
    assert low == []
    assert _contrast(palette["text"], palette["mark"]) >= 4.5
    assert _contrast(palette["line"], palette["page"]) >= 3


def test_a_name_of_a_resource_that_is_a_script_is_text(program: Path) -> None:
    evil = replace(FAILED, resource=resource("</code><script>alert(1)</script>"))
    assert Outline(page(result([evil]), CROSSWALK, program)).of("script") == []
