"""RDS: tags of global databases."""

from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"


def _global_clusters(account: str) -> Any:
    """moto keeps those of every region in one."""
    from moto.rds.models import rds_backends

    return rds_backends[account]["us-east-1"].global_clusters


def _taggable() -> None:
    """A global cluster is found by its ARN, which names no region."""
    from moto.rds.models import RDSBackend

    backend: Any = RDSBackend
    others = backend._get_resource_for_tagging

    def _get_resource_for_tagging(self: RDSBackend, arn: str) -> Any:
        before, _, name = arn.partition(":global-cluster:")
        is_global = name and before.startswith("arn:aws:rds::")
        return _global_clusters(self.account_id).get(name) if is_global else others(self, arn)

    backend._get_resource_for_tagging = _get_resource_for_tagging


def _with_tags(call: Call, document: Document) -> None:
    shown_clusters = (
        document["GlobalClusters"] if "GlobalClusters" in document else [document["GlobalCluster"]]
    )
    for shown in shown_clusters:
        cluster = _global_clusters(call.account)[shown["GlobalClusterIdentifier"]]
        if call.name == "CreateGlobalCluster":
            cluster.tags = call.parameters.get("Tags", [])
        shown["TagList"] = list(cluster.tags)


EXTENSIONS = (
    Extension(
        service="rds",
        topic="tags of global databases",
        stock="forgets them, and does not find a global database by its ARN",
        aws="keeps them",
        change="keeps them with moto's global clusters",
        source=_API + "API_CreateGlobalCluster.html",
        patch=_taggable,
        amends=dict.fromkeys(
            ("CreateGlobalCluster", "ModifyGlobalCluster", "DescribeGlobalClusters"), _with_tags
        ),
    ),
)
