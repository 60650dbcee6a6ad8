"""Cluster: what it declares by default, and what each argument changes."""

from typing import Any

from components.cluster import Cluster, ClusterArgs
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/operational"
TAGS = {"environment": "test", "owner": "platform"}
CLUSTER = "aws:ecs/cluster:Cluster"
REPOSITORY = "aws:ecr/repository:Repository"


def declare(**args: Any) -> Recording:
    given: dict[str, Any] = {"key_arn": KEY, "tags": TAGS, **args}
    return record(lambda: Cluster("estate", ClusterArgs(**given)))


def test_a_cluster_declares_exactly_these_children() -> None:
    recording = declare()
    assert recording.names == [
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", "estate-repository-lifecycle"),
        (REPOSITORY, "estate-repository"),
        (CLUSTER, "estate-cluster"),
        ("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "estate-capacity"),
        ("aws:servicediscovery/httpNamespace:HttpNamespace", "estate-namespace"),
        ("estate:platform:Cluster", "estate"),
    ]
    assert {child.parent for child in recording.resources if not child.is_component} == {"estate"}
    assert recording.untagged(TAGS) == []


def test_the_cluster_has_these_inputs_by_default() -> None:
    assert declare().one(CLUSTER).inputs == {
        "name": "estate",
        "settings": [{"name": "containerInsights", "value": "enhanced"}],
        "configuration": {"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": KEY}},
        "serviceConnectDefaults": {
            "namespace": f"arn:aws:servicediscovery:eu-west-2:{ACCOUNT}:estate-namespace"
        },
        "tags": TAGS,
    }


def test_tasks_run_on_fargate_unless_a_service_says_otherwise() -> None:
    capacity = declare().one("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
    assert capacity.inputs == {
        "clusterName": "estate",
        "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
        "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
    }


def test_images_are_encrypted_scanned_and_their_tags_never_move() -> None:
    assert declare().one(REPOSITORY).inputs == {
        "name": "estate",
        "imageTagMutability": "IMMUTABLE",
        "imageScanningConfiguration": {"scanOnPush": True},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY}],
        "forceDelete": False,
        "tags": TAGS,
    }


def test_old_images_go() -> None:
    policy = declare(kept_images=7).one("aws:ecr/lifecyclePolicy:LifecyclePolicy").document("policy")
    selections = [rule["selection"] for rule in policy["rules"]]
    assert selections == [
        {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 14},
        {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 7},
    ]


def test_ecs_exec_is_logged_where_a_group_is_given() -> None:
    configuration = declare(exec_log_group_name="/ecs/exec").one(CLUSTER).inputs["configuration"]
    assert configuration["executeCommandConfiguration"] == {
        "kmsKeyId": KEY,
        "logging": "OVERRIDE",
        "logConfiguration": {
            "cloudWatchEncryptionEnabled": True,
            "cloudWatchLogGroupName": "/ecs/exec",
        },
    }


def test_names_can_be_given() -> None:
    recording = declare(cluster_name="prod", namespace_name="mesh", repository_name="workload")
    assert recording.component("estate").outputs == {
        "arn": f"arn:aws:ecs:eu-west-2:{ACCOUNT}:estate-cluster",
        "name": "prod",
        "namespace_arn": f"arn:aws:servicediscovery:eu-west-2:{ACCOUNT}:estate-namespace",
        "namespace_name": "mesh",
        "repository_arn": f"arn:aws:ecr:eu-west-2:{ACCOUNT}:estate-repository",
        "repository_url": f"{ACCOUNT}.dkr.ecr.eu-west-2.amazonaws.com/estate-repository",
    }
