"""Who is given a role, by its trust policy."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.authorization.roles import ACCOUNT, assumed, client, document, trusting
from tests.twin.aws.emulator.conftest import Served

TASKS = "ecs-tasks.amazonaws.com"
CLUSTER = f"arn:aws:ecs:eu-west-2:{ACCOUNT}:task/estate/1"
OURS = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:*"},
}
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def role(served: Served, name: str, trust: str, **more: Any) -> str:
    made = served.clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)
    return made["Role"]["Arn"]


def test_a_service_is_given_a_role_that_trusts_it(mended: Served) -> None:
    arn = role(mended, "task", trusting({"Service": TASKS}, Condition=OURS))
    credentials = assumed(mended, arn, TASKS, CLUSTER, DurationSeconds=21_600)
    assert client(mended, "sts", credentials).get_caller_identity()["Arn"] == (
        f"arn:aws:sts::{ACCOUNT}:assumed-role/task/task"
    )


@pytest.mark.parametrize(
    ("name", "trust", "service", "source"),
    [
        ("other-service", trusting({"Service": "ec2.amazonaws.com"}), TASKS, CLUSTER),
        (
            "other-account",
            trusting({"Service": TASKS}, Condition=OURS),
            TASKS,
            CLUSTER.replace(ACCOUNT, "9" * 12),
        ),
        ("no-source", trusting({"Service": TASKS}, Condition=OURS), TASKS, ""),
        ("not-the-operator", trusting({"Service": TASKS}), None, ""),
        (
            "no-second-factor",
            trusting(ROOT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            None,
            "",
        ),
    ],
)
def test_nobody_else_is_given_it(
    extended: Served, name: str, trust: str, service: str | None, source: str
) -> None:
    arn = role(extended, name, trust)
    with pytest.raises(
        ClientError, match="because no role trust policy allows the sts:AssumeRole action"
    ) as caught:
        assumed(extended, arn, service, source)
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_a_role_that_is_not_there_is_given_to_nobody(mended: Served) -> None:
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        assumed(mended, f"arn:aws:iam::{ACCOUNT}:role/absent", TASKS, CLUSTER)


def test_a_person_shows_a_second_factor(extended: Served) -> None:
    arn = role(extended, "person", trusting(ROOT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    device = f"arn:aws:iam::{ACCOUNT}:mfa/operator"
    assert assumed(extended, arn, SerialNumber=device, TokenCode="123456")["AccessKeyId"].startswith("ASIA")


def test_a_session_may_take_another_role_if_its_own_lets_it_and_the_other_trusts(extended: Served) -> None:
    first, second = role(extended, "first", trusting(ROOT)), role(extended, "second", trusting(ROOT))
    sts = client(extended, "sts", assumed(extended, first))
    with pytest.raises(
        ClientError, match="because no identity-based policy allows the sts:AssumeRole action"
    ):
        sts.assume_role(RoleArn=second, RoleSessionName="chained")
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": second}
    extended.clients("iam").put_role_policy(
        RoleName="first", PolicyName="own", PolicyDocument=document(statement)
    )
    sts.assume_role(RoleArn=second, RoleSessionName="chained")


def test_a_session_says_for_no_service_that_it_acts(extended: Served) -> None:
    trusted = role(extended, "for-ecs", trusting({"Service": TASKS}))
    sts = client(extended, "sts", assumed(extended, role(extended, "plain", trusting(ROOT))))
    sts.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"x-estate-acting-service": TASKS})
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=trusted, RoleSessionName="borrowed")


def test_a_sessions_own_policy_limits_it(extended: Served) -> None:
    arn = role(extended, "limited", trusting(ROOT))
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    extended.clients("iam").put_role_policy(
        RoleName="limited", PolicyName="own", PolicyDocument=document(everything)
    )
    only = document({"Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"})
    credentials = assumed(extended, arn, Policy=only)
    client(extended, "sqs", credentials).list_queues()
    with pytest.raises(ClientError, match="because no session policy allows the SNS:ListTopics action"):
        client(extended, "sns", credentials).list_topics()


def test_longer_than_the_role_lasts_no_session(extended: Served) -> None:
    arn = role(extended, "short", trusting(ROOT))
    with pytest.raises(ClientError, match="exceeds the MaxSessionDuration set for this role"):
        assumed(extended, arn, DurationSeconds=7_200)


def test_a_session_of_the_operators_own_may_do_what_the_operator_may(extended: Served) -> None:
    credentials = extended.clients("sts").get_session_token()["Credentials"]
    client(extended, "sqs", credentials).list_queues()
