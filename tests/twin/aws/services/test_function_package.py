"""What a Lambda function's deployment package is made of."""

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from twin.aws.services.lambda_.exceptions import PackageError
from twin.aws.services.lambda_.package import zip_bytes

SIGNATURE = "4dabf18193072939515e22adb298388d"


def archive(**content: Any) -> dict[str, Any]:
    return {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", **content}


def asset(**content: Any) -> dict[str, Any]:
    return {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", **content}


def unzipped(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_texts_and_files_become_entries_in_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "rules.json").write_text("{}")
    code = archive(
        assets={"index.py": asset(text="pass"), "a/rules.json": asset(path=str(tmp_path / "rules.json"))}
    )
    assert list(unzipped(zip_bytes(code)).items()) == [("a/rules.json", b"{}"), ("index.py", b"pass")]


def test_the_same_sources_give_the_same_bytes_whenever_and_in_whatever_order_they_were_written(
    tmp_path: Path,
) -> None:
    for folder, names in (("one", ("a.py", "b.py")), ("two", ("b.py", "a.py"))):
        (tmp_path / folder).mkdir()
        for age, name in enumerate(names):
            file = tmp_path / folder / name
            file.write_text(name)
            file.chmod(0o600 + 0o100 * age)
    assert zip_bytes(archive(path=str(tmp_path / "one"))) == zip_bytes(archive(path=str(tmp_path / "two")))


def test_a_folder_is_packed_with_its_subfolders(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.py").write_text("b")
    (tmp_path / "a.py").write_text("a")
    assert unzipped(zip_bytes(archive(path=str(tmp_path)))) == {"a.py": b"a", "sub/b.py": b"b"}


def test_a_zip_file_is_taken_as_it_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as package:
        package.writestr("index.py", "pass")
    expected = (tmp_path / "code.zip").read_bytes()
    assert zip_bytes(archive(path=str(tmp_path / "code.zip"))) == expected
    assert zip_bytes(archive(uri=(tmp_path / "code.zip").as_uri())) == expected


def test_a_tar_file_is_repacked(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("pass")
    with tarfile.open(tmp_path / "code.tar.gz", "w:gz") as package:
        package.add(tmp_path / "index.py", arcname="index.py")
    assert unzipped(zip_bytes(archive(path=str(tmp_path / "code.tar.gz")))) == {"index.py": b"pass"}


def test_an_archive_inside_an_archive_becomes_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "library.zip", "w") as package:
        package.writestr("l.py", "l")
    inner = archive(path=str(tmp_path / "library.zip"))
    code = archive(assets={"index.py": asset(text="pass"), "library": inner, "more": archive(assets={})})
    assert unzipped(zip_bytes(code)) == {"index.py": b"pass", "library/l.py": b"l"}


@pytest.mark.parametrize(
    ("code", "says"),
    [
        pytest.param({"path": "x"}, "must be an archive", id="no archive"),
        pytest.param(archive(assets={"a": {"text": "x"}}), "Entry 'a' of an archive", id="no asset"),
        pytest.param(archive(path="no-such-folder"), "Cannot read 'no-such-folder'", id="missing"),
        pytest.param(archive(uri="https://example.org/code.zip"), "must lie on this machine", id="remote"),
        pytest.param(
            archive(path=__file__), "must be a folder, a zip or a tar file", id="another kind of file"
        ),
    ],
)
def test_what_cannot_be_packed_is_said(code: dict[str, Any], says: str) -> None:
    with pytest.raises(PackageError, match=says):
        zip_bytes(code)
