"""`estate scan`: what it shows, and what its exit code says."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from compliance.exceptions import ScannerMissing
from compliance.reports import write_all
from compliance.results import (
    AnalysisResult,
    ControlRef,
    Finding,
    Gate,
    GateCheck,
    Outcome,
    Resource,
    ScanResult,
    Severity,
    SourceLine,
    Waiver,
)
from estate import main
from estate.commands import scan
from estate.judgement import Scan

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """\
import pulumi_aws as aws

for name in ("work", "mail"):
    aws.sqs.Queue(
        name,
        name=name,
    )
"""

QUEUE = Resource(
    urn="urn:pulumi:data-prod::estate::estate:data:Queue$aws:sqs/queue:Queue::work",
    type="aws:sqs/queue:Queue",
    terraform_type="aws_sqs_queue",
    address="aws_sqs_queue.work",
    stack="data-prod",
    source=SourceLine("components/queue.py", 90),
    instantiated=SourceLine("stacks/layers/data.py", 240),
    component="estate:data:Queue work",
)
FAILED = Finding(
    "CKV_AWS_27", "Encrypted", Outcome.FAILED, QUEUE, Severity.HIGH, [ControlRef("nist-800-53r5", "SC-28")]
)
WAIVER = Waiver(
    "CKV_AWS_27",
    QUEUE.urn,
    "cloud-platform",
    "The partner cannot read it.",
    "DEBT-001",
    date(2026, 11, 22),
    date(2027, 5, 22),
)
RESULT = ScanResult(
    subject="prod",
    commit="",
    scanned_at="2026-11-22T12:00:00+00:00",
    scanner="checkov 1",
    stacks=["data-prod"],
    resources=1,
    checks=1,
    pairs=1,
    findings=[FAILED],
    gate=Gate([GateCheck("every resource was scanned", True, "1 scanned of 1 in the graph")]),
)
WAIVED = replace(FAILED, outcome=Outcome.WAIVED, waiver=WAIVER)
BROKEN = Gate([GateCheck("the plan was read", False, "plan.json (0 parsing errors)")])


def shown(result: ScanResult) -> str:
    console = Console(record=True, width=200, file=open(os.devnull, "w"))  # noqa: SIM115 (closed with the process)
    Scan(result).show(console)
    return console.export_text()


@pytest.mark.parametrize(
    ("result", "code"),
    [
        pytest.param(replace(RESULT, findings=[]), 0, id="nothing failed"),
        pytest.param(replace(RESULT, findings=[WAIVED]), 0, id="waived"),
        pytest.param(RESULT, 1, id="failed"),
        pytest.param(replace(RESULT, findings=[], gate=BROKEN), 2, id="broken"),
        pytest.param(replace(RESULT, gate=BROKEN), 2, id="failed and broken"),
        pytest.param(replace(RESULT, findings=[], gate=Gate()), 2, id="no conditions"),
    ],
)
def test_the_exit_code_says_whether_it_holds_or_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, result: ScanResult, code: int
) -> None:
    monkeypatch.setattr(scan, "run", lambda *_: Scan(result))
    assert main.scan("prod", json=True) == code


def test_without_checkov_it_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise ScannerMissing(Path("/nowhere/bin/python"))

    monkeypatch.setattr(scan, "Scanner", refuse)
    monkeypatch.setattr(sys, "argv", ["estate", "scan", "prod"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "estate: Checkov is not installed: there is no /nowhere/bin/python. Run 'make setup' first.\n"
    )


@pytest.mark.parametrize(
    ("option", "named"),
    [
        (("--edge", "http://127.0.0.10:8080"), "--edge is read"),
        (("--advisories", "osv"), "--advisories is read"),
        (("--edge", "http://127.0.0.10:8080", "--advisories", "osv"), "--edge and --advisories are read"),
    ],
    ids=["edge", "advisories", "both"],
)
def test_an_option_of_the_other_scans_without_them_is_one_sentence_and_exit_code_2(
    option: tuple[str, ...],
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["estate", "scan", "prod", *option])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        f"estate: {named} by the other scans only, and they were not asked for. Add --all.\n"
    )


def test_a_scan_that_cannot_run_leaves_no_report_of_an_earlier_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any) -> None:
        raise ScannerMissing(Path("/nowhere/bin/python"))

    write_all(RESULT, tmp_path)
    monkeypatch.setattr(scan, "Scanner", refuse)
    monkeypatch.setattr(sys, "argv", ["estate", "scan", "prod", "--output", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 2
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_known_before_deployment_is_shown_counted_and_listed() -> None:
    undecided = replace(RESULT, findings=[replace(FAILED, outcome=Outcome.UNKNOWN)])
    text = shown(undecided)
    assert "Not known before deployment  CKV_AWS_27" in text
    assert "0 failed, 0 waived, 1 not known before deployment" in text
    document = Scan(undecided).to_json()
    assert (document["undecided"], [it["outcome"] for it in document["findings"]]) == (1, ["unknown"])


def test_a_failure_is_shown_with_both_lines_and_under_its_component() -> None:
    text = shown(RESULT)
    assert "estate:data:Queue work\n  high     CKV_AWS_27    Encrypted\n" in text
    assert "work (data-prod), components/queue.py:90, wanted by stacks/layers/data.py:240" in text
    assert (
        "prod does not pass. 1 resources, 1 checks, 1 (check, type) pairs: 0 passed, 1 failed, 0 waived"
        in text
    )


def test_another_scan_that_did_not_run_is_named_in_the_verdict() -> None:
    other = AnalysisResult("dependencies", "", ran=False, holds=False, could_not="Nothing was asked.")
    text = shown(replace(RESULT, findings=[], analyses=[other]))
    assert "dependencies (): did not run; Nothing was asked." in text
    assert "prod does not pass." in text
    assert "Of the other scans these do not hold: dependencies." in text


def test_a_waiver_is_shown_with_who_answers_for_it_and_until_when() -> None:
    text = shown(replace(RESULT, findings=[WAIVED]))
    assert "DEBT-001  CKV_AWS_27, 1 finding, cloud-platform, until 2027-05-22" in text
    assert "The partner cannot read it." in text


def test_expired_and_unused_waivers_are_told() -> None:
    text = shown(
        replace(RESULT, expired_waivers=[WAIVER], unused_waivers=[replace(WAIVER, ticket="DEBT-002")])
    )
    assert "Waiver DEBT-001 (CKV_AWS_27) expired on 2027-05-22: what it waived fails." in text
    assert "Waiver DEBT-002 matches nothing: no finding of CKV_AWS_27 on work." in text


def test_a_decision_about_two_urns_is_told_once() -> None:
    other = replace(WAIVER, urn=f"{QUEUE.urn}-done")
    waived = [replace(FAILED, outcome=Outcome.WAIVED, waiver=it) for it in (WAIVER, other)]
    text = shown(replace(RESULT, findings=waived))
    assert text.count("DEBT-001") == 1
    assert "DEBT-001  CKV_AWS_27, 2 findings, cloud-platform" in text


def test_a_broken_condition_is_shown_and_the_scan_said_to_prove_nothing() -> None:
    text = shown(replace(RESULT, findings=[], gate=BROKEN))
    assert "BROKEN the plan was read: plan.json (0 parsing errors)" in text
    assert "prod: the scan proves nothing" in text


def test_the_document_has_the_keys_that_others_read() -> None:
    document = json.loads(json.dumps(Scan(replace(RESULT, findings=[FAILED, WAIVED])).to_json()))
    assert {"passed": 0, "failed": 1, "waived": 1, "resources": 1}.items() <= document.items()
    first = document["findings"][0]
    assert (first["check"], first["urn"], first["waiver"]) == ("CKV_AWS_27", QUEUE.urn, None)
    assert first["source"] == {"file": "components/queue.py", "line": 90}
    assert first["controls"] == [{"framework": "nist-800-53r5", "control": "SC-28"}]
    assert document["findings"][1]["waiver"] == "DEBT-001"
    assert document["gate"]["broken"] is False
    assert document["seconds"] == 0


def estate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "estate", "scan", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_anybodys_program_is_scanned_with_its_own_lines(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-2\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    done = estate("--program", str(tmp_path), "--json", "--output", str(tmp_path / "review"))
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    lossy = {
        it["urn"].rpartition("::")[2]: it["source"]
        for it in document["findings"]
        if it["check"] == "CKV_ESTATE_7"
    }
    assert lossy == {name: {"file": "__main__.py", "line": 4} for name in ("work", "mail")}
    assert document["gate"]["broken"] is False
    assert all(Path(path).stat().st_size for path in document["reports"].values())


def test_a_program_has_waivers_of_its_own_and_none_of_the_estates(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-2\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    without = json.loads(estate("--program", str(tmp_path), "--json").stdout)
    assert (without["waived"], without["waivers"]["unused"]) == (0, [])

    today = datetime.now(UTC).date()
    waiver = {
        "check": "CKV_ESTATE_7",
        "urn": [it["urn"] for it in without["findings"] if it["check"] == "CKV_ESTATE_7"],
        "owner": "the shop",
        "reason": "Nothing that is sent to the shop is worth keeping.",
        "ticket": "DEBT-101",
        "added": today.isoformat(),
        "expires": (today + timedelta(days=30)).isoformat(),
    }
    (tmp_path / "waivers.yaml").write_text(yaml.safe_dump([waiver]))
    waived = json.loads(estate("--program", str(tmp_path), "--json").stdout)
    assert (waived["waived"], waived["failed"]) == (2, without["failed"] - 2)


def test_the_other_scans_of_anybodys_program_are_made_with_this_projects_tools(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-west-2\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    done = estate("--program", str(tmp_path), "--json", "--all")
    ran = {it["name"] for it in json.loads(done.stdout)["analyses"] if it["ran"]}
    assert {"least privilege", "secrets in the repository"} <= ran


def test_a_program_that_declares_nothing_proves_nothing(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (tmp_path / "__main__.py").write_text("")
    done = estate("--program", str(tmp_path))
    assert done.returncode == 2
    assert "BROKEN the program declares something: 0 resources in the graph" in done.stdout


def passes(environment: str, folder: Path) -> dict[str, Any]:
    done = estate(environment, "--json", "--output", str(folder))
    assert done.stdout, done.stderr
    document = json.loads(done.stdout)
    told = [
        f"{it['check']} on {it['urn']} ({it['source']})"
        for it in document["findings"]
        if it["outcome"] == "failed"
    ]
    assert told == []
    assert [it for it in document["gate"]["conditions"] if not it["holds"]] == []
    assert done.returncode == 0
    return document


@pytest.mark.timeout(0)
def test_the_estate_is_clean(tmp_path: Path) -> None:
    assert passes("slice", tmp_path)["resources"] > 400


@pytest.mark.full
@pytest.mark.timeout(0)
def test_production_is_clean_with_few_waivers(tmp_path: Path) -> None:
    document = passes("prod", tmp_path)
    waivers = {it["waiver"] for it in document["findings"] if it["outcome"] == "waived"}
    assert len(waivers) < 15
    assert document["waived"] < 40
    assert document["waivers"] == {"unused": [], "expired": []}
    assert document["resources"] > 3000
