"""Data: databases, caches, buckets, queues, topics, the bus, the stream and secrets, each under its class's key."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from catalogue import Benefit, Bucket, Cache, Cell, Database, Partner, QueueSettings
from components.cache import Cache as CacheComponent
from components.database import Database as DatabaseComponent
from components.database import DatabaseArgs
from components.document_store import DocumentStore, DocumentStoreArgs
from components.global_database import GlobalDatabase
from components.queue import Queue, QueueArgs
from components.resource_policy import ServiceSource
from components.rotation_function import RotationFunction
from components.secret import Secret, SecretArgs
from components.tagging import named
from stacks.context import StackContext, export
from stacks.events import Events, declare_events
from stacks.names import Layer
from stacks.physical_names import (
    backup_tag,
    benefit_queue,
    bucket_name,
    drafts_bucket,
    partner_queue,
    partner_secret,
)

__all__ = ["declare"]

ROTATION = "partner-rotation"


def declare(context: StackContext) -> None:
    """Registers the layer's stores whose data may be in this region.

    Queues, topics, the bus and the stream stand in both regions, so that the standby can take over at once; they
    hold nothing while it stands by. Of databases and buckets, those stand by that the catalogue copies, and drafts.
    """
    _databases(context)
    _caches(context)
    _buckets(context)
    _queues(context, declare_events(context))
    _partners(context)


def _databases(context: StackContext) -> None:
    made = {
        it.name: _database(context, it) for it in context.estate.databases.values() if context.has_store(it)
    }
    export(
        {
            "databases": {
                name: {
                    "endpoint": it.endpoint,
                    "reader_endpoint": it.reader_endpoint,
                    "port": it.port,
                    "resource_id": it.cluster_resource_id,
                    "security_group_id": it.security_group_id,
                    "arn": it.arn,
                }
                for name, it in made.items()
            }
        }
    )


def _database(context: StackContext, database: Database) -> DatabaseComponent:
    size = context.estate.environment.database
    instances = size.instances if context.role == "primary" else size.standby_instances
    is_global = database.copied_to_standby and context.has_standby
    args: DatabaseArgs = {
        "vpc_id": context.output(Layer.FOUNDATION, "vpc_id"),
        "subnet_ids": context.subnet_ids("data"),
        "availability_zones": context.region.zones,
        "instances": instances,
        "kms_key_arn": context.key_arn(database.data_class),
        "cluster_identifier": database.name,
        "instance_class": size.instance_class,
        "maximum_connections": database.connections,
        "backup_retention_days": min(
            35, context.estate.catalogue.data_classes[database.data_class].backup_days
        ),
        "log_retention_days": context.retention_days(database.data_class),
        "deletion_protection": context.is_protected,
        "skip_final_snapshot": not context.is_protected,
        "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
        "tags": context.tags(database.owner, database.data_class, service=f"database-{database.name}")
        | {"backup": _backup(context, database)},
    }
    if context.role == "standby":
        args["global_cluster_identifier"] = context.entry(
            Layer.DATA, "global_databases", database.name, "primary"
        )
        args["source_region"] = context.estate.environment.primary.name
    elif is_global:
        # Aurora manages no password for the source of a global database; nobody but migrations uses this one.
        args["master_password"] = pulumi.Output.secret(
            aws.secretsmanager.get_random_password_output(
                password_length=40, exclude_punctuation=True
            ).random_password
        )
    else:
        args["database_name"] = "estate"
    made = DatabaseComponent(f"database-{database.name}", args)
    if is_global and context.role == "primary":
        everywhere = GlobalDatabase(
            f"global-database-{database.name}",
            {
                "source_cluster_arn": made.arn,
                "global_cluster_identifier": f"global-{database.name}",
                "deletion_protection": context.is_protected,
                "tags": args.get("tags", {}),
            },
        )
        export({"global_databases": {database.name: everywhere.global_cluster_identifier}})
    return made


def _backup(context: StackContext, store: Database | Bucket) -> str:
    frequency = context.estate.catalogue.tiers[store.tier].backup.frequency
    return backup_tag(frequency, is_copied=store.copied_to_standby and context.has_standby)


def _caches(context: StackContext) -> None:
    made = {it.name: _cache(context, it) for it in context.estate.caches.values() if context.has_store(it)}
    export(
        {
            "caches": {
                name: {
                    "endpoint": it.primary_endpoint,
                    "reader_endpoint": it.reader_endpoint,
                    "port": it.port,
                    "security_group_id": it.security_group_id,
                    "arn": it.arn,
                    "user_arns": it.user_arn_by_client,
                    "user_names": it.user_name_by_client,
                }
                for name, it in made.items()
            }
        }
    )


def _cache(context: StackContext, cache: Cache) -> CacheComponent:
    size = context.estate.environment.cache
    nodes = size.nodes if context.role == "primary" else size.standby_nodes
    return CacheComponent(
        f"cache-{cache.name}",
        {
            "vpc_id": context.output(Layer.FOUNDATION, "vpc_id"),
            "subnet_ids": context.subnet_ids("data"),
            "availability_zones": context.region.zones,
            "nodes": nodes,
            "kms_key_arn": context.key_arn(cache.data_class),
            "users": _cache_users(context, cache.name),
            "replication_group_id": cache.name,
            "node_type": size.node_type,
            "log_retention_days": context.retention_days(cache.data_class),
            "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
            "tags": context.tags(cache.owner, cache.data_class, service=f"cache-{cache.name}"),
        },
    )


def _cache_users(context: StackContext, cache: str) -> Mapping[str, str]:
    """Every client in its own key space. Source of the syntax: Valkey, "ACL"."""
    cells = [name for name, it in context.estate.cells.items() if it.cache == cache]
    services = [name for name, it in context.estate.services.items() if cache in it.stores.caches]
    return {client: f"on ~{client}:* +@all -@dangerous -@admin" for client in (*services, *cells)}


def _buckets(context: StackContext) -> None:
    made = {it.name: _bucket(context, it) for it in context.estate.buckets.values() if context.has_store(it)}
    made |= {
        drafts_bucket(it.name): _drafts(context, it)
        for it in context.estate.cells.values()
        if context.stays_here(it.data_class)
    }
    export({"buckets": {name: {"name": it.bucket_name, "arn": it.arn} for name, it in made.items()}})


def _bucket(context: StackContext, bucket: Bucket) -> DocumentStore:
    data_class = context.estate.catalogue.data_classes[bucket.data_class]
    args: DocumentStoreArgs = {
        "kms_key_arn": context.key_arn(bucket.data_class),
        "bucket_name": bucket_name(context, bucket.name, context.region.name),
        "log_bucket_name": context.output(Layer.FOUNDATION, "access_log_bucket"),
        "force_destroy": not context.is_protected,
        "tags": context.tags(bucket.owner, bucket.data_class, service=f"bucket-{bucket.name}")
        | {"backup": _backup(context, bucket)},
    }
    if bucket.expire_days:
        args["expire_after_days"] = bucket.expire_days
        args["infrequent_access_after_days"] = 30
    if bucket.locked:
        mode = "COMPLIANCE" if context.is_protected else "GOVERNANCE"
        args["object_lock"] = {"mode": mode, "retention_days": data_class.backup_days}
    return DocumentStore(f"bucket-{bucket.name}", args)


def _drafts(context: StackContext, cell: Cell) -> DocumentStore:
    """In which what waits in a benefit's queue to be stored can be read; copied where its class may be."""
    name = drafts_bucket(cell.name)
    frequency = context.estate.catalogue.tiers[cell.tier].backup.frequency
    return DocumentStore(
        name,
        {
            "kms_key_arn": context.key_arn(cell.data_class),
            "bucket_name": bucket_name(context, name, context.region.name),
            "log_bucket_name": context.output(Layer.FOUNDATION, "access_log_bucket"),
            # As long as a message may wait.
            "expire_after_days": cell.queue.retention_days,
            "noncurrent_expire_after_days": 1,
            "force_destroy": not context.is_protected,
            "tags": context.tags(cell.owner, cell.data_class, service=name)
            | {"backup": backup_tag(frequency, is_copied=False)},
        },
    )


