"""What an identity may do beyond what it names is found, under the worst risk that an action carries."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compliance.analyses import least_privilege
from compliance.results import AnalysisResult
from engine import wire
from engine.resource import Registration
from tests.compliance.analyses.graph import (
    PROJECT,
    TODAY,
    TOOLS,
    allow,
    policy,
    registration,
    role,
    role_policy,
)

TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
}
TASK, SPLIT, HALF, OTHER_HALF, ADMIN = (role(it, TRUST) for it in ("task", "split", "half", "other", "admin"))
INLINE = registration(
    "aws:iam/role:Role",
    "inline",
    {
        "assumeRolePolicy": policy(TRUST),
        "inlinePolicies": [
            {"name": "wide", "policy": policy(allow("s3:GetObject"))},
            {"name": "narrow", "policy": policy(allow("s3:GetObject", "arn:aws:s3:::evidence/*"))},
        ],
    },
)
CASES: dict[str, tuple[dict[str, Any], str | None]] = {
    "fine": (allow("s3:GetObject", "arn:aws:s3:::evidence/*"), None),
    "cannot-be-narrowed": (allow("cloudwatch:PutMetricData"), None),
    "under-condition": (
        allow("s3:GetObject", Condition={"StringEquals": {"aws:ResourceAccount": "1"}}),
        None,
    ),
    "wildcard": (allow("sqs:*", "arn:aws:sqs:eu-west-2:123456789012:q"), "service-wildcard"),
    "exfiltrates": (allow("s3:GetObject"), "data-exfiltration"),
    "permits": (allow("s3:PutBucketPolicy"), "permissions-management"),
    "changes": (allow("ecs:StopTask"), "infrastructure-modification"),
    "reads": (allow("sqs:GetQueueAttributes"), "unrestricted"),
}
PASS, LAMBDA = allow("iam:PassRole"), allow(["lambda:CreateFunction", "lambda:InvokeFunction"])


def _attachment(name: str, managed: str, to: Registration) -> Registration:
    return registration(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name,
        {"policyArn": f"arn:aws:iam::aws:policy/{managed}", "role": to.name},
        property_dependencies={"role": (to.urn,)},
    )


GRAPH = [
    *(TASK, SPLIT, HALF, OTHER_HALF, ADMIN, INLINE),
    *(role_policy(name, TASK, statement, line=41) for name, (statement, _) in CASES.items()),
    *(role_policy("split-first", SPLIT, PASS), role_policy("split-second", SPLIT, LAMBDA)),
    *(role_policy("half-first", HALF, PASS), role_policy("other-second", OTHER_HALF, LAMBDA)),
    *(_attachment("all", "AdministratorAccess", ADMIN), _attachment("odd", "NoSuchPolicy", TASK)),
]


def _run(resources: Sequence[Registration], folder: Path) -> AnalysisResult:
    register = folder / "reviewed.yaml"
    register.write_text("least_privilege: []\n")
    return least_privilege.run(resources, Path("/program"), today=TODAY, toolbox=TOOLS, register=register)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> AnalysisResult:
    return _run(GRAPH, tmp_path_factory.mktemp("reviews"))


def _of(result: AnalysisResult, subject: str) -> list[str]:
    return [it["rule"] for it in result.findings if it["subject"].endswith(f"::{subject}")]


@pytest.mark.parametrize("name", CASES)
def test_each_risk_is_found_where_it_is_and_nothing_where_there_is_none(
    result: AnalysisResult, name: str
) -> None:
    expected = CASES[name][1]

    assert _of(result, name) == ([expected] if expected else [])


def test_a_way_of_escalation_is_found_over_all_policies_of_a_role(result: AnalysisResult) -> None:
    """Neither policy is one by itself."""
    ways = [it for it in result.findings if it["rule"] == "privilege-escalation"]

    assert [(it["subject"], it["text"]) for it in ways] == [
        (SPLIT.urn, "PassExistingRoleToNewLambdaThenInvoke")
    ]
    assert (ways[0]["severity"], ways[0]["source"][:8]) == ("critical", "https://")


def test_the_same_permissions_of_two_roles_are_no_way_for_either(result: AnalysisResult) -> None:
    assert _of(result, "half") + _of(result, "other") == []


def test_who_may_do_everything_has_one_finding(result: AnalysisResult) -> None:
    assert _of(result, "all") == ["administrator"]


def test_a_managed_policy_of_which_no_copy_is_at_hand_is_named(result: AnalysisResult) -> None:
    assert "NoSuchPolicy" in result.could_not
    assert _of(result, "odd") == ["unread-policy"]


def test_of_several_inline_policies_the_wide_one_is_found_and_only_it(result: AnalysisResult) -> None:
    assert _of(result, "inline") == ["data-exfiltration"]


@pytest.mark.parametrize(
    "unread",
    [
        pytest.param(
            registration("aws:sqs/queuePolicy:QueuePolicy", "q", {"policy": wire.UNKNOWN}),
            id="unknown document",
        ),
        pytest.param(_attachment("odd", "NoSuchPolicy", TASK), id="no copy of a managed policy"),
    ],
)
def test_what_nobody_could_read_does_not_hold(unread: Registration, tmp_path: Path) -> None:
    assert not _run([TASK, unread], tmp_path).holds
    assert _run([TASK], tmp_path).holds


def test_a_finding_has_the_line_that_makes_the_policy(result: AnalysisResult) -> None:
    places = {it["place"] for it in result.findings if it["subject"].endswith("::exfiltrates")}

    assert places == {"stack.py:41"}


def test_what_was_looked_at_is_counted(result: AnalysisResult) -> None:
    figures = result.figures

    assert (figures["trust_policies"], figures["identity_policies"], figures["managed_policies"]) == (
        6,
        14,
        2,
    )
    assert not result.holds


def test_an_empty_graph_has_no_policies_and_says_so(tmp_path: Path) -> None:
    result = _run([], tmp_path)

    assert (result.holds, result.figures["policies"]) == (True, 0)


def test_the_tools_are_those_of_the_locked_environment() -> None:
    lock = (PROJECT / "compliance" / "analyses" / "requirements.lock").read_text()

    assert TOOLS.version("cloudsplaining").replace(" ", "==") in lock
