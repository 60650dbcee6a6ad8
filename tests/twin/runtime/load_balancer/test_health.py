"""What is said of a target."""

import pytest

from twin.runtime.directory import TargetHealth
from twin.runtime.envoy.health_events import Cause, Failure
from twin.runtime.load_balancer.health import document, target_health
from twin.runtime.load_balancer.model import HealthCheck, Target, TargetGroup
from twin.runtime.load_balancer.targets import Known, Phase, Sight, Verdict

CHECK = HealthCheck("/health", None, ((200, 200),), 5, 4, 2, 2)
H = Sight(Verdict.HEALTHY)
SILENT = Sight(Verdict.UNHEALTHY, Cause(Failure.TIMEOUT))
REFUSED = Sight(Verdict.UNHEALTHY, Cause(Failure.NETWORK))
WRONG = Sight(Verdict.UNHEALTHY, Cause(Failure.MISMATCH, 500))
HEALTHY = TargetHealth("healthy")
TIMED_OUT = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")


def group(*, is_in_use: bool = True, check: HealthCheck | None = CHECK) -> TargetGroup:
    return TargetGroup("arn", "portal", "eu-west-2", is_in_use, "round_robin", 0, 30, True, check)


@pytest.mark.parametrize(
    ("phase", "sights", "trial_is_over", "state", "reason"),
    [
        (Phase.PROBATION, [], False, "initial", "Elb.RegistrationInProgress"),
        (Phase.PROBATION, [REFUSED], False, "initial", "Elb.InitialHealthChecking"),
        (Phase.PROBATION, [H], False, "initial", "Elb.InitialHealthChecking"),
        (Phase.PROBATION, [REFUSED], True, "unhealthy", "Target.FailedHealthChecks"),
        (Phase.SERVING, [H, H, SILENT], True, "healthy", None),
        (Phase.SERVING, [SILENT, SILENT, WRONG], True, "unhealthy", "Target.Timeout"),
        (Phase.SERVING, [WRONG], True, "unhealthy", "Target.ResponseCodeMismatch"),
        (Phase.DRAINING, [H], True, "draining", "Target.DeregistrationInProgress"),
    ],
)
def test_state_and_reason(
    phase: Phase, sights: list[Sight], trial_is_over: bool, state: str, reason: str | None
) -> None:
    said = target_health(group(), Known(phase, 0), sights, None, trial_is_over=trial_is_over)
    assert (said.state, said.reason) == (state, reason)


def test_an_unwanted_answer_is_named() -> None:
    said = target_health(group(), Known(Phase.SERVING, 0), [WRONG], None, trial_is_over=True)
    assert said.description == "Health checks failed with these codes: [500]"


def test_what_was_said_stands_while_no_node_knows() -> None:
    known = Known(Phase.SERVING, 0)
    assert [
        target_health(group(), known, [], it, trial_is_over=True) for it in (TIMED_OUT, HEALTHY, None)
    ] == [
        TIMED_OUT,
        HEALTHY,
        HEALTHY,
    ]


def test_a_group_that_nothing_leads_to_is_not_in_use() -> None:
    said = target_health(group(is_in_use=False), Known(Phase.SERVING, 0), [H], None, trial_is_over=True)
    assert said.reason == "Target.NotInUse"


def test_the_document_is_a_target_health_description() -> None:
    target = Target("127.0.1.80", 8080)
    assert document(target, "eu-west-2a", TIMED_OUT, 8080, is_overridden=True) == {
        "Target": {"Id": "127.0.1.80", "Port": 8080, "AvailabilityZone": "eu-west-2a"},
        "HealthCheckPort": "8080",
        "TargetHealth": {
            "State": "unhealthy",
            "Reason": "Target.Timeout",
            "Description": "Request timed out",
        },
        "AdministrativeOverride": {
            "State": "zonal_shift_active",
            "Reason": "AdministrativeOverride.ZonalShiftActive",
            "Description": "Zonal shift is active",
        },
    }
