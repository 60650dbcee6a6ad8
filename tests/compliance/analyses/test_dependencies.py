"""Known vulnerabilities are found by a copy of a database or by a service; where neither is, nothing is called well."""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from compliance.analyses import dependencies
from compliance.analyses.dependencies import Advice
from compliance.analyses.exceptions import InputWrong
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import TODAY, TOOLS

LOCK = ["requirements.lock"]
FRESH = "2026-05-31T00:00:00Z"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    pins = {"requests": "2.31.0", "zope-event": "6.2", "early": "1.0rc1"}
    (tmp_path / "requirements.lock").write_text(
        "".join(f"{name}=={version} --hash=sha256:{'a' * 64}\n" for name, version in pins.items())
    )
    (tmp_path / "reviewed.yaml").write_text("dependencies: []\n")
    return tmp_path


def _advisory(
    number: str, package: str, events: Sequence[Mapping[str, str]] = (), **more: Any
) -> dict[str, Any]:
    affected = {"package": {"ecosystem": "PyPI", "name": package}, "versions": more.pop("versions", [])}
    if events:
        affected["ranges"] = [{"type": "ECOSYSTEM", "events": list(events)}]
    return {"id": number, "modified": FRESH, "summary": "It leaks.", "affected": [affected], **more}


def _run(project: Path, advice: Advice | None) -> AnalysisResult:
    return dependencies.run(
        project, today=TODAY, advice=advice, locks=LOCK, toolbox=TOOLS, register=project / "reviewed.yaml"
    )


def _database(project: Path, *advisories: Mapping[str, Any]) -> Path:
    folder = project / "osv"
    folder.mkdir()
    for it in advisories:
        (folder / f"{it['id']}.json").write_text(json.dumps(it))
    return folder


def test_over_no_package_it_has_not_run_and_does_not_hold(project: Path) -> None:
    database = _database(project, _advisory("PYSEC-1", "requests"))
    (project / "requirements.lock").rename(project / "renamed.lock")

    result = _run(project, Advice(database=database))

    assert (result.ran, result.holds) == (False, False)
    assert "requirements.lock" in result.could_not


def test_a_lock_file_that_is_not_there_is_told(project: Path) -> None:
    result = dependencies.run(
        project,
        today=TODAY,
        advice=Advice(database=_database(project, _advisory("PYSEC-1", "requests"))),
        locks=[*LOCK, "workload/requirements.lock"],
        toolbox=TOOLS,
        register=project / "reviewed.yaml",
    )

    assert "not there, and what they pin was not asked about: workload/requirements.lock" in result.could_not


def test_without_a_source_it_has_not_run_and_does_not_hold(project: Path) -> None:
    result = _run(project, None)

    assert (result.ran, result.holds, result.findings) == (False, False, ())
    assert "no copy of an advisory database" in result.could_not


def test_a_version_is_affected_by_its_range_or_its_name_in_a_list(project: Path) -> None:
    database = _database(
        project,
        _advisory("A-in-range", "requests", [{"introduced": "0"}, {"fixed": "2.32.0"}]),
        _advisory("B-fixed", "requests", [{"introduced": "0"}, {"fixed": "2.31.0"}]),
        _advisory("C-later", "requests", [{"introduced": "2.32"}]),
        _advisory("D-again", "requests", [{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "2.30"}]),
        _advisory("E-last", "requests", [{"introduced": "0"}, {"last_affected": "2.31.0"}]),
        _advisory("F-past-last", "requests", [{"introduced": "0"}, {"last_affected": "2.30.9"}]),
        _advisory("G-listed", "requests", versions=["2.31"]),
        _advisory("H-other-name", "zope.event", versions=["6.2"]),
        _advisory("I-withdrawn", "requests", versions=["2.31.0"], withdrawn=FRESH),
        _advisory("J-candidate", "early", [{"introduced": "0"}, {"fixed": "1.0"}]),
        {
            **_advisory("K-elsewhere", "x"),
            "affected": [{"package": {"ecosystem": "npm", "name": "requests"}}],
        },
    )

    result = _run(project, Advice(database=database))

    assert [it["rule"] for it in result.findings] == [
        *("A-in-range", "D-again", "E-last", "G-listed", "H-other-name", "J-candidate")
    ]
    assert result.figures["advisories"] == 10
    assert "fixed by 2.32.0" in result.findings[0]["title"]


def test_the_severity_is_the_advisory_s_and_high_where_none_is_given(project: Path) -> None:
    database = _database(
        project,
        _advisory("A", "requests", versions=["2.31.0"], database_specific={"severity": "MODERATE"}),
        _advisory("B", "requests", versions=["2.31.0"]),
    )

    found = _run(project, Advice(database=database)).findings

    assert {it["rule"]: it["severity"] for it in found} == {"A": "medium", "B": "high"}


def test_a_zip_file_is_read_as_the_folder_is(project: Path) -> None:
    path = project / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A.json", json.dumps(_advisory("A", "requests", versions=["2.31.0"])))

    assert [it["rule"] for it in _run(project, Advice(database=path)).findings] == ["A"]


def test_old_advice_is_a_finding_of_its_own(project: Path) -> None:
    database = _database(project, _advisory("A", "nothing-here") | {"modified": "2026-05-01T00:00:00Z"})

    result = _run(project, Advice(database=database))

    assert ([it["rule"] for it in result.findings], result.holds) == (["stale-database"], False)


@pytest.mark.parametrize("make", [lambda folder: folder / "absent", lambda folder: _database(folder)])
def test_a_database_that_is_none_is_refused(project: Path, make: Any) -> None:
    with pytest.raises(InputWrong, match="OSV"):
        _run(project, Advice(database=make(project)))


class _Service(BaseHTTPRequestHandler):
    """Speaks OSV's query protocol."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == "requests"
        answer = (
            {"vulns": [_advisory("A", "requests", [{"introduced": "0"}, {"fixed": "3"}])]} if known else {}
        )
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def _served() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Service)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_service_is_asked_about_every_package(project: Path) -> None:
    with _served() as url:
        result = _run(project, Advice(service=url))

    assert ([it["rule"] for it in result.findings], result.ran) == (["A"], True)
    assert "fixed by 3" in result.findings[0]["title"]


def test_a_service_that_does_not_answer_is_not_taken_for_no_vulnerability(project: Path) -> None:
    with _served() as url:
        pass

    result = _run(project, Advice(service=url))

    assert (result.ran, result.holds) == (False, False)
    assert result.could_not
