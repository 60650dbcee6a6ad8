"""The page tells a run to a person who was not there, on any screen, by ear, and without a network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from evidence import Account, Record
from evidence.facts import Event, EventKind
from evidence.report.page import KEYS_SHOWN, ROWS_SHOWN, render
from tests.evidence.runs import AWS, BEGAN_AT, Clock, begin, holding

VOID_TAGS = {"meta", "br", "link", "img", "input", "hr"}


@dataclass
class Page(HTMLParser):
    """What a reader finds. Attributes: open: tags around what is read now."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list[Any])
    open: list[str] = field(default_factory=list[str])
    words: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.tags if name == tag)


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    clock = Clock()
    run = holding(tmp_path_factory.mktemp("evidence"), kind="experiment", clock=clock)
    run.event("phase", "before")
    run.event("fault", "Zone eu-west-2a loses power", at=BEGAN_AT + 30, id="f")
    run.event("alarm", "unhealthy hosts", at=BEGAN_AT + 40, state="ALARM")
    run.event("undo", "Power is back", at=BEGAN_AT + 60, fault="f")
    run.event("scaling", "portal from 6 to 9 tasks", at=BEGAN_AT + 62)
    for name, unit in (
        ("arrivals", "requests/s"),
        ("success/apply", "%"),
        ("success/status", "%"),
        ("latency/p99", "ms"),
    ):
        run.series(name, unit, [(BEGAN_AT + it, 99.0 + it % 2) for it in range(90)])
    run.figure("recovery", 17.4, "s", source="client's ledger")
    run.figure("capacity of a task", 400, "requests/s", "assumed", "catalogue")
    run.figure("p99 in Glasgow", None, "ms")
    run.assumption("30 requests an application", "project")
    run.objective("recovery", "at most 60 s", "17.4 s", True, assumption=True)
    clock.now += 90
    return run.finish()


@pytest.fixture(scope="module")
def page(record: Record) -> Page:
    return read(render(record))


def test_the_verdict_comes_first_and_then_where_it_was(page: Page) -> None:
    begins = [page.text.index(it) for it in ("It holds.", "This ran on a twin of 'slice'", "Objectives")]

    assert begins == sorted(begins)
    assert "on one machine, not on AWS. What a twin shows has not been shown on AWS." in page.text
    assert "a task has 8 slots" in page.text


def test_a_run_on_aws_is_not_said_to_be_on_a_twin(record: Record) -> None:
    text = read(render(replace(record, environment=AWS))).text

    assert "This ran on AWS, in the environment 'staging'." in text
    assert "twin" not in text


def test_waiting_times_that_are_not_awss_are_not_to_be_quoted(record: Record) -> None:
    quick = replace(record, environment=replace(record.environment, profile="quick"))

    assert (
        "profile 'quick', not those that AWS documents: quote no times from here." in read(render(quick)).text
    )


@pytest.mark.parametrize(
    "told",
    [
        "F1 Zone eu-west-2a loses power: from 30 s to 1 min",
        "A1 unhealthy hosts: from 40 s on",
        "recovery target is an assumption at most 60 s 17.4 s ✓ yes",
        "recovery 17.4 s measured: client's ledger",
        "capacity of a task 400 requests/s assumed: catalogue",
        "p99 in Glasgow not measured measured",
        "30 requests an application project",
        "1 min 2 s 08:01:02 scaling portal from 6 to 9 tasks",
        "Who tester",
        "Commit c0ffeec0ffee",
        "Seed 7",
        "mix.apply 0.35",
        "Shaded and named F: while a fault was in effect.",
        "Success by journey, in %",
        "The upright axis does not begin at zero.",
    ],
)
def test_a_person_who_was_not_there_finds(page: Page, told: str) -> None:
    assert told in page.text


def test_nothing_is_fetched_and_nothing_runs(record: Record, page: Page) -> None:
    text = render(record)

    assert "default-src 'none'" in text
    assert {"script", "link", "img", "iframe", "object"} & {name for name, _ in page.tags} == set()
    assert [it for _, attributes in page.tags for it in ("src", "onload") if it in attributes] == []
    assert [it["href"] for it in page.all("a")] == ["#timeline"]
    assert re.findall(r"url\(|@import|https?://", text) == []


