"""What a resource's outputs look like before it is made."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.provider import ProviderConfig
from engine.recorder import Computed, computed_outputs, is_placeholder, placeholder
from engine.resource import Registration
from engine.wire import UNKNOWN

CONFIG = ProviderConfig("eu-west-1", "210987654321")
URN = "urn:pulumi:main-test::shop::aws:sqs/queue:Queue::orders"
QUEUE = Registration(
    urn=URN,
    type="aws:sqs/queue:Queue",
    name="orders",
    parent="",
    custom=True,
    inputs={"delaySeconds": 5, "policy": "{}"},
)


def test_a_token_is_the_same_in_every_process() -> None:
    code = f"from engine.recorder import placeholder; print(placeholder({URN!r}, 'url'))"
    tokens = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert tokens == {placeholder(URN, "url")}


@given(
    st.lists(st.tuples(st.text(max_size=5), st.sampled_from(["id", "arn", "url"])), unique=True, max_size=20)
)
def test_each_output_of_each_resource_has_its_own_token(outputs: list[tuple[str, str]]) -> None:
    tokens = [placeholder(*each) for each in outputs]
    assert len(set(tokens)) == len(outputs)
    assert all(is_placeholder(token) for token in tokens)


def test_inputs_are_echoed_and_computed_strings_are_tokens() -> None:
    id_, outputs = computed_outputs(QUEUE, CONFIG, Computed.PLACEHOLDER)
    assert id_ == placeholder(URN, "id")
    assert outputs["delaySeconds"] == 5
    assert outputs["policy"] == "{}"
    assert outputs["url"] == placeholder(URN, "url")
    assert outputs["region"] == "eu-west-1"


def test_an_arn_is_told_by_its_region_and_account() -> None:
    _, outputs = computed_outputs(QUEUE, CONFIG, Computed.PLACEHOLDER)
    assert outputs["arn"] == f"arn:aws:sqs:eu-west-1:210987654321:{placeholder(URN, 'arn')}"
    assert is_placeholder(outputs["arn"])


def test_lists_of_strings_are_unknown_and_no_token() -> None:
    zone = Registration(
        urn=URN, type="aws:route53/zone:Zone", name="z", parent="", custom=True, inputs={"name": "gov.scot"}
    )
    _, outputs = computed_outputs(zone, CONFIG, Computed.PLACEHOLDER)
    assert outputs["nameServers"] == UNKNOWN


def test_a_policy_that_is_an_object_comes_back_as_text() -> None:
    policy = Registration(
        urn=URN,
        type="aws:iam/policy:Policy",
        name="p",
        parent="",
        custom=True,
        inputs={"policy": {"Version": "2012-10-17"}, "tags": {"owner": "shop"}},
    )
    _, outputs = computed_outputs(policy, CONFIG, Computed.PLACEHOLDER)
    assert outputs["policy"] == '{"Version":"2012-10-17"}'
    assert outputs["tags"] == {"owner": "shop"}


@pytest.mark.parametrize("computed", list(Computed))
def test_computed_numbers_booleans_and_maps_are_unknown(computed: Computed) -> None:
    _, outputs = computed_outputs(QUEUE, CONFIG, computed)
    assert {outputs[name] for name in ("maxMessageSize", "fifoQueue", "tagsAll")} == {UNKNOWN}


def test_with_unknowns_nothing_computed_is_known() -> None:
    id_, outputs = computed_outputs(QUEUE, CONFIG, Computed.UNKNOWN)
    assert id_ == ""
    assert {name: it for name, it in outputs.items() if it != UNKNOWN} == {
        "delaySeconds": 5,
        "policy": "{}",
        "region": "eu-west-1",
    }


@pytest.mark.parametrize("value", ["queue", "", 5, None, "pending-xyz", ["pending-0123456789ab"]])
def test_what_is_no_token(value: object) -> None:
    assert not is_placeholder(value)
