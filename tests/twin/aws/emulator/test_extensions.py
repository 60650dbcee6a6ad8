"""Every extension says what it is for."""

from pathlib import Path

import pytest

from twin.aws.emulator import boot
from twin.aws.emulator.exceptions import WrongMoto
from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions import EXTENSIONS


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda it: f"{it.service} {it.topic}")
def test_an_extension_cites_aws_and_mends_something(extension: Extension) -> None:
    assert extension.source.startswith("https://docs.aws.amazon.com/")
    assert extension.kept or extension.operations or extension.amends or extension.shows or extension.patch
    assert all((extension.stock, extension.aws, extension.change))


def test_another_moto_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moto.__version__", "5.2.6")
    with pytest.raises(WrongMoto, match=r"extends moto 5\.2\.5, and moto 5\.2\.6 is installed"):
        boot.boot(0, "nonce", ())


def test_the_documentation_has_every_extension() -> None:
    documentation = (Path(__file__).parents[4] / "docs" / "emulator.md").read_text()
    rows = [line for line in documentation.splitlines() if line.startswith("| ")]
    missing = [
        f"{it.service} {it.topic}"
        for it in EXTENSIONS
        if f"| {it.service} | {it.topic} | {it.stock} | {it.change} | [AWS]({it.source}) |" not in rows
    ]
    assert missing == []
