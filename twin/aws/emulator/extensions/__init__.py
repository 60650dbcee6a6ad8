"""What the emulator does that moto does not, a module or more an AWS service."""

from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions import (
    acm,
    application_autoscaling,
    application_autoscaling_absence,
    backup,
    budgets,
    cloudwatch,
    cloudwatch_tags,
    ec2,
    ecs,
    elasticache,
    elasticache_replicas,
    elasticache_subnet_groups,
    elasticache_users,
    events,
    guardduty,
    iam,
    kept_members,
    kms,
    kms_aliases,
    logs,
    rds,
    rds_global_tags,
    rds_groups,
    s3,
    secretsmanager,
    secretsmanager_replicas,
    sqs,
    sqs_policy,
)

__all__ = ["EXTENSIONS", "MOTO_VERSION"]

MOTO_VERSION = "5.2.5"
"""The extensions were written for this version, and are wrong for others until they are looked at."""

EXTENSIONS: tuple[Extension, ...] = (
    *acm.EXTENSIONS,
    *application_autoscaling.EXTENSIONS,
    *application_autoscaling_absence.EXTENSIONS,
    *backup.EXTENSIONS,
    *budgets.EXTENSIONS,
    *cloudwatch.EXTENSIONS,
    *cloudwatch_tags.EXTENSIONS,
    *ec2.EXTENSIONS,
    *ecs.EXTENSIONS,
    *elasticache.EXTENSIONS,
    *elasticache_replicas.EXTENSIONS,
    *elasticache_subnet_groups.EXTENSIONS,
    *elasticache_users.EXTENSIONS,
    *events.EXTENSIONS,
    *guardduty.EXTENSIONS,
    *iam.EXTENSIONS,
    *kept_members.EXTENSIONS,
    *kms.EXTENSIONS,
    *kms_aliases.EXTENSIONS,
    *logs.EXTENSIONS,
    *rds.EXTENSIONS,
    *rds_global_tags.EXTENSIONS,
    *rds_groups.EXTENSIONS,
    *s3.EXTENSIONS,
    *secretsmanager.EXTENSIONS,
    *secretsmanager_replicas.EXTENSIONS,
    *sqs.EXTENSIONS,
    *sqs_policy.EXTENSIONS,
)
