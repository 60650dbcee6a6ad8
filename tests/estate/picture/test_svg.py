"""The picture as a document that browsers, printers and screen readers take."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from estate.picture import palette
from estate.picture.model import Node, NodeKind, Picture, Region
from estate.picture.reading import read
from estate.picture.svg import to_svg
from stacks.names import Layer
from tests.estate.picture.sample import PRIMARY, small

SVG = "{http://www.w3.org/2000/svg}"
GREYS = re.compile(r"#([0-9a-f]{2})\1\1")
DRAW = """
from estate.picture.reading import read
from estate.picture.svg import to_svg
from tests.estate.picture.sample import small
print(to_svg(read("test", small())))
"""


@pytest.fixture(scope="module")
def document() -> str:
    return to_svg(read("test", small()))


@pytest.fixture(scope="module")
def root(document: str) -> ElementTree.Element:
    return ElementTree.fromstring(document)


def test_a_screen_reader_is_told_what_the_picture_is(root: ElementTree.Element) -> None:
    named = [root.find(f"{SVG}*[@id='{it}']") for it in root.attrib["aria-labelledby"].split()]

    assert root.attrib["role"] == "img"
    assert [it.text for it in named if it is not None] == [
        "Estate test",
        "53 resources in 4 stacks, in eu-west-2 (primary). "
        "Drawn from what the program declares by: estate graph test",
    ]


def test_every_part_says_what_it_is_when_pointed_at(root: ElementTree.Element) -> None:
    said = [it.text for it in root.iterfind(f"{SVG}rect/{SVG}title")]

    assert list(dict.fromkeys(it for it in said if "subnet" not in str(it))) == [
        "edge (eu-west-2a eu-west-2b eu-west-2c)",
        "cell families (3 tasks, 3 to 9, eu-west-2a eu-west-2b eu-west-2c): grant, heating",
        "case (2 tasks, 2 to 9, eu-west-2a eu-west-2b eu-west-2c)",
        "database core (eu-west-2a eu-west-2b eu-west-2c)",
        "queues of benefits of families (2 in all): grant, heating",
        "dead letters of queues of benefits of families (2 in all)",
        "queue case-work (1 in all)",
        "dead letters of queue case-work (1 in all)",
        "NAT gateway (eu-west-2a)",
        "network (10.0.0.0/16, eu-west-2a eu-west-2b eu-west-2c)",
    ]


def test_every_way_says_between_whom_it_is(root: ElementTree.Element) -> None:
    assert sorted(str(it.text) for it in root.iterfind(f"{SVG}circle/{SVG}title")) == [
        "case uses database core",
        "case uses queue case-work",
        "cell families calls case",
        "cell families uses queues of benefits of families",
        "edge routes to cell families",
    ]


def test_text_is_text(root: ElementTree.Element) -> None:
    texts = [it.text for it in root.iterfind(f"{SVG}text")]

    assert [it for it in texts if it in ("Estate test", "cell families", "grant · heating", "Data")] == [
        "Data",
        "Estate test",
        "cell families",
        "grant · heating",
    ]


def test_nothing_is_fetched_from_elsewhere(root: ElementTree.Element) -> None:
    elements = {it.tag.removeprefix(SVG) for it in root.iter()}

    assert elements == {"circle", "desc", "polygon", "polyline", "rect", "svg", "text", "title"}
    assert [
        value for it in root.iter() for value in it.attrib.values() if "url(" in value or ":" in value
    ] == []


def test_colours_are_those_that_every_colour_vision_tells_apart(root: ElementTree.Element) -> None:
    strong = {
        value
        for it in root.iter()
        for key, value in it.attrib.items()
        if key == "stroke" and value != "none" and not GREYS.fullmatch(value)
    }

    assert strong - set(palette.OKABE_ITO.values()) == set()


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_the_bytes_are_the_same_whatever_the_seed_of_hashing(document: str, seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run(
        [sys.executable, "-c", DRAW], env=environment, capture_output=True, text=True, check=True, timeout=120
    )

    assert run.stdout == document + "\n"


def test_names_are_escaped() -> None:
    node = Node("primary/keys/odd", '<odd> & "quoted"', Layer.FOUNDATION, NodeKind.KEYS, PRIMARY, count=1)
    document = to_svg(Picture("test", 1, 1, (Region(PRIMARY, "primary"),), (node,)))

    labels = [it.text for it in ElementTree.fromstring(document).iterfind(f"{SVG}text")]
    assert '<odd> & "quoted"' in labels
