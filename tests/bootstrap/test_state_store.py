"""Where Pulumi's state is kept, and what keeps it."""

from collections.abc import Mapping

from estate.deployer.automation import KEY_ALIAS
from tests.bootstrap.conftest import Bootstrapped

BUCKET_PARTS = [
    "BucketLifecycleConfiguration",
    "BucketNotification",
    "BucketOwnershipControls",
    "BucketPolicy",
    "BucketPublicAccessBlock",
    "BucketServerSideEncryptionConfiguration",
    "BucketVersioning",
]
SUFFIXES = [
    "lifecycle",
    "notification",
    "ownership",
    "policy",
    "public-access",
    "encryption",
    "versioning",
]


def bucket(name: str, region: str, logs: bool) -> list[tuple[str, str, str]]:
    """Everything that a bucket consists of."""
    parts = [(part, f"{name}-{suffix}", region) for part, suffix in zip(BUCKET_PARTS, SUFFIXES, strict=True)]
    logging = [("BucketLogging", f"{name}-logging", region)] if logs else []
    return [("Bucket", f"{name}-bucket", region), *parts, *logging]


ROLES = [
    ("OpenIdConnectProvider", "estate-github", "primary"),
    ("Policy", "estate-workflow-boundary", "primary"),
    ("Role", "estate-deploy", "primary"),
    ("Role", "estate-preview", "primary"),
    ("RolePolicy", "estate-deploy-policy", "primary"),
    ("RolePolicy", "estate-preview-policy", "primary"),
    ("RolePolicyAttachment", "estate-preview-read", "primary"),
]
PRIMARY = [
    ("Alias", "estate-keys-pulumi", "primary"),
    ("Key", "estate-keys-pulumi", "primary"),
    *bucket("estate-state", "primary", logs=True),
    *bucket("estate-state-logs", "primary", logs=False),
]
STANDBY = [
    ("Alias", "estate-keys-standby-pulumi", "standby"),
    ("BucketReplicationConfig", "estate-state-copy-replication", "primary"),
    ("ReplicaKey", "estate-keys-standby-pulumi", "standby"),
    ("Role", "estate-state-copy-role", "primary"),
    ("RolePolicy", "estate-state-copy-policy", "primary"),
    *bucket("estate-state-standby", "standby", logs=True),
    *bucket("estate-state-standby-logs", "standby", logs=False),
]


def test_an_environment_with_a_standby_region_has_these_resources(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    for name in ("staging", "prod"):
        assert bootstrapped[name].of_aws() == sorted([*ROLES, *PRIMARY, *STANDBY])


def test_an_environment_without_a_standby_region_has_no_copies(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    assert bootstrapped["dev"].of_aws() == sorted([*ROLES, *PRIMARY])


def test_the_backends_are_told_as_pulumi_wants_them(bootstrapped: Mapping[str, Bootstrapped]) -> None:
    urls = {name: it.outputs.get("standby_backend_url") for name, it in bootstrapped.items()}

    assert bootstrapped["prod"].outputs["backend_url"] == (
        "s3://estate-state-333333333333-eu-west-2?region=eu-west-2"
    )
    assert urls == {
        "dev": None,
        "staging": "s3://estate-state-222222222222-eu-west-1?region=eu-west-1",
        "prod": "s3://estate-state-333333333333-eu-west-1?region=eu-west-1",
    }


def test_the_key_has_the_alias_that_a_deployment_asks_for_in_both_regions(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    prod = bootstrapped["prod"]
    aliases = [
        prod.inputs("Alias", name)["name"] for name in ("estate-keys-pulumi", "estate-keys-standby-pulumi")
    ]

    assert aliases == [f"alias/{KEY_ALIAS}"] * 2
    assert prod.inputs("Key", "estate-keys-pulumi")["multiRegion"] is True
    assert prod.inputs("Key", "estate-keys-pulumi")["enableKeyRotation"] is True


def test_state_that_was_overwritten_can_be_brought_back_for_a_year(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    for suffix in ("state", "state-standby"):
        [rule] = bootstrapped["prod"].inputs("BucketLifecycleConfiguration", f"estate-{suffix}-lifecycle")[
            "rules"
        ]
        versioning = bootstrapped["prod"].inputs("BucketVersioning", f"estate-{suffix}-versioning")

        assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 365}
        assert "expiration" not in rule
        assert versioning["versioningConfiguration"] == {"status": "Enabled"}


def test_what_holds_state_is_protected_from_deletion(bootstrapped: Mapping[str, Bootstrapped]) -> None:
    protected = {
        it.name
        for it in bootstrapped["prod"].registrations.values()
        if it.protect and it.type.startswith("aws:")
    }

    assert {
        "estate-state-bucket",
        "estate-state-standby-bucket",
        "estate-keys-pulumi",
        "estate-keys-standby-pulumi",
    } <= protected


def test_the_copies_are_sealed_with_the_key_of_their_own_region(
    bootstrapped: Mapping[str, Bootstrapped],
) -> None:
    prod = bootstrapped["prod"]
    [replica] = [it for it in prod.registrations.values() if it.type.endswith(":ReplicaKey")]
    [rule] = prod.inputs("BucketReplicationConfig", "estate-state-copy-replication")["rules"]

    there = prod.inputs("BucketServerSideEncryptionConfiguration", "estate-state-standby-encryption")[
        "rules"
    ][0]
    key = rule["destination"]["encryptionConfiguration"]["replicaKmsKeyId"]
    assert there["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == key
    assert key.startswith("arn:aws:kms:eu-west-1:333333333333:")
    assert replica.name == "estate-keys-standby-pulumi"


def test_everything_carries_the_mandatory_tags(bootstrapped: Mapping[str, Bootstrapped]) -> None:
    tagged = [it for it in bootstrapped["prod"].registrations.values() if it.inputs.get("tags")]

    assert {tuple(sorted(it.inputs["tags"].items())) for it in tagged} == {
        (
            ("cost-centre", "cloud-platform"),
            ("data-class", "operational"),
            ("environment", "prod"),
            ("layer", "bootstrap"),
            ("owner", "cloud-platform"),
            ("service", "bootstrap"),
        )
    }
    kinds = {it.type.rsplit(":", 1)[1] for it in tagged}
    assert kinds == {"Bucket", "Key", "OpenIdConnectProvider", "Policy", "ReplicaKey", "Role"}
