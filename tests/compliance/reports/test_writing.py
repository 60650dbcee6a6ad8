"""Every report is written, the same for the same result, and nothing planted gets through."""

from pathlib import Path

import pytest

from compliance.reports import FILES, ReportUnwritable, read, take_away, write_all
from tests.compliance.reports.samples import CROSSWALK, FAILED, finding, resource, result


def test_every_report_is_written(tmp_path: Path, program: Path) -> None:
    paths = write_all(result(), tmp_path / "new" / "folder", root=program, crosswalk=CROSSWALK)
    assert sorted(it.name for it in (tmp_path / "new" / "folder").iterdir()) == sorted(FILES.values())
    assert all(paths[kind].name == name for kind, name in FILES.items())


def test_the_same_result_gives_the_same_bytes(tmp_path: Path, program: Path) -> None:
    first = write_all(result(), tmp_path / "a", result([FAILED]), program, CROSSWALK)
    second = write_all(result(), tmp_path / "b", result([FAILED]), program, CROSSWALK)
    assert all(first[it].read_bytes() == second[it].read_bytes() for it in FILES)


def test_what_an_earlier_scan_left_is_taken_away_and_nothing_else(tmp_path: Path, program: Path) -> None:
    write_all(result(), tmp_path / "out", root=program, crosswalk=CROSSWALK)
    (tmp_path / "out" / "notes.md").write_text("the reviewer's own")
    take_away(tmp_path / "out")
    assert [it.name for it in (tmp_path / "out").iterdir()] == ["notes.md"]


def test_nothing_is_taken_away_where_there_is_no_folder(tmp_path: Path) -> None:
    take_away(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_run_that_is_cut_off_leaves_no_half_result_for_the_next_one_to_read(
    tmp_path: Path, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = write_all(result(), tmp_path, root=program, crosswalk=CROSSWALK)
    write = Path.write_text

    def cut_off(path: Path, text: str, **options: str) -> int:
        written = write(path, text[:20], **options)
        if "result.json" in path.name:
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(Path, "write_text", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write_all(result([]), tmp_path, root=program, crosswalk=CROSSWALK)
    assert read(paths["json"]).findings == result().findings


def test_the_result_comes_last_so_that_where_it_is_all_are(tmp_path: Path, program: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(ReportUnwritable):
        write_all(result(), tmp_path, root=program, crosswalk=CROSSWALK)
    assert not (tmp_path / "result.json").exists()


def test_a_folder_that_takes_no_file_is_a_sentence(tmp_path: Path, program: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportUnwritable, match="Give another folder with --output"):
        write_all(result(), tmp_path / "file", root=program, crosswalk=CROSSWALK)


def test_a_planted_secret_is_in_no_report(tmp_path: Path, program: Path) -> None:
    source = program / "components" / "store.py"
    source.write_text('bucket = aws.rds.Cluster("core", master_password="planted-hunter2-0f9e8d")\n')
    paths = write_all(result(), tmp_path / "out", root=program, crosswalk=CROSSWALK)
    assert "master_password" in paths["html"].read_text()
    assert [kind for kind, path in paths.items() if "hunter2" in path.read_text()] == []


def test_a_script_in_a_name_is_text_in_the_page(tmp_path: Path, program: Path) -> None:
    evil = finding(
        "CKV_AWS_19",
        name="<script>alert(1)</script>",
        guideline="javascript:alert(2)",
        resource=resource("<img src=x onerror=alert(3)>", component='"><script>alert(4)</script>'),
    )
    page = write_all(result([evil]), tmp_path / "out", root=program, crosswalk=CROSSWALK)["html"].read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