def test_screen_readers_find_language_headings_and_names(page: Page) -> None:
    assert next(page.all("html"))["lang"] == "en-GB"
    assert next(page.all("meta"))["charset"] == "utf-8"
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert "width=device-width" in str(list(page.all("meta")))


def test_every_id_is_there_once_and_every_reference_leads_to_one(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    named = [
        str(attributes["aria-labelledby"]) for _, attributes in page.tags if "aria-labelledby" in attributes
    ]

    assert len(ids) == len(set(ids))
    assert len(named) > 10
    assert set(named) <= set(ids)


def test_every_drawing_has_a_name_and_comes_in_two_sizes(page: Page) -> None:
    drawings = [it for it in page.all("svg") if it.get("aria-hidden") != "true"]

    assert {it["role"] for it in drawings} == {"img"}
    assert [it["class"] for it in drawings] == ["wide", "narrow"] * 4


def test_every_chart_has_a_table_and_every_table_its_heads(page: Page) -> None:
    assert len(list(page.all("details"))) == 3
    assert len(list(page.all("caption"))) == 3
    assert all("scope" in it for it in page.all("th"))


def test_all_drawings_share_the_axis_of_time(record: Record) -> None:
    """A fault begins at the same place in each."""
    text = render(record)
    for size in ("wide", "narrow"):
        drawings = re.findall(rf'<svg class="{size}".*?</svg>', text)
        bands = {
            rect.get("x")
            for it in drawings
            for rect in ElementTree.fromstring(it).iter("rect")
            if (rect.findtext("title") or "").startswith("F1")
        }
        assert len(drawings) == 4
        assert len(bands) == 1


def test_the_same_record_is_the_same_page(record: Record) -> None:
    assert render(record) == render(record)


HOSTILE = '<script>alert(1)</script> & "it\'s" | `x` \x00 \ud83d'


def test_nothing_that_a_run_says_becomes_markup(tmp_path: Path) -> None:
    run = begin(tmp_path, who=HOSTILE, configuration={HOSTILE: HOSTILE})
    run.event("fault", HOSTILE, id=HOSTILE, it=HOSTILE)
    run.series(f"{HOSTILE}/{HOSTILE}", HOSTILE, [(BEGAN_AT, 1)])
    run.figure(HOSTILE, HOSTILE, HOSTILE, source=HOSTILE)
    run.assumption(HOSTILE, HOSTILE)
    run.objective(HOSTILE, HOSTILE, HOSTILE, False)
    run.void(HOSTILE)
    text = render(run.finish())

    assert "<script" not in text
    assert "alert(1)" in read(text).text


def test_a_run_that_said_nothing_has_a_page(tmp_path: Path) -> None:
    text = read(render(begin(tmp_path).record)).text

    assert "Void: it proves nothing." in text
    assert "no end on record" in text
    assert "none: the run is not finished" in text


def test_a_fault_that_was_not_undone_is_said_to_be_so(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.event("fault", "slow disk")

    assert (
        "F1 slow disk: from 0 s on; the record does not say that it was undone"
        in read(render(run.record)).text
    )


def test_too_many_events_are_counted_and_those_that_matter_are_shown(record: Record) -> None:
    probes = tuple(Event(BEGAN_AT + it, EventKind.PROBE, f"probe {it}") for it in range(ROWS_SHOWN))
    text = read(render(replace(record, events=(*record.events, *probes)))).text

    assert "300 more events, probes and notes first, are in record.json." in text
    assert "08:00:30 fault Zone eu-west-2a loses power" in text


def test_of_many_lost_keys_the_first_are_named_and_the_others_counted(record: Record) -> None:
    lost = tuple(f"k-{it}" for it in range(KEYS_SHOWN + 5))
    text = read(render(replace(record, account=Account(99, lost=lost)))).text

    assert "99 acknowledged: 25 lost" in text
    assert "k-19" in text
    assert "k-20" not in text
    assert "and 5 more, in record.json" in text
