"""Route 53: a health check's status is what the data plane saw."""

from tests.twin.aws.emulator.conftest import Served
from tests.twin.aws.emulator.reporting import document, report

CONFIG = {
    "Type": "HTTPS",
    "FullyQualifiedDomainName": "estate-1.eu-west-2.elb.amazonaws.com",
    "ResourcePath": "/health",
}


def made(served: Served, reference: str) -> str:
    answer = served.clients("route53").create_health_check(
        CallerReference=reference, HealthCheckConfig=CONFIG
    )
    return answer["HealthCheck"]["Id"]


def said(served: Served, id_: str) -> list[str]:
    answer = served.clients("route53").get_health_check_status(HealthCheckId=id_)
    return [it["StatusReport"]["Status"] for it in answer["HealthCheckObservations"]]


def test_a_check_that_nobody_looked_at_has_no_observation(attended: Served) -> None:
    assert said(attended, made(attended, "unseen")) == []


def test_what_each_checker_saw_is_shown(attended: Served) -> None:
    id_ = made(attended, "seen")
    words = ["Success: HTTP Status Code 200, OK", "Failure: Connection refused."]
    observations = [
        {
            "Region": "eu-west-1",
            "IPAddress": "127.0.1.2",
            "StatusReport": {"Status": it, "CheckedTime": "2026-11-22T10:00:00+00:00"},
        }
        for it in words
    ]
    seen = {"HealthCheckObservations": observations}
    report(attended.endpoint, document("route53", "health-check-status", id_, seen, "aws-global"))

    assert said(attended, id_) == words


def test_without_a_data_plane_it_is_as_moto_has_it(extended: Served) -> None:
    assert said(extended, made(extended, "stock")) == [
        "Success: HTTP Status Code: 200. Resolved IP: 127.0.13.37. OK"
    ]
