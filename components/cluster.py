"""An ECS cluster on Fargate, its service mesh and the registry of its images."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

__all__ = ["Cluster", "ClusterArgs"]


class ClusterArgs(TypedDict):
    key_arn: pulumi.Input[str]
    """ARN of the KMS key that encrypts images and tasks' storage; it must admit Fargate."""
    cluster_name: NotRequired[str]
    """Name of the cluster. Default: the component's name."""
    namespace_name: NotRequired[str]
    """Name of the Service Connect namespace. Default: the cluster's name."""
    repository_name: NotRequired[str]
    """Name of the image repository. Default: the cluster's name."""
    kept_images: NotRequired[int]
    """Images that stay in the repository, the newest first. Default: 50."""
    exec_log_group_name: NotRequired[pulumi.Input[str]]
    """Log group for ECS Exec. Default: none, for services whose ECS Exec is off."""
    deletion_protection: NotRequired[bool]
    """Whether a repository that holds images refuses to be deleted. Default: true."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of everything that can carry them. Default: none."""


class Cluster(pulumi.ComponentResource):
    """Tasks run on Fargate, find each other in one namespace, and come from images whose tags never move."""

    arn: pulumi.Output[str]
    """ARN of the cluster."""
    name: pulumi.Output[str]
    """Name of the cluster."""
    namespace_arn: pulumi.Output[str]
    """ARN of the Service Connect namespace."""
    namespace_name: pulumi.Output[str]
    """Name of the Service Connect namespace."""
    repository_arn: pulumi.Output[str]
    """ARN of the image repository."""
    repository_url: pulumi.Output[str]
    """Where images are pushed to and pulled from, without a tag."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:platform:Cluster", name, None, opts)
        self._name = name
        self._cluster_name = args.get("cluster_name", name)
        self._tags = dict(args.get("tags", {}))
        self._own = pulumi.ResourceOptions(parent=self)

        namespace = self._namespace(args)
        cluster = self._cluster(args, namespace)
        self._capacity(cluster)
        repository = self._repository(args)

        self.arn = cluster.arn
        self.name = cluster.name
        self.namespace_arn = namespace.arn
        self.namespace_name = namespace.name
        self.repository_arn = repository.arn
        self.repository_url = repository.repository_url
        self.register_outputs({output: getattr(self, output) for output in Cluster.__annotations__})

    def _namespace(self, args: ClusterArgs) -> aws.servicediscovery.HttpNamespace:
        return aws.servicediscovery.HttpNamespace(
            f"{self._name}-namespace",
            name=args.get("namespace_name", self._cluster_name),
            description=f"Service Connect of {self._cluster_name}",
            tags=self._tags,
            opts=self._own,
        )

    def _cluster(self, args: ClusterArgs, namespace: aws.servicediscovery.HttpNamespace) -> aws.ecs.Cluster:
        storage = aws.ecs.ClusterConfigurationManagedStorageConfigurationArgs(
            fargate_ephemeral_storage_kms_key_id=args["key_arn"]
        )
        return aws.ecs.Cluster(
            f"{self._name}-cluster",
            name=self._cluster_name,
            settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")],
            configuration=aws.ecs.ClusterConfigurationArgs(
                managed_storage_configuration=storage,
                execute_command_configuration=_exec_logging(args),
            ),
            service_connect_defaults=aws.ecs.ClusterServiceConnectDefaultsArgs(namespace=namespace.arn),
            tags=self._tags,
            opts=self._own,
        )

    def _capacity(self, cluster: aws.ecs.Cluster) -> None:
        aws.ecs.ClusterCapacityProviders(
            f"{self._name}-capacity",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategies=[
                aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                    capacity_provider="FARGATE", weight=1
                )
            ],
            opts=self._own,
        )

    def _repository(self, args: ClusterArgs) -> aws.ecr.Repository:
        repository = aws.ecr.Repository(
            f"{self._name}-repository",
            name=args.get("repository_name", self._cluster_name),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args["key_arn"])
            ],
            force_delete=not args.get("deletion_protection", True),
            tags=self._tags,
            opts=self._own,
        )
        aws.ecr.LifecyclePolicy(
            f"{self._name}-repository-lifecycle",
            repository=repository.name,
            policy=_lifecycle(args.get("kept_images", 50)),
            opts=self._own,
        )
        return repository


def _exec_logging(
    args: ClusterArgs,
) -> aws.ecs.ClusterConfigurationExecuteCommandConfigurationArgs | None:
    log_group_name = args.get("exec_log_group_name")
    if log_group_name is None:
        return None
    return aws.ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
        kms_key_id=args["key_arn"],
        logging="OVERRIDE",
        log_configuration=aws.ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
            cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=log_group_name
        ),
    )


def _lifecycle(kept_images: int) -> pulumi.Output[str]:
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 14,
    }
    surplus = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": kept_images}
    rules = [
        (1, "Images without a tag go after two weeks", untagged),
        (2, f"The newest {kept_images} images stay", surplus),
    ]
    return pulumi.Output.json_dumps(
        {
            "rules": [
                {
                    "rulePriority": priority,
                    "description": description,
                    "selection": selection,
                    "action": {"type": "expire"},
                }
                for priority, description, selection in rules
            ]
        }
    )
