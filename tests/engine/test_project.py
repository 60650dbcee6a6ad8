"""A Pulumi project on disk, and what is said about one that cannot be read."""

from pathlib import Path

import pytest

from engine.exceptions import UnsupportedFeature
from engine.project import Project, ProjectNotFound

YAML = "name: shop\nruntime:\n  name: python\nmain: program\nstackConfigDir: config\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text(YAML)
    (tmp_path / "program").mkdir()
    (tmp_path / "config").mkdir()
    return tmp_path


def test_is_read_from_pulumi_yaml(root: Path) -> None:
    assert Project.load(root) == Project(root, "shop", root / "program", root / "config")


def test_its_program_and_configuration_are_beside_it_unless_said_otherwise(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    assert Project.load(tmp_path) == Project(tmp_path, "shop", tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "There is no Pulumi.yaml in"),
        ("name: [", "is not YAML"),
        ("name: shop\nruntime: nodejs\n", "has the runtime 'nodejs'. Only programs in Python"),
        ("name: shop\nruntime: python\nmain: nowhere\n", "nowhere', which is not there"),
    ],
)
def test_what_is_wrong_with_it_is_said(tmp_path: Path, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectNotFound) as told:
        Project.load(tmp_path)
    assert sentence in str(told.value)


def test_configuration_is_text_as_the_sdk_wants_it(root: Path) -> None:
    (root / "config" / "Pulumi.main-test.yaml").write_text(
        "config:\n  aws:region: eu-west-2\n  shop:zones: [a, b]\n  shop:on: true\n  shop:size: 3\n"
    )
    assert Project.load(root).config("main-test") == {
        "aws:region": "eu-west-2",
        "shop:zones": '["a", "b"]',
        "shop:on": "true",
        "shop:size": "3",
    }


def test_a_stack_without_a_file_has_no_configuration(root: Path) -> None:
    assert Project.load(root).config("main-test") == {}


def test_an_encrypted_value_is_refused(root: Path) -> None:
    (root / "config" / "Pulumi.main-test.yaml").write_text("config:\n  shop:key:\n    secure: v1:abc\n")
    with pytest.raises(UnsupportedFeature, match="shop:key in .* is encrypted"):
        Project.load(root).config("main-test")


def test_stacks_are_those_with_a_file(root: Path) -> None:
    for name in ("Pulumi.data-test.yaml", "Pulumi.base-test.yaml", "other.yaml"):
        (root / "config" / name).write_text("")
    assert Project.load(root).stacks() == ["base-test", "data-test"]
