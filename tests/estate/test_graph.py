"""`estate graph` of the environment `slice`: what is drawn is what the program declares."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from catalogue import Estate, load_estate
from engine.exceptions import EstateError
from estate.commands import graph
from estate.terminal import Terminal


def estate_graph(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from estate.main import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, "graph", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    run = estate_graph("slice", "--json", folder=tmp_path_factory.mktemp("graph"))
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def estate() -> Estate:
    return load_estate("slice")


def test_the_document_is_of_the_environment_and_names_no_file_that_was_not_asked_for(
    document: Mapping[str, Any],
) -> None:
    assert (sorted(document), document["environment"], document["output"]) == (
        ["edges", "environment", "nodes", "output"],
        "slice",
        None,
    )


def test_every_cell_and_service_is_drawn_with_its_desired_count(
    document: Mapping[str, Any], estate: Estate
) -> None:
    drawn = {it["label"]: it["count"] for it in document["nodes"] if it["kind"] in ("cell", "service")}

    names = (*estate.cells, *estate.services)
    assert drawn == {name: estate.tasks(name, "primary").desired for name in names}


def test_every_cell_holds_the_benefits_that_the_catalogue_gives_it(
    document: Mapping[str, Any], estate: Estate
) -> None:
    held = {it["label"]: it["holds"] for it in document["nodes"] if it["kind"] == "cell"}

    assert held == {name: sorted(it.slug for it in estate.benefits_of(name)) for name in estate.cells}


def test_services_call_whom_the_catalogue_says_that_they_depend_on(
    document: Mapping[str, Any], estate: Estate
) -> None:
    drawn = {(it["from"], it["to"]) for it in document["edges"] if it["kind"] == "calls"}

    assert drawn == {
        (source, f"primary/service/{callee}")
        for source, callees in _callees(estate).items()
        for callee in callees
        if callee in estate.services
    }


def test_the_edge_routes_to_cells_and_to_what_is_public(document: Mapping[str, Any], estate: Estate) -> None:
    drawn = {it["to"] for it in document["edges"] if it["kind"] == "routes"}

    public = {f"primary/service/{name}" for name, it in estate.services.items() if it.public}
    assert drawn == public | {f"primary/cell/{name}" for name in estate.cells}


def test_services_use_the_stores_that_the_catalogue_gives_them(
    document: Mapping[str, Any], estate: Estate
) -> None:
    kinds = {"databases": "database", "caches": "cache", "queues": "queue", "topics": "topic", "buses": "bus"}
    kinds |= {"buckets": "bucket", "streams": "stream"}
    drawn = {
        (it["from"], it["to"])
        for it in document["edges"]
        if it["kind"] == "uses" and it["from"].startswith("primary/service/")
    }

    own = {it for it in drawn if "/partners-of-" not in it[1]}
    assert own == {
        (f"primary/service/{name}", f"primary/{kinds[kind]}/{store}")
        for name, service in estate.services.items()
        for kind, store in service.stores.names()
    }


def test_every_queue_has_as_many_dead_letter_queues(document: Mapping[str, Any]) -> None:
    queues = {it["id"]: it["count"] for it in document["nodes"] if it["kind"] == "queue"}

    dead = {it["part_of"]: it["count"] for it in document["nodes"] if it["kind"] == "dead-letter queue"}
    assert queues
    assert dead == queues


def test_without_a_file_a_person_gets_a_picture_in_this_folder(tmp_path: Path) -> None:
    run = estate_graph("slice", folder=tmp_path)

    assert (run.returncode, [it.name for it in tmp_path.iterdir()]) == (0, ["estate-slice.svg"])
    assert run.stdout.startswith("estate-slice.svg: slice with ")
    assert ElementTree.parse(tmp_path / "estate-slice.svg").getroot().attrib["role"] == "img"


def test_the_ending_of_the_file_decides_what_is_written(tmp_path: Path) -> None:
    run = estate_graph("slice", "--output", "slice.mmd", "--json", folder=tmp_path)

    assert json.loads(run.stdout)["output"] == "slice.mmd"
    assert (tmp_path / "slice.mmd").read_text().splitlines()[1] == "flowchart TB"


def test_another_ending_is_refused_before_anything_is_evaluated() -> None:
    with pytest.raises(EstateError) as refused:
        graph.run("slice", Terminal(as_json=True), "slice.png")

    assert str(refused.value) == (
        "A picture is written as .svg or .mmd, got 'slice.png'. Choose one of these endings."
    )


def test_a_file_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    run = estate_graph("slice", "--output", str(tmp_path / "missing" / "slice.svg"), folder=tmp_path)

    assert run.returncode == 2
    assert run.stderr.splitlines()[-1] == (
        f"estate: The picture could not be written to {str(tmp_path / 'missing' / 'slice.svg')!r}: "
        "No such file or directory. Name another file."
    )


def _callees(estate: Estate) -> dict[str, tuple[str, ...]]:
    services = {f"primary/service/{name}": it.depends_on.services for name, it in estate.services.items()}
    cells = {f"primary/cell/{name}": estate.workload.depends_on.services for name in estate.cells}
    return services | cells