def _queues(context: StackContext, events: Events) -> None:
    tags = {
        it.name: context.tags(it.owner, it.data_class, service=f"queue-{it.name}")
        for it in context.estate.queues.values()
    }
    shared = {
        it.name: _queue(
            context, it.name, it.data_class, it, tags[it.name], it.fifo, events.producers(it.name)
        )
        for it in context.estate.queues.values()
        if context.has_store(it)
    }
    for name, queue in shared.items():
        events.deliver(name, queue)
    of_benefits = {
        it.slug: _benefit_queue(context, it)
        for it in context.estate.benefits.values()
        if context.stays_here(it.data_class)
    }
    export({"queues": {name: _as_output(it) for name, it in shared.items()}})
    export({"benefit_queues": {slug: _as_output(it) for slug, it in of_benefits.items()}})


def _benefit_queue(context: StackContext, benefit: Benefit) -> Queue:
    """Where a cell puts applications that it cannot store at once."""
    settings = context.estate.cells[benefit.cell].queue
    tags = context.tags(benefit.owner, benefit.data_class, benefit=benefit.slug)
    return _queue(context, benefit_queue(benefit.slug), benefit.data_class, settings, tags)


def _queue(
    context: StackContext,
    name: str,
    data_class: str,
    settings: QueueSettings,
    tags: Mapping[str, str],
    fifo: bool = False,
    producers: Sequence[ServiceSource] = (),
) -> Queue:
    args: QueueArgs = {
        "kms_key_arn": context.key_arn(data_class),
        "queue_name": name,
        "fifo": fifo,
        "visibility_timeout_seconds": settings.visibility_timeout_seconds,
        "maximum_receives": settings.max_receive_count,
        "retention_days": settings.retention_days,
        "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
        "tags": tags,
    }
    if producers:
        args["service_producers"] = producers
    return Queue(name, args)


