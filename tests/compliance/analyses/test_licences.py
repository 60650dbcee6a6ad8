"""A licence is what the files bear out, whatever is declared."""

import csv
from pathlib import Path

import pytest

from compliance.analyses import licences
from compliance.analyses.licence_register import load_licences
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import TODAY, TOOLS
from tests.compliance.analyses.wheels import install, lock

REGISTER = """\
accepted: [MIT, Apache-2.0]
spellings: {MIT License: MIT}
declared: {}
own_code: [ours]
bundled:
  server:
    - {name: Proxy, licence: Apache-2.0, proof: {file: "server/*", text: I am Proxy}, source: "https://x"}
    - {name: Gone, licence: MIT, proof: {file: "server/*", text: I am Gone}, source: "https://x"}
  copyleft:
    - {name: libgpl, licence: GPL-3.0-only, proof: {file: "copyleft.libs/*", text: libgpl}, source: "https://x"}
"""
PACKAGES = (
    "plain",
    "spelled",
    "classified",
    "silent",
    "odd",
    "choice",
    "opaque",
    "ours",
    "listed",
    "server",
    "copyleft",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    site = root / "site-packages"
    install(site, "plain", "MIT")
    install(site, "spelled", License="MIT License")
    install(site, "classified", Classifier="License :: OSI Approved :: MIT License")
    install(site, "silent")
    install(site, "odd", "Do what you like")
    install(site, "choice", "GPL-3.0-only OR MIT")
    install(site, "opaque", "MIT", binaries={"opaque/a.so": b""})
    install(site, "ours", "MIT", binaries={"ours/a.so": b""})
    rust = [{"name": "crate", "version": "2", "licenses": [{"license": {"id": "MPL-2.0"}}]}, {"name": "mute"}]
    install(site, "listed", "MIT", binaries={"listed/a.so": b""}, inside=rust)
    install(site, "server", "MIT", binaries={"server/bin": b"I am Proxy"})
    install(site, "copyleft", "MIT", binaries={"copyleft.libs/libgpl.so": b"libgpl"})
    lock(root / "requirements.lock", *PACKAGES, "elsewhere")
    lock(root / "workload" / "requirements.lock", "copyleft")
    (root / "licences.yaml").write_text(REGISTER)
    (root / "reviewed.yaml").write_text("licences: []\n")
    return root


@pytest.fixture(scope="module")
def result(folder: Path) -> AnalysisResult:
    return licences.run(
        folder,
        today=TODAY,
        folder=folder / "out",
        toolbox=TOOLS,
        site_packages=folder / "site-packages",
        register=folder / "reviewed.yaml",
        licences=folder / "licences.yaml",
    )


def test_what_is_silent_unknown_unaccepted_opaque_or_unproven_is_found(result: AnalysisResult) -> None:
    found = {(it["rule"], it["subject"]): it["text"] for it in result.findings}

    assert found == {
        ("no-licence", "silent"): "silent",
        ("unknown-licence", "odd"): "Do what you like",
        ("opaque-binary", "opaque"): "1.0",
        ("licence-not-accepted", "listed"): "crate in listed: MPL-2.0",
        ("no-licence-inside", "listed"): "mute",
        ("licence-not-accepted", "copyleft"): "libgpl in copyleft: GPL-3.0-only",
        ("unproven", "server"): "Gone",
    }


def test_what_is_shipped_to_others_weighs_more(result: AnalysisResult) -> None:
    severities = {
        it["subject"]: it["severity"] for it in result.findings if it["rule"] == "licence-not-accepted"
    }

    assert severities == {"copyleft": "high", "listed": "medium"}


def test_what_is_not_installed_here_is_named(result: AnalysisResult) -> None:
    assert "elsewhere" in result.could_not


def test_the_list_names_what_is_inside_beside_what_is_declared(result: AnalysisResult, folder: Path) -> None:
    rows = list(csv.reader((folder / "out" / "licences.csv").open()))

    assert [row for row in rows if row[0] == "server"] == [
        ["server", "1.0", "MIT", "no", "", ""],
        ["server", "1.0", "", "", "Proxy", "Apache-2.0"],
    ]


def test_the_project_s_own_register_can_be_read() -> None:
    kept = load_licences()

    assert all(it.source for entries in kept.bundled.values() for it in entries)
    assert not set(kept.own_code) & set(kept.bundled)
