"""The exchange between control plane and data plane, over HTTP."""

from typing import Any

import pytest

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import changes, document, report, send


def _version(served: Served, service: str) -> int:
    return changes(served.endpoint)["services"].get(service, 0)


def test_a_call_that_changes_something_is_told_and_one_that_looks_is_not(attended: Served) -> None:
    before = changes(attended.endpoint)["version"]
    attended.clients("ecs").list_clusters()
    attended.clients("sqs").send_message(QueueUrl=attended.world["queue_url"], MessageBody="b")
    attended.clients("s3").put_object(Bucket="world-logs", Key="k", Body=b"b")
    assert changes(attended.endpoint)["version"] == before
    attended.clients("ecs").put_cluster_capacity_providers(
        cluster="base", capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
    )
    assert (changes(attended.endpoint)["version"], _version(attended, "ecs")) == (before + 1, before + 1)


def test_a_call_that_is_refused_is_no_change(attended: Served) -> None:
    before = changes(attended.endpoint)["version"]
    with pytest.raises(Exception, match="ClusterNotFoundException"):
        attended.clients("ecs").delete_cluster(cluster="absent")
    assert changes(attended.endpoint)["version"] == before


def test_an_answer_that_is_replayed_is_no_change(attended: Served) -> None:
    sns = attended.clients("sns")
    sns.meta.events.register("before-sign.sns.CreateTopic", _marked)
    try:
        sns.create_topic(Name="replayed")
        before = changes(attended.endpoint)["version"]
        sns.create_topic(Name="replayed")
    finally:
        sns.meta.events.unregister("before-sign.sns.CreateTopic", _marked)
    assert changes(attended.endpoint)["version"] == before


def _marked(request: Any, **_: Any) -> None:
    request.headers["x-estate-operation"] = "exchange/1"


def test_services_have_boto3_s_names(attended: Served) -> None:
    before = changes(attended.endpoint)["version"]
    attended.clients("elbv2").add_tags(
        ResourceArns=[attended.world["target_group"]], Tags=[{"Key": "k", "Value": "v"}]
    )
    attended.clients("cloudwatch").put_metric_alarm(
        AlarmName="a", EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", MetricName="m", Namespace="n",
        Period=60, Statistic="Sum", Threshold=1,
    )  # fmt: skip
    attended.clients("fis").create_experiment_template(
        clientToken="t",
        description="d",
        roleArn=attended.world["role"],
        actions={},
        stopConditions=[{"source": "none"}],
    )
    told = changes(attended.endpoint)["services"]
    assert [name for name, at in told.items() if at > before] == ["cloudwatch", "elbv2", "fis"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"documents": []}, id="no runtime"),
        pytest.param({"runtime": "r", "documents": [{"service": "ecs"}]}, id="half a document"),
        pytest.param(
            {"runtime": "r", "documents": [document("ecs", "task", "1", None) | {"document": "no mapping"}]},
            id="no mapping",
        ),
        pytest.param([], id="no mapping at all"),
    ],
)
def test_a_malformed_report_says_what_it_must_be(attended: Served, body: object) -> None:
    status, answer = send(attended.endpoint, "POST", "report", body)
    assert (status, answer["message"][:34]) == (400, 'The body must be {"runtime": "<non')


def test_a_malformed_question_says_what_it_may_have(attended: Served) -> None:
    status, answer = send(attended.endpoint, "GET", "changes?after=yesterday")
    assert (status, answer["message"][:29]) == (400, "The query may have after=<ver")


def test_a_report_says_to_which_boot_it_went(attended: Served) -> None:
    body = {"runtime": "the runtime of the tests", "documents": []}
    assert send(attended.endpoint, "POST", "report", body) == (200, {"reported": 0, "nonce": "test"})


def test_settled_is_told_once_it_is_so(attended: Served) -> None:
    assert send(attended.endpoint, "POST", "settled", {}) == (200, {"settled": True})
    assert changes(attended.endpoint)["settled"] is True
    report(attended.endpoint)