def _as_output(queue: Queue) -> dict[str, pulumi.Output[str]]:
    return {
        "name": queue.queue_name,
        "arn": queue.arn,
        "url": queue.url,
        "dead_letter_url": queue.dead_letter_queue_url,
    }


def _partners(context: StackContext) -> None:
    """Each partner's queue and credentials. The standby has copies of the credentials: partners know no others."""
    partners = [it for it in context.estate.partners.values() if context.stays_here(it.data_class)]
    rotation = _rotation(context) if partners and context.role == "primary" else None
    export({"partners": {it.name: _partner(context, it, rotation) for it in partners}})


def _rotation(context: StackContext) -> RotationFunction:
    """The one function that makes new credentials for every partner."""
    classes = sorted({it.data_class for it in context.estate.catalogue.partners.values()})
    tags = context.tags("exchange-platform", "operational", service=ROTATION)
    return RotationFunction(
        ROTATION,
        {
            "kms_key_arn": context.key_arn("operational"),
            "secret_kms_key_arns": [context.key_arn(it) for it in classes if context.stays_here(it)],
            "function_name": "rotate-partner-secrets",
            "subnet_ids": context.subnet_ids("private"),
            "security_group_ids": [_rotation_security_group(context, tags).id],
            "dead_letter_queue_arn": _failed_rotations(context, tags).arn,
            "dead_letter_kms_key_arn": context.key_arn("operational"),
            "log_retention_days": context.retention_days("operational"),
            "alarm_topic_arn": context.output(Layer.FOUNDATION, "alarm_topic_arn"),
            "tags": tags,
        },
    )


def _rotation_security_group(context: StackContext, tags: Mapping[str, str]) -> aws.ec2.SecurityGroup:
    """The function reaches AWS's APIs through the interface endpoints, and nothing reaches it."""
    group = aws.ec2.SecurityGroup(
        f"{ROTATION}-security-group",
        vpc_id=context.output(Layer.FOUNDATION, "vpc_id"),
        description="Rotation of partners' secrets: HTTPS to the interface endpoints",
        tags=named(tags, ROTATION),
    )
    aws.vpc.SecurityGroupEgressRule(
        f"{ROTATION}-to-endpoints",
        security_group_id=group.id,
        referenced_security_group_id=context.output(Layer.FOUNDATION, "endpoint_security_group_id"),
        description="AWS's APIs through interface endpoints",
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        tags=named(tags, f"{ROTATION}-to-endpoints"),
    )
    return group


def _failed_rotations(context: StackContext, tags: Mapping[str, str]) -> Queue:
    """Where Lambda leaves what it tried three times."""
    settings = QueueSettings(visibility_timeout_seconds=60, max_receive_count=5, retention_days=13)
    return _queue(context, "failed-rotations", "operational", settings, dict(tags))


def _partner(
    context: StackContext, partner: Partner, rotation: RotationFunction | None
) -> dict[str, pulumi.Output[str]]:
    tags = context.tags(partner.owner, partner.data_class, service=partner.service) | {
        "partner": partner.name
    }
    settings = QueueSettings(visibility_timeout_seconds=120, max_receive_count=5, retention_days=13)
    queue = _queue(context, partner_queue(partner), partner.data_class, settings, tags)
    secret_arn = (
        _partner_secret(context, partner, rotation, tags) if rotation else _copied_secret(context, partner)
    )
    return {"queue_name": queue.queue_name, "queue_url": queue.url, "secret_arn": secret_arn}


def _partner_secret(
    context: StackContext, partner: Partner, rotation: RotationFunction, tags: Mapping[str, str]
) -> pulumi.Output[str]:
    args: SecretArgs = {
        "description": f"Credentials with which the exchange calls {partner.title}.",
        "kms_key_arn": context.key_arn(partner.data_class),
        "secret_name": partner_secret(partner),
        # A name that waits for deletion cannot be used: where partners come and go in tests, it must not wait.
        "recovery_window_days": 30 if context.is_protected else 0,
        "rotation_function_arn": rotation.arn,
        "tags": tags,
    }
    standby = context.estate.environment.standby
    if standby and context.estate.may_stand_in(partner.data_class, "standby"):
        key = context.estate.catalogue.data_classes[partner.data_class].key
        key_arn = context.entry(Layer.FOUNDATION, "key_arns", key, "standby")
        args["replicas"] = [{"region": standby.name, "kms_key_arn": key_arn}]
    return Secret(f"partner-secret-{partner.name}", args).arn


def _copied_secret(context: StackContext, partner: Partner) -> pulumi.Output[str]:
    """A copy's ARN differs from the original's by its region. Source: Secrets Manager user guide, "Replicate"."""
    original = context.entry(Layer.DATA, "partners", partner.name, "primary")
    regions = (context.estate.environment.primary.name, context.region.name)
    return original.apply(lambda it: it["secret_arn"].replace(*regions))
