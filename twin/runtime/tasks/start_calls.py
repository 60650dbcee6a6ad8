"""Whether a task's own network interface lets ECS reach what it needs to start the task. Pure.

On Fargate every call at a task's start goes through the task's interface: credentials of the registry, secrets, the
image with its layers, which are in S3, and the log's stream. So security groups, endpoints and routes decide on them.
Source: ECS developer guide, "Migrating to Linux platform version 1.4.0",
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/platform-version-migration.html (one interface; which
endpoints); ECR user guide, "Amazon ECR interface VPC endpoints" (layers in S3).

The words are those that stopped tasks have been seen with; AWS documents how they begin ("Stopped tasks error codes").
That nobody is waited for is the twin's: AWS tries for some minutes before it says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twin.runtime.network.aws_hosts import endpoint_service
from twin.runtime.network.ways import ClosedWays
from twin.runtime.tasks.model import Container, TaskDefinition
from twin.runtime.tasks.secrets import reference

__all__ = ["StartPlace", "refusal"]

_PULL = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_TIMEOUT = "dial tcp: i/o timeout"
_CANCELLED = (
    "RequestCanceled: request context canceled caused by: context deadline exceeded. "
    "Please check your task network configuration."
)
_REGISTRY = re.compile(
    r"(?P<host>\d{12}\.dkr\.ecr\.(?P<region>[\w-]+)\.amazonaws\.com)/(?P<name>[^@]+)(@(?P<digest>.*))?"
)


@dataclass(frozen=True)
class StartPlace:
    """Where a task starts. Attributes: closed: of the region."""

    service: str
    zone: str
    region: str
    closed: ClosedWays

    def reaches(self, host: str) -> bool:
        """What has no endpoint in the task's region is reached over the internet."""
        service = endpoint_service(host, self.region)
        if service is None:
            return (self.service, self.zone) not in self.closed.internet
        return (self.service, self.zone, service) not in self.closed.aws


def refusal(definition: TaskDefinition, place: StartPlace) -> str | None:
    """Why the task cannot start, in the words of ECS; None where nothing is in its way."""
    return next(_refusals(definition, place), None)


def _refusals(definition: TaskDefinition, place: StartPlace) -> Iterator[str]:
    """In the order in which they come up."""
    containers = (definition.main, *definition.others)
    for it in containers:
        yield from _registry_refusals(it, place)
    for it in containers:
        yield from _secret_refusals(it, place)
    for it in containers:
        yield from _image_refusals(it, place)
    for it in containers:
        yield from _log_refusals(it, place)


def _registry_refusals(container: Container, place: StartPlace) -> Iterator[str]:
    if found := _REGISTRY.match(container.image):
        host = f"api.ecr.{found['region']}.amazonaws.com"
        if not place.reaches(host):
            yield (
                f"{_PULL}unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: "
                f'send request failed caused by: Post "https://{host}/": {_TIMEOUT}. '
                "Please check your task network configuration."
            )


def _secret_refusals(container: Container, place: StartPlace) -> Iterator[str]:
    for value_from in container.secrets.values():
        wanted = reference(value_from, place.region)
        if place.reaches(f"{wanted.service}.{wanted.region}.amazonaws.com"):
            continue
        if wanted.service == "ssm":
            yield (
                f"{_PULL}unable to retrieve secrets from ssm: service call has been retried 5 time(s): {_CANCELLED}"
            )
        else:
            yield (
                f"{_PULL}unable to retrieve secret from asm: service call has been retried 5 time(s): failed to "
                f"fetch secret {wanted.id} from secrets manager: {_CANCELLED}"
            )


def _image_refusals(container: Container, place: StartPlace) -> Iterator[str]:
    found = _REGISTRY.match(container.image)
    if found is None:
        return
    where = f"https://{found['host']}/v2/{found['name']}"
    if not place.reaches(found["host"]):
        yield (
            "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
            f'{container.image}: failed to do request: Head "{where}/manifests/{found["digest"] or "latest"}": '
            f"{_TIMEOUT}"
        )
    elif not place.reaches(f"s3.{found['region']}.amazonaws.com"):
        bucket = f"prod-{found['region']}-starport-layer-bucket.s3.{found['region']}.amazonaws.com"
        yield (
            f"CannotPullContainerError: failed to copy: httpReadSeeker: failed open: failed to do request: "
            f'Get "https://{bucket}/": {_TIMEOUT}'
        )


def _log_refusals(container: Container, place: StartPlace) -> Iterator[str]:
    host = f"logs.{place.region}.amazonaws.com"
    if container.log_group and not place.reaches(host):
        yield (
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: RequestError: send request failed caused by: "
            f'Post "https://{host}/": {_TIMEOUT} : exit status 1'
        )
