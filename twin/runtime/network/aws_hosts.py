"""Names of AWS's services: as hosts, and as endpoints in a VPC.

Source: AWS PrivateLink guide, "AWS services that integrate with AWS PrivateLink",
https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from collections.abc import Iterator, Mapping

__all__ = ["ENDPOINT_SERVICES", "GATEWAY_SERVICES", "domains", "endpoint_service"]

GATEWAY_SERVICES = ("s3", "dynamodb")
"""Source: AWS PrivateLink guide, "Gateway endpoints"."""

_ENDPOINT_BY_HOST: Mapping[str, str] = {
    "api.ecr": "ecr.api",
    "dkr.ecr": "ecr.dkr",
    "firehose": "kinesis-firehose",
    "kinesis": "kinesis-streams",
}
"""Where the two names differ; elsewhere the endpoint is named as the host begins."""

_HOSTS = (
    "api.ecr",
    "dkr.ecr",
    "dynamodb",
    "ecs",
    "events",
    "firehose",
    "kinesis",
    "kms",
    "lambda",
    "logs",
    "monitoring",
    "rds",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "xray",
)
"""What tasks of an estate call; another host is reached over the internet only, as if it had no endpoint."""

ENDPOINT_SERVICES = tuple(_ENDPOINT_BY_HOST.get(it, it) for it in _HOSTS)


def endpoint_service(host: str, region: str) -> str | None:
    """The service of a host in the region, as its endpoint is named; None for another host."""
    beginning, ending = host.removesuffix(f".{region}.amazonaws.com"), f".{region}.amazonaws.com"
    if not host.endswith(ending):
        return None
    known = next((it for it in _HOSTS if beginning == it or beginning.endswith(f".{it}")), None)
    return _ENDPOINT_BY_HOST.get(known, known) if known else None


def domains(region: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Endpoint names of services, and the hosts of each: a bucket or a registry may stand before the name."""
    for host in _HOSTS:
        whole = f"{host}.{region}.amazonaws.com"
        has_own = host in ("s3", "dkr.ecr")
        yield _ENDPOINT_BY_HOST.get(host, host), (whole, f"*.{whole}") if has_own else (whole,)
