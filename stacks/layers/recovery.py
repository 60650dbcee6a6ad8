"""Recovery: backups that nobody can delete, copies in the standby region, and the way there."""

import pulumi
import pulumi_aws as aws

from catalogue import BackupFrequency, Bucket, Cell, RegionRole, Residency
from components.backup_vault import BackupRule, BackupVault, BackupVaultArgs
from components.bucket_replication import BucketReplication
from stacks.context import StackContext, export
from stacks.names import Layer
from stacks.physical_names import backup_tag, drafts_bucket, vault_name

__all__ = ["declare"]

RETENTION_DAYS = 35
"""The longest that AWS Backup keeps continuous recovery points. Source: AWS Backup developer guide, PITR."""

SCHEDULES = {
    BackupFrequency.CONTINUOUS: "cron(0 2 * * ? *)",
    BackupFrequency.HOURLY: "cron(0 * * * ? *)",
    BackupFrequency.DAILY: "cron(0 3 * * ? *)",
}
HEALTH_CHECK_SECONDS = 10
HEALTH_CHECK_FAILURES = 3
"""Ten seconds, three in a row: the quickest that Route 53 offers. Source: Route 53 developer guide."""


def declare(context: StackContext) -> None:
    """Registers the layer's stack of this region; the standby's comes first, to receive copies."""
    vault = _vault(context)
    export({"vault_arn": vault.arn})
    if context.role == "primary" and context.has_standby:
        _copied_vault(context)
    if context.role == "primary":
        _replication(context)
        _names(context)


def _vault(context: StackContext) -> BackupVault:
    """What is saved here stays in this region. In the standby region, what is copied there arrives in it."""
    residency = Residency.UK if context.role == "primary" else Residency.UK_EEA
    args = _vault_args(context, vault_name(context.region.name), residency)
    if context.role == "primary":
        args["rules"] = [_rule(it) for it in BackupFrequency]
        args["selections"] = [{"tag": "backup", "value": backup_tag(it, False)} for it in BackupFrequency]
    return BackupVault("vault", args)


def _copied_vault(context: StackContext) -> None:
    """What is saved here is also copied to the standby region; a vault of its own keeps the two kinds apart."""
    args = _vault_args(context, f"{vault_name(context.region.name)}-copied", Residency.UK_EEA)
    target = context.output(Layer.RECOVERY, "vault_arn", "standby")
    args["rules"] = [{**_rule(it), "copy_to_vault_arns": [target]} for it in BackupFrequency]
    args["selections"] = [{"tag": "backup", "value": backup_tag(it, True)} for it in BackupFrequency]
    BackupVault("vault-copied", args)


def _vault_args(context: StackContext, name: str, residency: Residency) -> BackupVaultArgs:
    """Under the key of the most sensitive data that may be in it: recovery points are encrypted with the vault's key.

    Source: AWS Backup developer guide, "Encryption for backups in AWS Backup".
    """
    classes = [it for it in context.estate.catalogue.data_classes.values() if it.residency is residency]
    data_class = max(classes, key=lambda it: it.sensitivity).name
    return {
        "kms_key_arn": context.key_arn(data_class),
        "vault_name": name,
        "tags": context.tags("cloud-platform", data_class),
        "lock": {
            # A compliance lock cannot be taken off again, not by anybody: only where data is really kept.
            "mode": "compliance" if context.is_protected else "governance",
            "minimum_retention_days": 7,
            "maximum_retention_days": 365,
        },
    }


def _rule(frequency: BackupFrequency) -> BackupRule:
    return {
        "name": frequency.value,
        "schedule": SCHEDULES[frequency],
        "retention_days": RETENTION_DAYS,
        "continuous": frequency is BackupFrequency.CONTINUOUS,
    }


def _replication(context: StackContext) -> None:
    if not context.has_standby:
        return
    for bucket in context.estate.buckets.values():
        if bucket.copied_to_standby:
            _copy(context, bucket.name, bucket, f"bucket-{bucket.name}")
    for cell in context.estate.cells.values():
        if context.estate.may_stand_in(cell.data_class, "standby"):
            _copy(context, drafts_bucket(cell.name), cell, drafts_bucket(cell.name))


def _copy(context: StackContext, name: str, owned: Bucket | Cell, service: str) -> None:
    """What is put into the primary region's bucket is also put into the standby's. Args: service: for its tags."""
    key = context.estate.catalogue.data_classes[owned.data_class].key
    standby = context.estate.environment.standby
    assert standby
    BucketReplication(
        f"replication-{name}",
        {
            "bucket_name": _name_of(_bucket_arn(context, name, "primary")),
            "source_kms_key_arn": context.key_arn(owned.data_class),
            "target_bucket_arn": _bucket_arn(context, name, "standby"),
            "target_region": standby.name,
            "target_kms_key_arn": context.entry(Layer.FOUNDATION, "key_arns", key, "standby"),
            "tags": context.tags(owned.owner, owned.data_class, service=service),
        },
    )


def _bucket_arn(context: StackContext, bucket: str, role: RegionRole) -> pulumi.Output[str]:
    return context.entry(Layer.DATA, "buckets", bucket, role).apply(lambda facts: facts["arn"])


def _name_of(bucket_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    return bucket_arn.apply(lambda arn: arn.rpartition(":")[2])


def _names(context: StackContext) -> None:
    """The estate's name leads to the primary region while that is well, and to the standby while it is not."""
    domain = context.estate.environment.domain_name
    check = aws.route53.HealthCheck(
        "primary-health",
        type="HTTPS",
        fqdn=context.output(Layer.PLATFORM, "load_balancer_dns_name"),
        port=443,
        resource_path="/health",
        request_interval=HEALTH_CHECK_SECONDS,
        failure_threshold=HEALTH_CHECK_FAILURES,
        measure_latency=True,
        tags=context.platform_tags | {"Name": "primary"},
    )
    _alias(context, domain, "primary", check.id)
    if context.has_standby:
        _alias(context, domain, "standby", None)


def _alias(context: StackContext, domain: str, role: str, health_check_id: pulumi.Input[str] | None) -> None:
    is_primary = role == "primary"
    aws.route53.Record(
        f"name-{role}",
        zone_id=context.output(Layer.FOUNDATION, "zone_id", "primary"),
        name=domain,
        type="A",
        set_identifier=role,
        failover_routing_policies=[
            aws.route53.RecordFailoverRoutingPolicyArgs(type="PRIMARY" if is_primary else "SECONDARY")
        ],
        health_check_id=health_check_id,
        aliases=[
            aws.route53.RecordAliasArgs(
                name=context.output(
                    Layer.PLATFORM, "load_balancer_dns_name", "primary" if is_primary else "standby"
                ),
                zone_id=context.output(
                    Layer.PLATFORM, "load_balancer_zone_id", "primary" if is_primary else "standby"
                ),
                evaluate_target_health=True,
            )
        ],
    )
