"""ElastiCache: a replica becomes the primary, and what the data plane reports of groups and events is shown."""

from typing import Any

from twin.aws.emulator.asked import AS_OF, ask, shown
from twin.aws.emulator.call import Document
from twin.aws.emulator.described import described
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.rds_events import events

__all__ = ["EXTENSIONS", "GROUP"]

_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"

GROUP = "replication group"
"""Kind of the reported documents; their keys are the ids."""

_ROLES = "Roles"


def _group(context: Context) -> Any:
    from moto.elasticache.models import elasticache_backends

    call = context.call
    name = call.parameters["ReplicationGroupId"]
    group = elasticache_backends[call.account][call.region].replication_groups.get(name)
    if group is None:
        message = f"Replication group {name} not found."
        raise AwsError("ReplicationGroupNotFoundFault", message, "404 Not Found")
    return group


def _test_failover(context: Context) -> Document:
    """A replica of the node group becomes its primary, once the data plane does so; without one, at once."""
    group, node_group_id = _group(context), context.call.parameters["NodeGroupId"]
    node_group = next((it for it in group.node_groups if it["node_group_id"] == node_group_id), None)
    if node_group is None:
        raise AwsError("NodeGroupNotFoundFault", f"Node group {node_group_id} not found.", "404 Not Found")
    _check(context, group, node_group)
    if context.exchange.attached:
        ask(context, GROUP, group.replication_group_id, {"Status": "modifying"})
    else:
        _swap(node_group["node_group_members"])
    return described(context.call, "ReplicationGroup", group)


def _check(context: Context, group: Any, node_group: Document) -> None:
    """The codes are AWS's; which of them it answers to a group without failover is an assumption."""
    name = group.replication_group_id
    status = shown(context, GROUP, name).get("Status", group.status)
    if status != "available":
        message = f"Replication group {name} is {status}; it must be available."
        raise AwsError("InvalidReplicationGroupState", message)
    if group.automatic_failover != "enabled" or len(node_group["node_group_members"]) < 2:
        message = f"Automatic failover must be enabled for {name}, which takes a replica."
        raise AwsError("InvalidReplicationGroupState", message)


def _swap(nodes: list[Document]) -> None:
    primary = next(it for it in nodes if it["current_role"] == "primary")
    replica = next(it for it in nodes if it["current_role"] == "replica")
    primary["current_role"], replica["current_role"] = "replica", "primary"


def _show_groups(context: Context, document: Document) -> None:
    items = (
        [document["ReplicationGroup"]] if "ReplicationGroup" in document else document["ReplicationGroups"]
    )
    for item in items:
        reported = shown(context, GROUP, item["ReplicationGroupId"])
        roles = reported.get(_ROLES, {})
        item.update({name: it for name, it in reported.items() if name not in (AS_OF, _ROLES)})
        for node_group in item.get("NodeGroups", []):
            _show_roles(node_group, roles, item["Status"])


def _show_roles(node_group: Document, roles: Document, status: str) -> None:
    node_group["Status"] = status
    for node in node_group.get("NodeGroupMembers", []):
        node["CurrentRole"] = roles.get(node["CacheClusterId"], node.get("CurrentRole"))


EXTENSIONS = (
    Extension(
        service="elasticache",
        topic="failover",
        stock="has none, and shows the roles that members were made with",
        aws="makes a replica the primary, and shows who is",
        change="asks the data plane, and shows the status and the roles that it reports; without one, two nodes of "
        "moto's group change roles. How often it may be called is not limited",
        source=_API + "API_TestFailover.html",
        operations={"TestFailover": _test_failover},
        shows=dict.fromkeys(
            ("DescribeReplicationGroups", "ModifyReplicationGroup", "TestFailover"), _show_groups
        ),
    ),
    Extension(
        service="elasticache",
        topic="events",
        stock="has none",
        aws="lists what happened in the last hour, or in the time that is asked for",
        change="lists those that the data plane reports, by source and time, in pages",
        source=_API + "API_DescribeEvents.html",
        operations={"DescribeEvents": events},
    ),
)
