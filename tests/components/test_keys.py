"""Keys and ReplicaKeys: what they declare, and whom they let in."""

from typing import Any

import pytest

from components.exceptions import ComponentError
from components.keys import KeyArgs, Keys, KeysArgs, ReplicaKeys, ReplicaKeysArgs
from tests.components.recording import ACCOUNT, Recording, record

TAGS = {"environment": "test", "owner": "security"}
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
REPLICA = "aws:kms/replicaKey:ReplicaKey"

DELEGATION = {
    "Sid": "DelegateToIam",
    "Effect": "Allow",
    "Action": ["kms:*"],
    "Resource": "*",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
}


def declare(*services: str, **args: Any) -> Recording:
    keys = {
        "personal": KeyArgs(description="Personal data", services=services, multi_region=True),
        "public": KeyArgs(description="Public data"),
    }
    given: dict[str, Any] = {"keys": keys, "tags": TAGS, **args}
    return record(lambda: Keys("keys", KeysArgs(**given)))


def replicate(key: KeyArgs, primary: dict[str, str]) -> Recording:
    args = ReplicaKeysArgs(keys={"personal": key}, primary_key_arn_by_name=primary, tags=TAGS)
    return record(lambda: ReplicaKeys("keys", args))


def test_each_name_has_a_key_and_an_alias() -> None:
    recording = declare()
    assert recording.names == [
        (ALIAS, "keys-personal"),
        (ALIAS, "keys-public"),
        (KEY, "keys-personal"),
        (KEY, "keys-public"),
        ("estate:foundation:Keys", "keys"),
    ]
    assert recording.untagged(TAGS) == []
    assert [alias.inputs for alias in recording.of_type(ALIAS)] == [
        {"name": "alias/keys/personal", "targetKeyId": "keys-personal-id"},
        {"name": "alias/keys/public", "targetKeyId": "keys-public-id"},
    ]


def test_a_key_has_its_own_tags_over_those_of_all_and_so_has_its_replica() -> None:
    key = KeyArgs(description="Personal data", multi_region=True, tags={"owner": "privacy"})
    own = record(lambda: Keys("keys", KeysArgs(keys={"personal": key}, tags=TAGS))).one(KEY)
    copied = replicate(key, {"personal": "arn:primary"}).one(REPLICA)
    assert own.inputs["tags"] == copied.inputs["tags"] == {**TAGS, "owner": "privacy"}


def test_a_key_rotates_each_year_and_is_deleted_after_a_month_by_default() -> None:
    inputs = dict(declare().one(KEY, "keys-public").inputs)
    del inputs["policy"]
    assert inputs == {
        "description": "Public data",
        "enableKeyRotation": True,
        "rotationPeriodInDays": 365,
        "deletionWindowInDays": 30,
        "multiRegion": False,
        "tags": TAGS,
    }


def test_a_key_without_services_is_governed_by_iam_alone() -> None:
    assert declare().one(KEY, "keys-public").document("policy")["Statement"] == [DELEGATION]


def test_a_service_gets_in_for_this_account_only() -> None:
    policy = declare("sns", "logs").one(KEY, "keys-personal").document("policy")
    assert policy["Statement"] == [
        DELEGATION,
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": [
                "kms:Encrypt*",
                "kms:Decrypt*",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:Describe*",
            ],
            "Resource": "*",
            "Principal": {"Service": "logs.eu-west-2.amazonaws.com"},
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:*"
                }
            },
        },
        {
            "Sid": "Sns",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        },
    ]


@pytest.mark.parametrize(
    "service",
    [
        "backup",
        "budgets",
        "cloudtrail",
        "cloudwatch",
        "config",
        "events",
        "fargate",
        "guardduty",
        "log-delivery",
        "logs",
        "s3",
        "sns",
        "sqs",
    ],
)
def test_every_statement_for_a_service_names_this_account(service: str) -> None:
    policy = declare(service).one(KEY, "keys-personal").document("policy")
    opened = policy["Statement"][1:]
    assert opened
    assert all(ACCOUNT in str(statement["Condition"]) for statement in opened)


def test_an_unknown_service_is_refused() -> None:
    with pytest.raises(ComponentError) as refusal:
        declare("lambda")
    assert str(refusal.value) == (
        "A key is opened to services that are known here, got 'lambda'. Choose among backup, budgets, "
        "cloudtrail, cloudwatch, config, events, fargate, guardduty, log-delivery, logs, s3, sns, sqs."
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(
            {"deletion_window_days": 3},
            "KMS deletes a key after 7 to 30 days, got 3. Choose a number in between.",
            id="deletion window",
        ),
        pytest.param(
            {"rotation_period_days": 30},
            "KMS rotates a key every 90 to 2560 days, got 30. Choose a number in between.",
            id="rotation period",
        ),
    ],
)
def test_days_that_kms_does_not_take_are_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(**args)
    assert str(refusal.value) == message


def test_a_replica_follows_its_primary_under_the_same_alias() -> None:
    recording = replicate(KeyArgs(description="Personal data", multi_region=True), {"personal": "primary"})
    replica = dict(recording.one(REPLICA).inputs)
    del replica["policy"]
    assert recording.names == [
        (ALIAS, "keys-personal"),
        (REPLICA, "keys-personal"),
        ("estate:foundation:ReplicaKeys", "keys"),
    ]
    assert replica == {
        "primaryKeyArn": "primary",
        "description": "Personal data",
        "deletionWindowInDays": 30,
        "tags": TAGS,
    }
    assert recording.one(ALIAS).inputs["name"] == "alias/keys/personal"


@pytest.mark.parametrize(
    ("key", "primary", "message"),
    [
        pytest.param(
            KeyArgs(description="Personal data"),
            {"personal": "primary"},
            "Only a multi-Region key has replicas, got 'personal'. Set its multi_region.",
            id="a single-Region key",
        ),
        pytest.param(
            KeyArgs(description="Personal data", multi_region=True),
            {},
            "A replica follows a primary key, got none for 'personal'. "
            "Give its ARN in primary_key_arn_by_name.",
            id="no primary key",
        ),
    ],
)
def test_a_replica_without_a_multi_region_primary_is_refused(
    key: KeyArgs, primary: dict[str, str], message: str
) -> None:
    with pytest.raises(ComponentError) as refusal:
        replicate(key, primary)
    assert str(refusal.value) == message


def test_the_outputs_are_by_name() -> None:
    assert declare().component("keys").outputs == {
        "arn_by_name": {
            "personal": f"arn:aws:kms:eu-west-2:{ACCOUNT}:keys-personal",
            "public": f"arn:aws:kms:eu-west-2:{ACCOUNT}:keys-public",
        },
        "id_by_name": {"personal": "keys-personal-id", "public": "keys-public-id"},
    }
