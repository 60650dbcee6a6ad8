"""What holds of every decision, whatever the policies."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.aws.emulator.authorization.documents import ROLE, SESSION, asked, policy
from twin.aws.emulator.authorization.decision import Applying

ACTIONS = st.sampled_from(["sqs:SendMessage", "sqs:*", "*", "sqs:Receive*", "s3:GetObject"])
RESOURCES = st.sampled_from(["*", "arn:aws:sqs:eu-west-2:123456789012:cases", "arn:aws:sqs:*:*:other"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"Bool": {"aws:SecureTransport": "false"}},
        {"StringEquals": {"aws:Unheard": "of"}},
        {"StringResembles": {"aws:SecureTransport": "true"}},
    ]
)
PRINCIPALS = st.sampled_from(["*", {"AWS": ROLE}, {"AWS": SESSION.arn}, {"AWS": "123456789012"}])


def statements(effect: str | None = None) -> st.SearchStrategy[dict[str, Any]]:
    effects = st.just(effect) if effect else st.sampled_from(["Allow", "Deny"])
    fields = {"Effect": effects, "Action": ACTIONS, "Resource": RESOURCES, "Condition": CONDITIONS}
    return st.fixed_dictionaries(fields)


def of_resources() -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(lambda it, principal: {**it, "Principal": principal}, statements(), PRINCIPALS)


IDENTITY = st.lists(statements(), max_size=4)
SETTINGS = st.builds(
    lambda identity, boundary, session, resource, decides: Applying(
        identity=(policy(*identity),),
        boundary=policy(*boundary) if boundary is not None else None,
        session=policy(*session) if session is not None else None,
        resource=policy(*resource) if resource else None,
        resource_decides=decides,
    ),
    IDENTITY,
    st.none() | IDENTITY,
    st.none() | IDENTITY,
    st.lists(of_resources(), max_size=3),
    st.booleans(),
)


def is_allowed(applying: Applying) -> bool:
    return asked(applying, aws__securetransport="true").is_allowed


@settings(deadline=None)
@given(SETTINGS, statements("Deny"))
def test_another_denial_never_opens_anything(applying: Applying, denial: dict[str, Any]) -> None:
    stricter = replace(applying, identity=(*applying.identity, policy(denial)))
    assert is_allowed(applying) or not is_allowed(stricter)


@settings(deadline=None)
@given(SETTINGS, statements("Allow"))
def test_another_permission_never_closes_anything(applying: Applying, permission: dict[str, Any]) -> None:
    wider = replace(applying, identity=(*applying.identity, policy(permission)))
    assert not is_allowed(applying) or is_allowed(wider)


@settings(deadline=None)
@given(SETTINGS, IDENTITY)
def test_a_boundary_and_a_session_policy_only_take_away(
    applying: Applying, limit: list[dict[str, Any]]
) -> None:
    free = replace(applying, boundary=None, session=None)
    for limited in (replace(free, boundary=policy(*limit)), replace(free, session=policy(*limit))):
        assert is_allowed(free) or not is_allowed(limited)


@settings(deadline=None)
@given(SETTINGS)
def test_nothing_is_allowed_without_a_statement_that_does(applying: Applying) -> None:
    decision = asked(applying, aws__securetransport="true")
    assert bool(decision.by) is decision.is_allowed
    assert all(it.statement.effect == "Allow" and not it.statement.fault for it in decision.by)
