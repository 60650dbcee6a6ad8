"""ElastiCache: subnet groups are changed and deleted."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"


def _backend(context: Context) -> Any:
    from moto.elasticache.models import elasticache_backends

    return elasticache_backends[context.call.account][context.call.region]


def _group(context: Context) -> Any:
    name = context.call.parameters["CacheSubnetGroupName"]
    group = _backend(context).cache_subnet_groups.get(name)
    if group is None:
        raise AwsError("CacheSubnetGroupNotFoundFault", f"CacheSubnetGroup {name} not found.")
    return group


def _modify(context: Context) -> Document:
    """The group is as it would be if it had been created so."""
    given, group = context.call.parameters, _group(context)
    description = given.get("CacheSubnetGroupDescription", group.cache_subnet_group_description)
    subnet_ids = given.get("SubnetIds", group.subnet_ids)
    changed = type(group)(
        context.call.account,
        context.call.region,
        group.cache_subnet_group_name,
        description,
        subnet_ids,
        group.tags,
    )
    vars(group).update(vars(changed))
    return {"CacheSubnetGroup": _shown(group)}


def _shown(group: Any) -> Document:
    return {
        "CacheSubnetGroupName": group.cache_subnet_group_name,
        "CacheSubnetGroupDescription": group.cache_subnet_group_description,
        "VpcId": group.vpc_id,
        "Subnets": [{"SubnetIdentifier": subnet_id} for subnet_id in group.subnet_ids],
        "ARN": group.arn,
    }


def _delete(context: Context) -> Document:
    """The group is gone. One that a cache stands in is not deleted, as on AWS."""
    group, backend = _group(context), _backend(context)
    name = group.cache_subnet_group_name
    caches = (*backend.replication_groups.values(), *backend.cache_clusters.values())
    if any(cache.cache_subnet_group_name == name for cache in caches):
        message = f"Cache subnet group {name} is currently in use by a cache cluster."
        raise AwsError("CacheSubnetGroupInUse", message)
    backend.cache_subnet_groups.pop(name)
    backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return {}


EXTENSIONS = (
    Extension(
        service="elasticache",
        topic="subnet groups",
        stock="can neither modify nor delete one",
        aws="does both, and does not delete one that a cache stands in",
        change="does both on moto's groups",
        source=_API + "API_DeleteCacheSubnetGroup.html",
        operations={"ModifyCacheSubnetGroup": _modify, "DeleteCacheSubnetGroup": _delete},
    ),
)
