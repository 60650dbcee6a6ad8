"""An estate is provisioned, looked at with AWS's own tools, changed, and taken away. In this order."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.twin.estate.command import ROOT, Twin, change

pytestmark = pytest.mark.twin

NEW_BENEFIT = {
    "name": "Trial Payment",
    "cell": "families",
    "clients": "Nobody; this benefit is for a test.",
    "tier": "important",
    "data_class": "personal",
    "owner": "families-benefits",
    "cost_centre": "families-benefits",
    "retention_years": 6,
    "listener_priority": 990,
}


def exports(twin: Twin) -> dict[str, str]:
    return twin.document("env")["exports"]


def client(twin: Twin, service: str) -> Any:
    given = exports(twin)
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=given["AWS_REGION"],
        endpoint_url=given["AWS_ENDPOINT_URL"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def test_before_up_status_says_down_and_env_says_what_to_do(twin: Twin) -> None:
    status = twin.run("status", "--json")
    assert status.returncode == 1
    assert json.loads(status.stdout)["control_plane"] == "down"
    env = twin.run("env")
    assert env.returncode == 2
    assert env.stderr == "estate: 'slice' is not up. Run 'estate up slice' first.\n"


def test_up_creates_everything_that_preview_declares(twin: Twin) -> None:
    declared = twin.document("preview")
    expected = sum(
        each["custom"] and each["type"].startswith("aws:")
        for stack in declared["stacks"]
        for each in stack["resources"]
    )
    done = twin.document("up", "--detach")
    assert done["resources"] == {
        "created": expected,
        "updated": 0,
        "replaced": 0,
        "unchanged": 0,
        "deleted": 0,
    }
    assert done["endpoints"]["aws"] == twin.endpoint


def test_a_second_up_changes_nothing(twin: Twin) -> None:
    resources = twin.document("up")["resources"]
    assert resources["unchanged"] > 0
    assert [resources[name] for name in ("created", "updated", "replaced", "deleted")] == [0, 0, 0, 0]


def test_what_is_there_is_what_was_declared(twin: Twin) -> None:
    drift = twin.document("drift")
    assert drift["compared"] > 400
    assert drift["findings"] == []


def test_status_lists_services_zones_databases_and_queues(twin: Twin) -> None:
    status = twin.document("status")
    assert [(it["name"], it["desired"]) for it in status["services"]] == [
        ("case", 2),
        ("cell-families", 3),
        ("payments", 1),
        ("portal", 3),
    ]
    assert [it["name"] for it in status["zones"]] == ["eu-west-2a", "eu-west-2b", "eu-west-2c"]
    members = [(it["zone"], it["role"]) for it in status["databases"][0]["members"]]
    assert members == [("eu-west-2a", "writer"), ("eu-west-2b", "reader"), ("eu-west-2c", "reader")]


def test_boto3_finds_three_zones_scaling_policies_and_dead_letter_queues(twin: Twin) -> None:
    subnets = client(twin, "ec2").describe_subnets()["Subnets"]
    assert {it["AvailabilityZone"] for it in subnets if it["CidrBlock"].startswith("10.12.")} == {
        "eu-west-2a",
        "eu-west-2b",
        "eu-west-2c",
    }
    scaling = client(twin, "application-autoscaling")
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert {it["ResourceId"] for it in policies} == {
        f"service/estate/{name}" for name in ("case", "cell-families", "payments", "portal")
    }
    sqs = client(twin, "sqs")
    url = sqs.get_queue_url(QueueName="case-work")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    assert json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"].endswith(":case-work-dlq")


def test_the_aws_cli_reaches_the_twin_with_the_exports_alone(twin: Twin) -> None:
    aws = Path(sys.executable).parent / "aws"
    listed = subprocess.run(
        [aws, "ecs", "list-services", "--cluster", "estate", "--output", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(twin.home)} | exports(twin),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    names = sorted(arn.rsplit("/", 1)[-1] for arn in json.loads(listed.stdout)["serviceArns"])
    assert names == ["case", "cell-families", "payments", "portal"]


def test_the_aws_commands_of_the_readme_answer(twin: Twin) -> None:
    bin_folder = Path(sys.executable).parent
    readme = (ROOT / "README.md").read_text()
    commands = re.findall(r"^\$ \.venv/bin/(aws .*)$", readme, flags=re.MULTILINE)
    assert len(commands) >= 2
    for command in commands:
        done = subprocess.run(
            f"{bin_folder}/{command}",
            shell=True,
            env={"PATH": os.environ["PATH"], "HOME": str(twin.home)} | exports(twin),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, bool(done.stdout.strip())) == (0, True), (command, done.stderr)


def test_a_new_benefit_only_creates_and_its_removal_only_deletes(twin: Twin) -> None:
    assert twin.catalogue
    before = twin.inventory()
    change(twin.catalogue, "benefits.yaml", **{"trial-payment": NEW_BENEFIT})
    planned = twin.document("diff")
    assert [planned[name] for name in ("update", "replace", "delete")] == [[], [], []]
    assert all("trial-payment" in urn for urn in planned["create"])
    created = twin.document("up")["resources"]
    assert (created["created"], created["updated"]) == (len(planned["create"]), 0)

    change(twin.catalogue, "benefits.yaml", **{"trial-payment": None})
    unplanned = twin.document("diff")
    assert [unplanned[name] for name in ("create", "update", "replace")] == [[], [], []]
    assert unplanned["delete"] == planned["create"]
    assert twin.document("up")["resources"]["deleted"] == len(planned["create"])
    assert twin.inventory() == before


def test_what_scaling_changed_is_left_alone(twin: Twin) -> None:
    client(twin, "ecs").update_service(cluster="estate", service="portal", desiredCount=7)
    scaling = client(twin, "application-autoscaling")
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/estate/portal",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=5,
        MaxCapacity=20,
    )
    resources = twin.document("up")["resources"]
    assert [resources[name] for name in ("created", "updated", "replaced", "deleted")] == [0, 0, 0, 0]
    services = {it["name"]: it["desired"] for it in twin.document("status")["services"]}
    assert services["portal"] == 7
    assert twin.document("drift")["findings"] == []


def test_what_somebody_changed_by_hand_is_drift(twin: Twin) -> None:
    sqs = client(twin, "sqs")
    url = sqs.get_queue_url(QueueName="case-work")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    found = twin.run("drift", "--json")
    assert found.returncode == 1
    findings = json.loads(found.stdout)["findings"]
    assert [(it["property"], it["declared"], it["actual"]) for it in findings] == [
        ("visibilityTimeoutSeconds", 60, 1)
    ]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})


def test_no_secret_is_in_the_state_folder(twin: Twin) -> None:
    """Nothing in the slice is secret by the program; what the emulator made up must not be there either."""
    secrets = client(twin, "secretsmanager")
    values = [
        secrets.get_secret_value(SecretId=it["ARN"])["SecretString"]
        for it in secrets.list_secrets()["SecretList"]
        if it.get("SecretVersionsToStages")
    ]
    written = [file.read_text(errors="replace") for file in twin.home.rglob("*") if file.is_file()]
    assert written
    assert not [value for value in values for text in written if value in text]


def test_a_second_up_at_the_same_time_is_told_to_wait(twin: Twin) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "estate", "up", "slice", "--json", "--control-plane-only"],
        env=twin.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        lock = twin.home / "slice" / "apply.lock"
        while str(first.pid) not in lock.read_text():
            assert first.poll() is None
        second = twin.run("up")
    finally:
        first.communicate(timeout=200)
    assert second.returncode == 2
    assert second.stderr.startswith(f"estate: Another run (process {first.pid}, since ")
    assert first.returncode == 0


def test_a_dead_control_plane_is_told_and_up_brings_everything_back(twin: Twin) -> None:
    before = twin.inventory()
    os.kill(twin.emulator["pid"], 9)
    status = twin.run("status", "--json")
    assert (status.returncode, json.loads(status.stdout)["control_plane"]) == (1, "down")
    resources = twin.document("up")["resources"]
    assert (resources["created"], resources["unchanged"]) == (sum_of_slice(twin), 0)
    assert twin.inventory() == before


def sum_of_slice(twin: Twin) -> int:
    return twin.document("diff")["unchanged"]


def test_down_leaves_no_process_and_no_file(twin: Twin) -> None:
    assert twin.document("down") == {"environment": "slice", "was_up": True}
    assert twin.processes() == []
    assert list(twin.home.rglob("*")) == []
    assert twin.document("down")["was_up"] is False


def test_a_port_that_is_taken_is_one_sentence(twin: Twin) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = twin.run("up", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.startswith("estate: ")
    assert str(port) in done.stderr
    assert done.stderr.count("\n") == 1
    assert twin.processes() == []
