"""A bill of materials holds what is locked, with hashes and what is inside, and is the same for the same lock."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from compliance.analyses import bill_of_materials
from compliance.analyses.exceptions import InputWrong
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import PROJECT, TOOLS
from tests.compliance.analyses.wheels import install, lock

NOW = datetime(2026, 6, 1, tzinfo=UTC)
REGISTER = """\
accepted: [MIT]
spellings: {}
declared: {}
own_code: []
bundled:
  server: [{name: Proxy, licence: Apache-2.0, proof: {file: "server/*", text: I am Proxy}, source: "https://x"}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    install(tmp_path / "site-packages", "server", "MIT", binaries={"server/bin": b"I am Proxy"})
    lock(tmp_path / "requirements.lock", "server", "tool")
    lock(tmp_path / "workload" / "requirements.lock", "server")
    (tmp_path / "workload" / "Dockerfile").write_text((PROJECT / "workload" / "Dockerfile").read_text())
    (tmp_path / "licences.yaml").write_text(REGISTER)
    return tmp_path


def _run(project: Path, made_at: datetime = NOW) -> AnalysisResult:
    return bill_of_materials.run(
        project,
        made_at=made_at,
        folder=project / "out",
        version="abc",
        toolbox=TOOLS,
        site_packages=project / "site-packages",
        licences=project / "licences.yaml",
    )


def _bill(project: Path, name: str) -> dict[str, Any]:
    return json.loads((project / "out" / f"sbom-{name}.cdx.json").read_text())


def test_it_holds_what_is_locked_and_is_the_same_again(project: Path) -> None:
    result = _run(project)
    first = (project / "out" / "sbom-toolkit.cdx.json").read_bytes()
    _run(project)

    assert (project / "out" / "sbom-toolkit.cdx.json").read_bytes() == first
    toolkit, workload = _bill(project, "toolkit"), _bill(project, "workload")
    assert (toolkit["specVersion"], toolkit["metadata"]["component"]["version"]) == ("1.6", "abc")
    assert [it["name"] for it in toolkit["components"]] == ["server", "tool"]
    server = toolkit["components"][0]
    assert server["externalReferences"][0]["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
    assert server["components"][0]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert {(it["name"], it["type"]) for it in workload["components"]} == {
        ("server", "library"),
        ("python", "container"),
        ("rds-global-bundle.pem", "file"),
    }
    assert result.figures["workload_components"] == 3


def test_a_workload_without_a_base_image_is_refused(project: Path) -> None:
    (project / "workload" / "Dockerfile").write_text("FROM scratch\n")

    with pytest.raises(InputWrong, match="base image"):
        _run(project)
