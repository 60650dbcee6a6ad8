"""What stacks are called, and in which order they are deployed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.names import Layer, StackName, deployment_order

environments = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(
    lambda it: not it.endswith("-standby")
)
names = st.builds(StackName, st.sampled_from(Layer), environments, st.booleans())


@given(names)
def test_a_name_is_read_back_as_it_was_written(name: StackName) -> None:
    assert StackName.parse(str(name)) == name


@given(names, names)
def test_two_stacks_have_two_names(one: StackName, other: StackName) -> None:
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("services-prod", StackName(Layer.SERVICES, "prod"), id="primary"),
        pytest.param("data-prod-standby", StackName(Layer.DATA, "prod", True), id="standby"),
        pytest.param("recovery-pre-prod", StackName(Layer.RECOVERY, "pre-prod"), id="hyphen"),
        pytest.param(
            "platform-standby", StackName(Layer.PLATFORM, "standby"), id="an-environment-named-standby"
        ),
    ],
)
def test_a_name_tells_layer_environment_and_region(text: str, name: StackName) -> None:
    assert StackName.parse(text) == name


@pytest.mark.parametrize("text", ["", "services", "services-", "network-prod", "prod", "services--standby"])
def test_what_names_no_stack_is_refused_with_what_would(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        StackName.parse(text)
    assert str(refused.value) == (
        f"Stack {text!r} is not named '<layer>-<environment>' or '<layer>-<environment>-standby'. "
        "Layers are foundation, data, platform, services, recovery."
    )


@pytest.mark.parametrize("environment", ["", "prod-standby"])
def test_an_environment_whose_stacks_could_not_be_told_apart_is_refused(environment: str) -> None:
    with pytest.raises(ValueError, match=f"must not .* got '{environment}'. Choose another name"):
        StackName(Layer.DATA, environment)


def test_a_sibling_stands_in_the_same_region_unless_told_otherwise() -> None:
    stack = StackName(Layer.SERVICES, "prod", is_standby=True)
    assert str(stack.sibling(Layer.DATA)) == "data-prod-standby"
    assert str(stack.sibling(Layer.DATA, is_standby=False)) == "data-prod"


def test_without_a_standby_the_layers_follow_each_other() -> None:
    assert list(map(str, deployment_order("slice", has_standby=False))) == [
        "foundation-slice",
        "data-slice",
        "platform-slice",
        "services-slice",
        "recovery-slice",
    ]


def test_with_a_standby_each_region_follows_the_primary_but_what_receives_copies_is_there_first() -> None:
    assert list(map(str, deployment_order("prod", has_standby=True))) == [
        "foundation-prod",
        "foundation-prod-standby",
        "data-prod",
        "data-prod-standby",
        "platform-prod",
        "platform-prod-standby",
        "services-prod",
        "services-prod-standby",
        "recovery-prod-standby",
        "recovery-prod",
    ]
