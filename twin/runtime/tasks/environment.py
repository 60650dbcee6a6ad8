"""What a task's process is told: what its definition says, and what stands for the network around it.

The overlay holds standard settings only, so that the image needs to know of no twin.
"""

import re
from collections.abc import Iterable, Mapping

__all__ = ["AWS_HOSTS", "environment_of", "normalised", "store_names", "with_stores"]

_SCALE: Mapping[str, str] = {"ESTATE_SERVICE_MILLISECONDS": "20"}
"""Of the model, where the definition names none: with the workload's eight slots, 400 requests a second for a task."""

AWS_HOSTS: Mapping[str, str] = {
    "CLOUDWATCH": "monitoring",
    "CLOUDWATCH_LOGS": "logs",
    "DYNAMODB": "dynamodb",
    "EVENTBRIDGE": "events",
    "FIREHOSE": "firehose",
    "KINESIS": "kinesis",
    "KMS": "kms",
    "RDS": "rds",
    "S3": "s3",
    "SECRETS_MANAGER": "secretsmanager",
    "SNS": "sns",
    "SQS": "sqs",
    "SSM": "ssm",
    "STS": "sts",
}
"""Host names of services by the identifiers that SDKs use in ``AWS_ENDPOINT_URL_<SERVICE>``.
Source: AWS SDKs and tools reference guide, "Service-specific endpoints"."""

_EMULATOR = re.compile(r"https?://(?:127\.0\.0\.1|localhost):\d+")
_STORE = re.compile(r"[\w.-]+\.(?:rds|cache)\.amazonaws\.com")


def environment_of(
    declared: Mapping[str, str],
    *,
    region: str,
    address: str,
    proxy: str | None,
    stores: Mapping[str, str],
    credentials: Mapping[str, str],
    path: str,
) -> dict[str, str]:
    """Every variable of the process; none is inherited.

    Args:
        declared: environment and secrets of the container.
        proxy: URL of the zone's egress for the service.
        stores: address by DNS name.
        path: where commands are found, which on AWS the image says.
    """
    own = {name: with_stores(normalised(value, region), stores) for name, value in declared.items()}
    return {"PATH": path, "HOME": "/", **_SCALE, **own, **_overlay(region, address, proxy), **credentials}


def normalised(value: str, region: str) -> str:
    """The value, with the emulator's own address as SQS's, whose queues have URLs there."""
    return _EMULATOR.sub(f"http://{_host('sqs', region)}", value)


def with_stores(value: str, stores: Mapping[str, str]) -> str:
    """The value, with names of stores as addresses; a name that holds another one comes first."""
    for name in sorted(stores, key=len, reverse=True):
        value = value.replace(name, stores[name])
    return value


def store_names(values: Iterable[str]) -> set[str]:
    """DNS names of databases and caches in the values."""
    return {name for value in values for name in _STORE.findall(value)}


def _overlay(region: str, address: str, proxy: str | None) -> dict[str, str]:
    reached_directly = f"localhost,127.0.0.1,{address}"
    proxies = {"HTTP_PROXY": proxy, "http_proxy": proxy} if proxy else {}
    return {
        **proxies,
        "NO_PROXY": reached_directly,
        "no_proxy": reached_directly,
        **{f"AWS_ENDPOINT_URL_{key}": f"http://{_host(name, region)}" for key, name in AWS_HOSTS.items()},
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "PGSSLMODE": "disable",
        "ESTATE_CACHE_TLS": "false",
        "ESTATE_PARTNER_SCHEME": "http",
        "ESTATE_HOST": address,
    }


def _host(name: str, region: str) -> str:
    return f"{name}.{region}.amazonaws.com"
