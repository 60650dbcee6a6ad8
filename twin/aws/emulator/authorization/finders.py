"""Which resources a call is about, service by service, and the condition keys that it has beside.

Source: service authorization reference, the page of each service.
"""

import base64
from collections.abc import Iterator, Mapping

from twin.aws.emulator.authorization.policy import ANY_RESOURCE
from twin.aws.emulator.authorization.requests import Asked, Finder, Needs, Row, as_given, listed

__all__ = [
    "WHOLE",
    "ecs_service",
    "ecs_task",
    "encryption_context",
    "experiment",
    "global_cluster",
    "hosted_zone",
    "iterated_stream",
    "key_action",
    "log_stream",
    "metric_data",
    "on",
    "parameters",
    "parameters_by_path",
    "put_events",
    "queue",
    "repository",
    "secret_action",
    "stream",
    "topic",
]


def on(action: str, find: Finder) -> Row:
    """The action on each resource."""
    return lambda asked: [Needs(action, it) for it in find(asked)]


WHOLE = as_given("*")
"""Actions that AWS cannot narrow to a resource."""


def queue(asked: Asked) -> Iterator[str]:
    """Source: SQS developer guide, "Amazon SQS queue and message identifiers": the name ends the URL."""
    name = str(asked.parameters.get("QueueUrl", "")).rstrip("/").rpartition("/")[2]
    yield asked.arn("sqs", name)


def topic(asked: Asked) -> Iterator[str]:
    given = asked.parameters
    yield str(given.get("TopicArn") or given.get("TargetArn") or "*")


def parameters(asked: Asked) -> Iterator[str]:
    for name in listed(asked.parameters.get("Names") or asked.parameters.get("Name")):
        text = str(name).partition(":")[0] if not str(name).startswith("arn:") else str(name)
        yield text if text.startswith("arn:") else asked.arn("ssm", f"parameter/{text.removeprefix('/')}")


def parameters_by_path(asked: Asked) -> Iterator[Needs]:
    path = str(asked.parameters.get("Path", "/"))
    recursive = str(bool(asked.parameters.get("Recursive"))).lower()
    resource = asked.arn("ssm", f"parameter/{path.removeprefix('/')}")
    yield Needs("ssm:GetParametersByPath", resource, {"ssm:recursive": recursive})


def secret_action(action: str) -> Row:
    """Source: service authorization reference, "AWS Secrets Manager"."""

    def needs(asked: Asked) -> Iterator[Needs]:
        given = asked.parameters
        secret_id = str(given.get("SecretId", ""))
        facts = asked.holdings.secret(asked.place, secret_id)
        named = (
            secret_id if secret_id.startswith("arn:") else asked.arn("secretsmanager", f"secret:{secret_id}")
        )
        keys: dict[str, str | list[str]] = {"secretsmanager:secretid": facts.arn if facts else named}
        if facts and facts.rotation_function_arn:
            keys["secretsmanager:resource/allowrotationlambdaarn"] = facts.rotation_function_arn
        for member in ("VersionId", "VersionStage"):
            if given.get(member):
                keys[f"secretsmanager:{member.lower()}"] = str(given[member])
        yield Needs(action, facts.arn if facts else named, keys)

    return needs


def stream(asked: Asked) -> Iterator[str]:
    given = asked.parameters
    if given.get("StreamARN"):
        yield str(given["StreamARN"])
    elif given.get("StreamName"):
        yield asked.arn("kinesis", f"stream/{given['StreamName']}")


def iterated_stream(asked: Asked) -> Iterator[str]:
    """The stream of a shard iterator, which is moto's: its name, shard and place in base64."""
    if asked.parameters.get("StreamARN"):
        yield str(asked.parameters["StreamARN"])
        return
    try:
        name = base64.b64decode(str(asked.parameters.get("ShardIterator", ""))).decode().partition(":")[0]
    except ValueError:
        return
    yield asked.arn("kinesis", f"stream/{name}")


