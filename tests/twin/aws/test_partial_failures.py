"""A failed step says whether it had changed anything, because only then it has to be taken up again."""

import pytest

from engine.exceptions import ResourceFailed
from tests.twin.aws.sample import CONFIG, operation
from tests.twin.aws.services.iam import trust
from twin.aws.provider import EmulatorProvider

ROLE = "aws:iam/role:Role"
TRUST = {"assumeRolePolicy": trust("ecs-tasks.amazonaws.com")}
ABSENT_POLICY = f"arn:aws:iam::{CONFIG.account_id}:policy/nobody-made-it"


def test_a_step_that_fails_after_a_change_is_partial(provider: EmulatorProvider) -> None:
    with pytest.raises(ResourceFailed, match="NoSuchEntity") as failed:
        provider.create(operation(ROLE), {**TRUST, "managedPolicyArns": [ABSENT_POLICY]})
    assert failed.value.partial is True


def test_a_step_whose_first_change_fails_is_not(provider: EmulatorProvider) -> None:
    provider.create(operation(ROLE), {**TRUST, "name": "taken"})
    with pytest.raises(ResourceFailed, match="EntityAlreadyExists") as failed:
        provider.create(operation(ROLE), {**TRUST, "name": "taken"})
    assert failed.value.partial is False


def test_a_repeated_step_is_as_partial_as_it_was(provider: EmulatorProvider) -> None:
    step, inputs = operation(ROLE), {**TRUST, "managedPolicyArns": [ABSENT_POLICY]}
    for _ in range(2):
        with pytest.raises(ResourceFailed, match="NoSuchEntity") as failed:
            provider.create(step, inputs)
        assert failed.value.partial is True


def test_reading_before_a_failure_changes_nothing(provider: EmulatorProvider) -> None:
    """A certificate's validation only looks at the certificate, however often."""
    validation = "aws:acm/certificateValidation:CertificateValidation"
    arn = f"arn:aws:acm:{CONFIG.region}:{CONFIG.account_id}:certificate/nobody-made-it"
    with pytest.raises(ResourceFailed, match="ResourceNotFoundException") as failed:
        provider.create(operation(validation), {"certificateArn": arn})
    assert failed.value.partial is False


def test_a_property_without_a_place_is_refused_before_anything_is_made(provider: EmulatorProvider) -> None:
    with pytest.raises(ResourceFailed, match="nobodyKnowsThis") as failed:
        provider.create(operation(ROLE), {**TRUST, "nobodyKnowsThis": 1})
    assert failed.value.partial is False
