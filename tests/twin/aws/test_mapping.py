"""Pulumi's properties become AWS's parameters, and back."""

import json
from datetime import UTC, datetime

import pytest
from botocore.model import StructureShape
from hypothesis import given
from hypothesis import strategies as st

from twin.aws.exceptions import PropertyNotHandled
from twin.aws.mapping import Naming, member_of, plain, reflect, same_document, to_shape
from twin.aws.shapes import input_shape

PLAIN = Naming("aws:test/thing:Thing")


def shape(service: str, method: str) -> StructureShape:
    found = input_shape(service, method)
    assert isinstance(found, StructureShape)
    return found


@pytest.mark.parametrize(
    ("name", "member"),
    [
        pytest.param("cidrBlock", "CidrBlock", id="case"),
        pytest.param("enableEcsManagedTags", "enableECSManagedTags", id="acronym"),
        pytest.param("capacityProviderStrategies", "capacityProviderStrategy", id="plural-ies"),
        pytest.param("tagKey", "TagKeys", id="singular"),
        pytest.param("clientAlias", "clientAliases", id="singular-es"),
        pytest.param("unknown", None, id="none"),
    ],
)
def test_a_name_finds_its_member_by_case_and_number(name: str, member: str | None) -> None:
    members = ["CidrBlock", "enableECSManagedTags", "capacityProviderStrategy", "TagKeys", "clientAliases"]
    assert member_of(members, name) == member


@pytest.mark.parametrize(
    ("service", "method", "given", "expected"),
    [
        pytest.param(
            "ecs",
            "create_service",
            {"serviceName": "a", "desiredCount": "2", "enableECSManagedTags": "true"},
            {"serviceName": "a", "desiredCount": 2, "enableECSManagedTags": True},
            id="texts-become-numbers-and-booleans",
        ),
        pytest.param(
            "elbv2",
            "create_target_group",
            {"name": 80.0, "port": 80.0},
            {"Name": "80", "Port": 80},
            id="whole-floats-become-integers",
        ),
        pytest.param(
            "iam",
            "create_role",
            {"assumeRolePolicyDocument": {"Version": "2012-10-17"}},
            {"AssumeRolePolicyDocument": '{"Version": "2012-10-17"}'},
            id="objects-become-json-text",
        ),
        pytest.param(
            "application-autoscaling",
            "put_scaling_policy",
            {
                "stepScalingPolicyConfiguration": [
                    {"stepAdjustments": [{"metricIntervalLowerBound": "0", "scalingAdjustment": 1}]}
                ]
            },
            {
                "StepScalingPolicyConfiguration": {
                    "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]
                }
            },
            id="a-list-of-one-is-a-structure",
        ),
        pytest.param(
            "ec2", "describe_vpcs", {"vpcIds": "vpc-1"}, {"VpcIds": ["vpc-1"]}, id="a-value-is-a-list-of-one"
        ),
        pytest.param(
            "sqs",
            "create_queue",
            {"attributes": {"DelaySeconds": 5, "FifoQueue": True}},
            {"Attributes": {"DelaySeconds": "5", "FifoQueue": "true"}},
            id="map-values-become-texts",
        ),
        pytest.param("ec2", "create_vpc", {"cidrBlock": None}, {}, id="none-is-left-out"),
    ],
)
def test_values_take_the_form_of_the_shape(service: str, method: str, given: dict, expected: dict) -> None:
    assert to_shape(given, shape(service, method), PLAIN) == expected


def test_renames_hold_at_their_path_only() -> None:
    naming = Naming(
        "aws:lb/listener:Listener",
        {"actions": "DefaultActions", "actions.forward.targetGroups.arn": "TargetGroupArn"},
    )
    with_forward = Naming(naming.type_token, {**naming.renames, "actions.forward": "ForwardConfig"})
    inputs = {"actions": [{"type": "forward", "forward": {"targetGroups": [{"arn": "a", "weight": "1"}]}}]}
    assert to_shape(inputs, shape("elbv2", "create_listener"), with_forward) == {
        "DefaultActions": [
            {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "a", "Weight": 1}]}}
        ]
    }
    with pytest.raises(PropertyNotHandled) as raised:
        to_shape(inputs, shape("elbv2", "create_listener"), naming)
    assert raised.value.path == "actions.forward"


def test_empty_texts_and_lists_are_left_out_only_when_asked() -> None:
    inputs = {"serviceName": "", "loadBalancers": [], "desiredCount": 0}
    create_service = shape("ecs", "create_service")
    assert to_shape(inputs, create_service, PLAIN, keep_empty=False) == {"desiredCount": 0}
    assert to_shape(inputs, create_service, PLAIN) == {
        "serviceName": "",
        "loadBalancers": [],
        "desiredCount": 0,
    }


@pytest.mark.parametrize(
    ("recorded", "present", "expected"),
    [
        pytest.param("60", 60, "60", id="number-as-text"),
        pytest.param(60, "60", 60, id="text-as-number"),
        pytest.param(True, "false", False, id="text-as-boolean"),
        pytest.param(False, None, False, id="absent-is-false"),
        pytest.param("eu", None, None, id="absent-is-absent"),
        pytest.param(["b", "a"], ["a", "b"], ["b", "a"], id="order-of-declaration"),
        pytest.param(["a"], ["a", "b"], ["a", "b"], id="what-nobody-declared-shows"),
        pytest.param({"path": "/"}, {"Path": "/", "Port": 80}, {"path": "/"}, id="only-what-was-declared"),
        pytest.param(
            [{"name": "a", "value": 1}, {"name": "b", "value": 2}],
            [{"Name": "b", "Value": "2"}, {"Name": "a", "Value": "3"}],
            [{"name": "b", "value": 2}, {"name": "a", "value": 3}],
            id="a-changed-element-shows",
        ),
        pytest.param('{"a": 1}', {"a": 1}, '{"a": 1}', id="document-as-text"),
        pytest.param('{"a": 1}', '{"a":1}', '{"a": 1}', id="spaces-of-a-document"),
        pytest.param('[{"a": 1}]', [{"a": 1, "b": 0}], '[{"a": 1}]', id="what-aws-adds-to-a-document"),
    ],
)
def test_the_present_takes_the_form_of_the_record(
    recorded: object, present: object, expected: object
) -> None:
    assert reflect(recorded, present, PLAIN) == expected


scalars = st.one_of(st.booleans(), st.integers(), st.text())
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b", "c"]), inner)
    ),
    max_leaves=8,
)


@given(documents)
def test_what_has_not_changed_is_reflected_as_recorded(document: object) -> None:
    assert reflect(document, document, PLAIN) == document


@given(documents)
def test_a_document_is_the_same_as_itself_however_written(document: object) -> None:
    if isinstance(document, (dict, list)):
        assert same_document(json.dumps(document), json.dumps(document, indent=3))


def test_answers_become_plain_json() -> None:
    answer = {"At": datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "Blob": b"ab", "ResponseMetadata": {}}
    assert plain(answer) == {"At": "2026-11-22T09:30:00Z", "Blob": "YWI="}
