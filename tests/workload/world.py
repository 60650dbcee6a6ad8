"""A world for one role: AWS, other services and partners in memory, any of which can be away."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from workload.aws import Aws
from workload.database import Aged, Database
from workload.exceptions import DependencyAway
from workload.frame import Frame
from workload.logs import Log
from workload.metrics import Metrics
from workload.queue import Message
from workload.settings import Settings, Stores
from workload.slots import Slots
from workload.upstream import Answer, HttpClient

__all__ = ["AwayDatabase", "FakeAws", "FakeHttp", "World", "message"]

Handler = Callable[[str, str, Any], tuple[int, Any]]


def message(document: Any, receive_count: int = 1) -> Message:
    return Message("m", "handle", document, receive_count=receive_count)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


@dataclass
class FakeAws:
    """Attributes: away: dependencies that do not answer. sent: documents by queue URL."""

    away: set[str] = field(default_factory=set[str])
    objects: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    sent: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    secrets: dict[str, str | ClientError] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list[Any])
    records: list[Any] = field(default_factory=list[Any])

    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]:
        if dependency in self.away:
            raise DependencyAway(dependency, "it is away in this test")
        return getattr(self, f"_{operation}")(arguments)

    async def poll(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]:
        return await self.call(service, operation, dependency=dependency, **arguments)

    async def credentials(self) -> Any:
        """Anything that a token can be signed with."""
        return ReadOnlyCredentials("AKIATEST", "secret", None)

    def close(self) -> None:
        pass

    def texts(self, bucket: str) -> dict[str, str]:
        """What a bucket holds, by key."""
        return {key: content.decode() for (name, key), (content, _) in self.objects.items() if name == bucket}

    def _put_object(self, it: dict[str, Any]) -> dict[str, Any]:
        at = (it["Bucket"], it["Key"])
        if it.get("IfNoneMatch") == "*" and at in self.objects:
            raise refused("PreconditionFailed")
        self.objects[at] = (it["Body"], it["Metadata"])
        return {}

    def _get_object(self, it: dict[str, Any]) -> dict[str, Any]:
        at = (it["Bucket"], it["Key"])
        if at not in self.objects:
            raise refused("NoSuchKey")
        return {"Body": self.objects[at][0]}

    def _head_object(self, it: dict[str, Any]) -> dict[str, Any]:
        at = (it["Bucket"], it["Key"])
        if at not in self.objects:
            raise refused("404")
        return {"Metadata": self.objects[at][1]}

    def _list_objects_v2(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _send_message(self, it: dict[str, Any]) -> dict[str, Any]:
        self.sent.setdefault(it["QueueUrl"], []).append(json.loads(it["MessageBody"]))
        return {}

    def _send_message_batch(self, it: dict[str, Any]) -> dict[str, Any]:
        for entry in it["Entries"]:
            self._send_message({"QueueUrl": it["QueueUrl"], **entry})
        return {}

    def _receive_message(self, it: dict[str, Any]) -> dict[str, Any]:
        """Whatever was sent, once: what is put back is sent again by the test."""
        documents, self.sent[it["QueueUrl"]] = self.sent.get(it["QueueUrl"], []), []
        attributes = {"ApproximateReceiveCount": "2"}
        return {
            "Messages": [
                {
                    "MessageId": str(n),
                    "ReceiptHandle": str(n),
                    "Body": json.dumps(it),
                    "Attributes": attributes,
                }
                for n, it in enumerate(documents)
            ]
        }

    def _delete_message_batch(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _change_message_visibility(self, _: dict[str, Any]) -> dict[str, Any]:
        return {}

    def _get_parameters_by_path(self, it: dict[str, Any]) -> dict[str, Any]:
        return {
            "Parameters": [
                {"Name": name, "Value": json.dumps(value)}
                for name, value in self.parameters.items()
                if name.startswith(it["Path"])
            ]
        }

    def _get_secret_value(self, it: dict[str, Any]) -> dict[str, Any]:
        found = self.secrets.get(it["SecretId"], refused("ResourceNotFoundException"))
        if isinstance(found, ClientError):
            raise found
        return {"SecretString": found}

    def _put_events(self, it: dict[str, Any]) -> dict[str, Any]:
        self.events += [json.loads(entry["Detail"]) for entry in it["Entries"]]
        return {"Entries": [{} for _ in it["Entries"]]}

    def _put_records(self, it: dict[str, Any]) -> dict[str, Any]:
        self.records += [json.loads(record["Data"]) for record in it["Records"]]
        return {"Records": [{} for _ in it["Records"]]}


@dataclass
class FakeHttp:
    """Attributes: hosts: what answers, by host. away: hosts that do not. calls: method, host, path, key and body."""

    hosts: dict[str, Handler] = field(default_factory=dict[str, Handler])
    away: set[str] = field(default_factory=set[str])
    calls: list[tuple[str, str, str, str | None, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None, seconds: float
    ) -> Answer:
        host, _, path = url.partition("://")[2].partition("/")
        host = host.partition(":")[0]
        self.headers.append(headers)
        body = _body(content)
        self.calls.append((method, host, f"/{path}", headers.get("Idempotency-Key"), body))
        if host in self.away:
            raise ConnectionError("it is away in this test")
        status, answer = self.hosts[host](method, f"/{path}", body)
        told = {"retry-after": "1"} if status == 429 else {}
        return Answer(status, told, json.dumps(answer).encode())

    async def close(self) -> None:
        pass


def _body(content: bytes | None) -> Any:
    try:
        return json.loads(content or b"null")
    except ValueError:
        return content


class AwayDatabase:
    """A cluster whose writer is away. Args: replica: what work on a replica gives, or None where that is away too."""

    def __init__(self, name: str, replica: Any = None) -> None:
        self.name = name
        self._replica = replica

    async def write(self, work: Any, **_: Any) -> Any:
        raise DependencyAway(self.name, "its writer is away in this test")

    read = write

    async def read_replica(self, work: Any, **_: Any) -> Aged[Any]:
        if self._replica is None:
            raise DependencyAway(self.name, "its replica is away in this test")
        return Aged(self._replica, 3.0)

    async def keep_readers(self) -> None:
        pass

    async def probe(self) -> None:
        raise DependencyAway(self.name, "its writer is away in this test")

    def wait_seconds(self) -> float:
        return 0.0

    async def close(self) -> None:
        pass


class World:
    """Everything that one task of a role needs."""

    def __init__(self, role: str, service: str | None = None, **stores: dict[str, Any]) -> None:
        self.aws = FakeAws()
        self.http = FakeHttp()
        self.log = io.StringIO()
        self.settings = Settings(
            service=service or role,
            role=role,
            stores=Stores(**stores),
            degradation={},
            partners_paths=("/estate/partners/government", "/estate/partners/local-authority"),
            partner_scheme="http",
        )

    def frame(self, databases: Mapping[str, AwayDatabase] | None = None) -> Frame:
        """One task's frame; two frames of a world are two tasks."""
        log, slots = Log(self.settings.service, self.log), Slots(8, 0.0)
        aws = cast(Aws, self.aws)
        metrics = Metrics("Estate", self.settings.service, self.aws, slots, log)
        frame = Frame(self.settings, log, aws, cast(HttpClient, self.http), metrics, slots)
        if databases is not None:
            frame.__dict__["databases"] = cast(Mapping[str, Database], databases)
        return frame

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]
