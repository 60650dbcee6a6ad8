"""ECS: tasks of no service, which the data plane is asked to run."""

import time
import uuid
from typing import Any

from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.extensions.ecs_cluster import backend, cluster_of
from twin.aws.emulator.extensions.ecs_tasks import REQUESTED

__all__ = ["EXTENSIONS"]

_SOURCE = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html"

# "You can specify up to 10 tasks for each call." Source: API_RunTask.html, count
_MOST = 10
_GIVEN = ("overrides", "startedBy", "tags", "enableExecuteCommand")


def _run(context: Context) -> Document:
    """The tasks are PROVISIONING; reports of the same ARNs take their place."""
    if not context.exchange.attached:
        return context.document()
    count = int(context.call.parameters.get("count", 1))
    if not 1 <= count <= _MOST:
        raise AwsError("InvalidParameterException", f"count must be between 1 and {_MOST}.")
    tasks = [_task(context) for _ in range(count)]
    call = context.call
    requested = context.memory.collection(call.account, call.region, "ecs", REQUESTED)
    requested.update({task["taskArn"]: task for task in tasks})
    context.exchange.ask(call, {"tasks": tasks})
    return {"tasks": tasks, "failures": []}


def _task(context: Context) -> Document:
    given, cluster, definition = context.call.parameters, cluster_of(context), _definition(context)
    arn = f"{cluster.arn.replace(':cluster/', ':task/')}/{uuid.uuid4().hex}"
    return {
        "taskArn": arn,
        "clusterArn": cluster.arn,
        "taskDefinitionArn": definition.arn,
        "group": given.get("group") or f"family:{definition.family}",
        "lastStatus": "PROVISIONING",
        "desiredStatus": "RUNNING",
        "createdAt": time.time(),
        "version": 1,
        "cpu": given.get("overrides", {}).get("cpu") or definition.cpu,
        "memory": given.get("overrides", {}).get("memory") or definition.memory,
        "platformVersion": given.get("platformVersion", "LATEST"),
        "platformFamily": "Linux",
        "attachments": [_interface(given)],
        "containers": [_container(arn, it) for it in definition.container_definitions],
        **_capacity(given),
        **{name: given[name] for name in _GIVEN if name in given},
    }


def _definition(context: Context) -> Any:
    from moto.ecs.exceptions import ECSException

    name, given = context.call.parameters["taskDefinition"], context.call.parameters
    try:
        definition = backend(context).describe_task_definition(name)
    except ECSException as error:
        raise AwsError("ClientException", "TaskDefinition not found.") from error
    if definition.network_mode == "awsvpc" and "networkConfiguration" not in given:
        message = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        raise AwsError("InvalidParameterException", message)
    return definition


def _interface(given: Document) -> Document:
    network = given.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return {
        "id": str(uuid.uuid4()),
        "type": "ElasticNetworkInterface",
        "status": "PRECREATED",
        "details": [{"name": "subnetId", "value": it} for it in network.get("subnets", ())[:1]],
    }


def _container(task_arn: str, definition: Document) -> Document:
    return {
        "containerArn": f"{task_arn.replace(':task/', ':container/')}/{uuid.uuid4()}",
        "taskArn": task_arn,
        "name": definition["name"],
        "image": definition.get("image", ""),
        "lastStatus": "PENDING",
        "networkInterfaces": [],
    }


def _capacity(given: Document) -> Document:
    strategy = given.get("capacityProviderStrategy")
    if strategy:
        return {"capacityProviderName": strategy[0]["capacityProvider"]}
    return {"launchType": given.get("launchType", "FARGATE")}


EXTENSIONS = (
    Extension(
        service="ecs",
        topic="running a task",
        stock="has a task running at once",
        aws="has it provisioned, and then started",
        change="promises the task and asks the data plane to run it, once there is one",
        source=_SOURCE,
        operations={"RunTask": _run},
    ),
)
