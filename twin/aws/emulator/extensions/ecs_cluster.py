"""ECS: clusters by name or ARN, with counts of what runs in them."""

from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS", "backend", "cluster_of"]

_STARTING = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})


def backend(context: Context) -> Any:
    """moto's ECS of the call's region."""
    from moto.ecs.models import ecs_backends

    return ecs_backends[ACCOUNT_ID][context.call.region]


def cluster_of(context: Context) -> Any:
    """moto's cluster that the call names, ``default`` where it names none.

    Raises:
        AwsError: there is no such cluster.
    """
    name = str(context.call.parameters.get("cluster") or "default").rpartition("/")[2]
    found = backend(context).clusters.get(name)
    if found is None:
        raise AwsError("ClusterNotFoundException", "Cluster not found.")
    return found


def _counted(context: Context, document: Document) -> None:
    for cluster in document["clusters"]:
        cluster["activeServicesCount"] = _active_services(context, cluster["clusterName"])
        if context.exchange.attached:
            states = _states(context, cluster["clusterArn"])
            cluster["runningTasksCount"] = states.count("RUNNING")
            cluster["pendingTasksCount"] = sum(state in _STARTING for state in states)


def _active_services(context: Context, name: str) -> int:
    services = list(backend(context).services.values())
    return sum(it.cluster_name == name and it.status == "ACTIVE" for it in services)


def _states(context: Context, arn: str) -> list[str]:
    tasks = context.reported("task").values()
    return [str(task["lastStatus"]) for task in tasks if task.get("clusterArn") == arn]


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="counts of a cluster",
        stock="counts the tasks that its services want, and no services",
        aws="counts the tasks that run and are about to, and the active services",
        change="counts the active services, and the tasks that the data plane reports",
        source="https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html",
        shows={"DescribeClusters": _counted},
    ),
)
