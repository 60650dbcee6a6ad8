"""RDS: another instance of a cluster becomes its writer, and an instance is rebooted.

Source: RDS API reference, `FailoverDBCluster` and `RebootDBInstance`. The messages are moto's where it has one; what a
target that already writes, or is of another cluster, is answered with is an assumption.
"""

from typing import Any

from twin.aws.emulator.asked import ask, shown
from twin.aws.emulator.call import Document
from twin.aws.emulator.described import described
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.rds_reported import CLUSTER, INSTANCE, backend, cluster_named

__all__ = ["EXTENSIONS", "check_available"]

_API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/"


def _failover(context: Context) -> Document:
    """The cluster fails over, once the data plane does so; without one, moto moves the writer."""
    call = context.call
    name = call.parameters["DBClusterIdentifier"]
    cluster = cluster_named(call, name)
    if cluster is None:
        message = f"DBCluster {name} not found."
        raise AwsError("DBClusterNotFoundFault", message, "404 Not Found")
    _check(context, cluster)
    if not context.exchange.attached:
        return context.document()
    ask(context, CLUSTER, cluster.db_cluster_identifier, {"Status": "failing-over"})
    return described(context.call, "DBCluster", cluster)


def _check(context: Context, cluster: Any) -> None:
    check_available(context, cluster)
    name, names = cluster.db_cluster_identifier, [it.db_instance_identifier for it in cluster.members]
    if len(names) < 2:
        message = f"Database cluster:{name} should have at least two database instances for failover"
        raise AwsError("InvalidDBClusterStateFault", message)
    target = context.call.parameters.get("TargetDBInstanceIdentifier")
    if target is None:
        return
    if target.lower() not in names:
        raise AwsError("InvalidParameterValue", f"Cannot find target instance: {target}")
    if target.lower() == _writer(context, cluster):
        raise AwsError("InvalidDBInstanceState", f"Instance {target} is already the writer of {name}.")
    if _status(context, target.lower()) != "available":
        message = f"Instance {target} should be in valid state for failover."
        raise AwsError("InvalidDBInstanceState", message)


def check_available(context: Context, cluster: Any) -> None:
    """Raises: AwsError, where the cluster is not available."""
    # moto's clusters are being created until they are first looked at.
    own = "available" if cluster._status == "creating" else cluster._status
    name = cluster.db_cluster_identifier
    status = shown(context, CLUSTER, name).get("Status", own)
    if status != "available":
        message = f"DbCluster {name} is in {status} state but expected it to be one of available."
        raise AwsError("InvalidDBClusterStateFault", message)


def _writer(context: Context, cluster: Any) -> str | None:
    reported = shown(context, CLUSTER, cluster.db_cluster_identifier)
    moto_writer = cluster.writer.db_instance_identifier if cluster.writer else None
    return reported.get("Writer", moto_writer)


def _status(context: Context, name: str) -> str:
    reported = shown(context, INSTANCE, name)
    return reported.get("DBInstanceStatus", backend(context.call).databases[name].status)


def _reboot(context: Context) -> Document:
    """The instance reboots, once the data plane does so."""
    given = context.call.parameters
    name = given["DBInstanceIdentifier"].lower()
    instance = backend(context.call).databases.get(name)
    if instance is None:
        return context.document()
    if given.get("ForceFailover") and not getattr(instance, "multi_az", False):
        message = "Cannot reboot with failover: the instance is not a Multi-AZ instance."
        raise AwsError("InvalidParameterCombination", message)
    if (status := _status(context, name)) != "available":
        message = f"Instance {name} is in {status} state but expected it to be one of available."
        raise AwsError("InvalidDBInstanceState", message)
    if not context.exchange.attached:
        return context.document()
    ask(context, INSTANCE, name, {"DBInstanceStatus": "rebooting"})
    return described(context.call, "DBInstance", instance)


EXTENSIONS = (
    Extension(
        service="rds",
        topic="failover of a cluster",
        stock="moves the writer at once, to an instance of another cluster too, or to the writer itself",
        aws="moves it within some 30 seconds, in which the cluster is failing over, to one of the cluster's readers",
        change="asks the data plane, which reports what came of it; without one, moto moves the writer",
        source=_API + "API_FailoverDBCluster.html",
        operations={"FailoverDBCluster": _failover},
    ),
    Extension(
        service="rds",
        topic="reboot of an instance",
        stock="does nothing, and takes ForceFailover for any instance",
        aws="reboots it, with a failover only where it is a Multi-AZ instance",
        change="asks the data plane; refuses ForceFailover for instances of a cluster",
        source=_API + "API_RebootDBInstance.html",
        operations={"RebootDBInstance": _reboot},
    ),
)
