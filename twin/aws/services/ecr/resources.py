"""Rows of Amazon ECR."""

from twin.aws.names import Name
from twin.aws.resource import Call, Resource, Take
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

_REPOSITORY = {"repositoryName": "id"}

_PUT_LIFECYCLE = Call(
    "put_lifecycle_policy",
    {"repositoryName": "inputs.repository", "lifecyclePolicyText": "inputs.policy"},
    pick="answer",
)

_PUT_SCANNING = Call("put_registry_scanning_configuration", takes=Take.ALL)

RESOURCES = (
    Resource(
        token="aws:ecr/repository:Repository",
        service="ecr",
        id="inputs.name",
        name=Name("name", "", limit=256, lower=True, allowed="a-z0-9/_.-"),
        create=Call("create_repository", takes=Take.ALL, pick="answer.repository"),
        updates=(
            Call("put_image_tag_mutability", _REPOSITORY, takes=Take.ALL),
            Call(
                "put_image_scanning_configuration",
                {**_REPOSITORY, "imageScanningConfiguration": "inputs.imageScanningConfiguration"},
            ),
        ),
        read=Call("describe_repositories", {"repositoryNames": ["id"]}, pick="answer.repositories[0]"),
        delete=(Call("delete_repository", {**_REPOSITORY, "force": "inputs.forceDelete || `false`"}),),
        outputs={"arn": "item.repositoryArn", "repositoryUrl": "item.repositoryUri"},
        renames={"name": "repositoryName"},
        defaults={"imageTagMutability": "MUTABLE", "imageScanningConfiguration": {"scanOnPush": False}},
        replaces=frozenset({"name", "encryptionConfigurations"}),
        ignored={"forceDelete": "deletion reads it"},
        tagging=tags_by(
            "tag_resource",
            "untag_resource",
            {"resourceArn": "outputs.arn"},
            member="tags",
            added="tags",
            keys="tagKeys",
            read="list_tags_for_resource",
            present="tagging.tags",
        ),
    ),
    Resource(
        token="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        id="inputs.repository",
        create=_PUT_LIFECYCLE,
        updates=(_PUT_LIFECYCLE,),
        read=Call("get_lifecycle_policy", _REPOSITORY, pick="answer"),
        delete=(Call("delete_lifecycle_policy", _REPOSITORY),),
        renames={"policy": "lifecyclePolicyText", "repository": "repositoryName"},
        replaces=frozenset({"repository"}),
    ),
    Resource(
        token="aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
        service="ecr",
        id="account",
        create=_PUT_SCANNING,
        updates=(_PUT_SCANNING,),
        read=Call("get_registry_scanning_configuration", pick="answer.scanningConfiguration"),
        gone="item.scanType == 'BASIC' && inputs.scanType != 'BASIC'",
        delete=(Call("put_registry_scanning_configuration", {"scanType": "'BASIC'", "rules": []}),),
        outputs={"registryId": "account"},
        defaults={"rules": []},
    ),
)
