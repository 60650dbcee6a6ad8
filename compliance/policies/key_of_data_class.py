"""What holds data is encrypted under the key of that data's class."""

from ._agency import data_class_rules
from ._graph import Graph
from ._policy import Policy
from ._resource import Resource

__all__ = ["KeyOfDataClass", "check"]

BUCKET = "aws_s3_bucket"
BUCKET_ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"
_RULE = ("rule", "apply_server_side_encryption_by_default", "kms_master_key_id")
KEY_OF = {
    "aws_backup_vault": ("kms_key_arn",),
    "aws_cloudtrail": ("kms_key_id",),
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_db_instance": ("kms_key_id",),
    "aws_dynamodb_table": ("server_side_encryption", "kms_key_arn"),
    "aws_ebs_volume": ("kms_key_id",),
    "aws_ecr_repository": ("encryption_configuration", "kms_key"),
    "aws_efs_file_system": ("kms_key_id",),
    "aws_elasticache_replication_group": ("kms_key_id",),
    "aws_kinesis_stream": ("kms_key_id",),
    "aws_rds_cluster": ("kms_key_id",),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
    "aws_sqs_queue": ("kms_master_key_id",),
    BUCKET: ("server_side_encryption_configuration", *_RULE),
    BUCKET_ENCRYPTION: _RULE,
}
"""Where a type names its key."""
KEYS = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_alias")


class KeyOfDataClass(Policy):
    """A key for each class is what lets a class be closed to a reader, and be destroyed, by itself.

    What is not about a person may be under a key of AWS's, which some services' logs must be; where it names a key
    of the estate's, that is its class's. A key that the plan does not show could be anybody's, and is no class's. A
    bucket that says nothing of its encryption is under S3's own keys.
    """

    number = 3
    title = "Stored data about people is encrypted under a customer-managed key of its data class"
    kinds = tuple(KEY_OF)

    def holds(self, resource: Resource, graph: Graph) -> bool | None:
        if resource.kind == BUCKET and graph.naming(resource, BUCKET_ENCRYPTION):
            return True  # what it says is judged where it is said
        data_class = _class_of(resource, graph)
        value = resource.value(*KEY_OF[resource.kind])
        if not value or "alias/aws/" in str(value):
            rules = data_class_rules(data_class)
            return rules is not None and not rules["is_about_people"]
        key = _key(graph.resolve(value), graph)
        return key is not None and key.data_class == data_class


def _key(named: Resource | None, graph: Graph) -> Resource | None:
    """The key itself, where an alias may have been named."""
    if named is None or named.kind not in KEYS:
        return None
    if named.kind == "aws_kms_alias":
        return next(iter(graph.named_by(named, "aws_kms_")), None)
    return named


def _class_of(resource: Resource, graph: Graph) -> str | None:
    if resource.kind != BUCKET_ENCRYPTION:
        return resource.data_class
    return next((it.data_class for it in graph.named_by(resource, BUCKET)), None)


check = KeyOfDataClass()
