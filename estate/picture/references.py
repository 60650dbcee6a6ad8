"""Which resource a piece of text in another resource's inputs means.

The recorder gives every output that is not known yet a token of its own, and stacks pass tokens on to each other,
so a token leads back to its resource over any number of stacks. What has a name of its own, such as a queue, is
also meant by an ARN or an ARN pattern with that name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from engine import wire
from engine.recorder import PLACEHOLDER, placeholder
from engine.resource import Registration
from engine.schema import output_kinds

__all__ = ["Located", "References"]


"""What `engine.recorder.placeholder` makes."""

_NAMED: Mapping[str, tuple[str, str, str]] = {
    "aws:cloudwatch/eventBus:EventBus": ("events", "event-bus/{}", "name"),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache",
        "replicationgroup:{}",
        "replicationGroupId",
    ),
    "aws:kinesis/stream:Stream": ("kinesis", "stream/{}", "name"),
    "aws:rds/cluster:Cluster": ("rds", "cluster:{}", "clusterIdentifier"),
    "aws:s3/bucket:Bucket": ("s3", "{}", "bucket"),
    "aws:sns/topic:Topic": ("sns", "{}", "name"),
    "aws:sqs/queue:Queue": ("sqs", "{}", "name"),
}
"""Service, resource part of the ARN and name input of what policies mean by name.

Source: Service Authorization Reference, "Resource types defined by" each service.
"""


@dataclass(frozen=True)
class Located:
    """A registration and the region that its stack stands in."""

    registration: Registration
    region: str


class References:
    """An index of everything that can be meant."""

    def __init__(self, resources: Iterable[Located]) -> None:
        self._urn_by_token: dict[str, str] = {}
        self._named: list[tuple[str, str, str, str]] = []
        for each in resources:
            self._add(each.registration, each.region)

    def _add(self, registration: Registration, region: str) -> None:
        if not registration.custom or registration.type.startswith("pulumi:"):
            return
        for output in ("id", *output_kinds(registration.type)):
            self._urn_by_token[placeholder(registration.urn, output)] = registration.urn
        if registration.type in _NAMED:
            service, part, key = _NAMED[registration.type]
            name = registration.inputs.get(key)
            if isinstance(name, str):
                where = "" if service == "s3" else region
                self._named.append((service, where, part.format(name), registration.urn))

    def meant_by(self, value: Any) -> Iterator[str]:
        """URNs of the resources that the value means, each once and in order of appearance."""
        found: dict[str, None] = {}
        for text in wire.strings(value):
            tokens = PLACEHOLDER.findall(text)
            known = [self._urn_by_token[token] for token in tokens if token in self._urn_by_token]
            found.update(dict.fromkeys(known or self._by_name(text)))
        yield from found

    def _by_name(self, text: str) -> Iterator[str]:
        """What an ARN, perhaps with wildcards, means. A bucket's ARN may go on with the key of an object."""
        if not text.startswith("arn:"):
            return
        _, _, service, region, _, resource = [*text.split(":", 5), *[""] * 5][:6]
        pattern = resource.split("/")[0] if service == "s3" else resource
        if not pattern.strip("*"):
            return
        for known_service, where, name, urn in self._named:
            if known_service == service and where in (region, "") and fnmatchcase(name, pattern):
                yield urn