def put_events(asked: Asked) -> Iterator[Needs]:
    """Each entry has a bus of its own. Source: service authorization reference, "Amazon EventBridge"."""
    for entry in asked.parameters.get("Entries", ()):
        bus = str(entry.get("EventBusName") or "default")
        resource = bus if bus.startswith("arn:") else asked.arn("events", f"event-bus/{bus}")
        keys: dict[str, str | list[str]] = {
            "events:source": str(entry.get("Source", "")),
            "events:detail-type": str(entry.get("DetailType", "")),
        }
        yield Needs("events:PutEvents", resource, keys)


def metric_data(asked: Asked) -> Iterator[Needs]:
    """Source: CloudWatch user guide, "Using condition keys to limit access to CloudWatch namespaces"."""
    namespace = str(asked.parameters.get("Namespace", ""))
    yield Needs("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": namespace})


def log_stream(asked: Asked) -> Iterator[str]:
    given = asked.parameters
    stream = given.get("logStreamName", "")
    yield asked.arn("logs", f"log-group:{given.get('logGroupName', '')}:log-stream:{stream}")


def repository(asked: Asked) -> Iterator[str]:
    given = asked.parameters
    account = given.get("registryId") or asked.place.account
    yield f"arn:aws:ecr:{asked.place.region}:{account}:repository/{given.get('repositoryName', '')}"


def key_action(action: str) -> Row:
    """Source: service authorization reference, "AWS Key Management Service"."""

    def needs(asked: Asked) -> Iterator[Needs]:
        given = asked.parameters
        key_id = str(given.get("KeyId", ""))
        arn = asked.holdings.key_arn(asked.place, key_id) if key_id else None
        named = key_id if key_id.startswith("arn:") else asked.arn("kms", f"key/{key_id}")
        yield Needs(
            action,
            (arn or named) if key_id else ANY_RESOURCE,
            encryption_context(given.get("EncryptionContext")),
        )

    return needs


def encryption_context(given: Mapping[str, str] | None) -> dict[str, str | list[str]]:
    """The keys of conditions that an encryption context makes."""
    pairs = dict(given or {})
    keys: dict[str, str | list[str]] = {
        f"kms:encryptioncontext:{name.lower()}": it for name, it in pairs.items()
    }
    return {**keys, "kms:encryptioncontextkeys": sorted(pairs)} if pairs else {}


def ecs_task(asked: Asked) -> Iterator[str]:
    task, cluster = str(asked.parameters.get("task", "")), str(asked.parameters.get("cluster") or "default")
    name = cluster.rpartition("/")[2]
    yield task if task.startswith("arn:") else asked.arn("ecs", f"task/{name}/{task}")


def ecs_service(asked: Asked) -> Iterator[str]:
    given = asked.parameters
    service, cluster = str(given.get("service", "")), str(given.get("cluster") or "default")
    name = cluster.rpartition("/")[2]
    yield service if service.startswith("arn:") else asked.arn("ecs", f"service/{name}/{service}")


def global_cluster(asked: Asked) -> Iterator[str]:
    """Source: service authorization reference, "Amazon RDS": a global cluster has no region."""
    given = asked.parameters
    yield f"arn:aws:rds::{asked.place.account}:global-cluster:{given.get('GlobalClusterIdentifier', '')}"
    target = str(given.get("TargetDbClusterIdentifier", ""))
    yield target if target.startswith("arn:") else asked.arn("rds", f"cluster:{target}")


def experiment(asked: Asked) -> Iterator[str]:
    yield asked.arn("fis", f"experiment-template/{asked.parameters.get('experimentTemplateId', '')}")
    yield asked.arn("fis", "experiment/*")


def hosted_zone(asked: Asked) -> Iterator[str]:
    yield f"arn:aws:route53:::hostedzone/{str(asked.parameters.get('HostedZoneId', '')).rpartition('/')[2]}"
