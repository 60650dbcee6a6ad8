"""S3: objects are copied to other buckets, some time after they were put."""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.authorization.acting import Acting
from twin.aws.emulator.authorization.requests import Needs
from twin.aws.emulator.exchange import Exchange
from twin.aws.emulator.extension import Extension, Kept
from twin.aws.emulator.extensions.s3_replication_rules import Copy, Source, copies

__all__ = ["EXTENSIONS", "PAUSED"]

PAUSED = "paused replication"
"""Kind of the documents that a data plane reports while a bucket's replication stands still; the key is the bucket's
name. Source: FIS user guide, `aws:s3:bucket-pause-replication`."""

_DELAY_SECONDS = 1.0
"""AWS copies most objects within seconds; that it is one here is an assumption. Source: S3 user guide, "S3 Replication
Time Control": most in seconds, 99.99% within 15 minutes."""

_LOOK_AGAIN_SECONDS = 0.5
"""How often it is seen whether a bucket's replication still stands still."""


@dataclass(frozen=True)
class _Task:
    """One version, marker or change of tags to be carried over."""

    due_at: float
    backend: Any
    bucket: str
    item: Any
    carry: Callable[[Any, Any, Copy], None]

    @property
    def region(self) -> str:
        return str(self.backend.get_bucket(self.bucket).region_name)


class _Replication:
    """Carries over in the order in which it was asked; a bucket that stands still waits without holding up others.

    Args:
        clock: seconds, that only go on.

    Attributes:
        is_paused: whether a bucket's replication stands still, by region and name.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.is_paused: Callable[[str, str], bool] = lambda region, bucket: False
        self._clock = clock
        self._asked = threading.Condition()
        self._tasks: deque[_Task] = deque()
        self._worker: threading.Thread | None = None

    @property
    def is_carrying(self) -> bool:
        """Whether it is the worker that asks: what it writes is a replica, which is not copied on."""
        return threading.current_thread() is self._worker

    def ask(self, backend: Any, bucket: str, item: Any, carry: Callable[[Any, Any, Copy], None]) -> None:
        """It will be carried over."""
        with self._asked:
            task = _Task(self._clock() + _DELAY_SECONDS, backend, bucket, item, carry)
            self._tasks.append(task)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, name="replication", daemon=True)
                self._worker.start()
            self._asked.notify()

    def _run_due(self) -> float | None:
        """What is due was carried over. Returns after how many seconds to look again, None where nothing waits."""
        with self._asked:
            waiting, self._tasks = self._tasks, deque()
        kept = [task for task in waiting if not self._carried(task)]
        with self._asked:
            self._tasks.extendleft(reversed(kept))
            if not self._tasks:
                return None
            first = min(task.due_at for task in self._tasks)
            return max(_LOOK_AGAIN_SECONDS, first - self._clock())

    def _carried(self, task: _Task) -> bool:
        if task.due_at > self._clock() or self.is_paused(task.region, task.bucket):
            return False
        try:
            _replicate(task)
        except Exception as error:
            sys.stderr.write(f"An object of bucket {task.bucket!r} was not copied: {error}\n")
            _mark(task.item, "FAILED")
        return True

    def _run(self) -> None:
        while True:
            seconds = self._run_due()
            with self._asked:
                if not (seconds is None and self._tasks):
                    self._asked.wait(seconds)


def _replicate(task: _Task) -> None:
    configuration = task.backend.get_bucket_replication(task.bucket)
    wanted = copies(configuration, _source(task.backend, task.item)) if configuration else []
    for copy in wanted:
        target = task.backend.get_bucket(copy.bucket)
        if not target.is_versioned:
            raise ValueError(
                f"Bucket {copy.bucket!r} receives replicas and keeps no versions. Switch them on."
            )
        if refusal := _role_refusal(task, configuration, copy, str(target.region_name)):
            raise PermissionError(refusal)
        task.carry(task.backend, task.item, copy)
    _mark(task.item, "COMPLETED" if wanted else None)


_ACTING = Acting()


def _role_refusal(task: _Task, configuration: Any, copy: Copy, target_region: str) -> str:
    """Why the role of the replication may not copy; empty where it may.

    Source: S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
    """
    source, target = f"arn:aws:s3:::{task.bucket}", f"arn:aws:s3:::{copy.bucket}"
    name, account = task.item.name, task.backend.account_id
    far = [Needs(_REPLICATES[task.carry], f"{target}/{name}")]
    near = [Needs("s3:GetObjectVersionForReplication", f"{source}/{name}")]
    if key_id := getattr(task.item, "kms_key_id", None):
        near += _ACTING.key_needs("kms:Decrypt", task.region, account, key_id, source)
    if copy.kms_key_id:
        far += _ACTING.key_needs("kms:Encrypt", target_region, account, copy.kms_key_id, target)
    wanted = [*((task.region, it) for it in near), *((target_region, it) for it in far)]
    return _ACTING.role_refusal("s3.amazonaws.com", configuration["Role"], source, wanted)


def _source(backend: Any, item: Any) -> Source:
    if not hasattr(item, "encryption"):
        return Source(item.name, is_marker=True)
    tags = backend.tagger.get_tag_dict_for_resource(item.arn)
    return Source(item.name, tags, item.encryption)


def _mark(item: Any, status: str | None) -> None:
    item.replication_status = status


def _carry_version(backend: Any, item: Any, copy: Copy) -> None:
    """The replica has the version's id, time, value, metadata, tags and lock.

    Source: S3 user guide, "What does Amazon S3 replicate?".
    """
    replica = backend.put_object(
        copy.bucket,
        item.name,
        item.value,
        storage=copy.storage_class or item.storage_class,
        etag=item._etag,
        multipart=item.multipart,
        encryption="aws:kms" if copy.kms_key_id else item.encryption,
        kms_key_id=copy.kms_key_id or item.kms_key_id,
        bucket_key_enabled=item.bucket_key_enabled,
        lock_mode=item.lock_mode,
        lock_legal_status=item.lock_legal_status,
        lock_until=item.lock_until,
        checksum_value=item.checksum_value,
        disable_notification=True,
    )
    replica._version_id, replica.last_modified = item._version_id, item.last_modified
    replica.checksum_algorithm = item.checksum_algorithm
    replica.set_metadata(item.metadata)
    _mark(replica, "REPLICA")
    _carry_tags(backend, item, copy)


def _carry_marker(backend: Any, item: Any, copy: Copy) -> None:
    marker = backend._set_delete_marker(copy.bucket, item.name)
    marker._version_id = item._version_id
    _mark(marker, "REPLICA")


def _carry_tags(backend: Any, item: Any, copy: Copy) -> None:
    tags = backend.tagger.get_tag_dict_for_resource(item.arn)
    for replica in backend.get_bucket(copy.bucket).keys.getlist(item.name, []):
        if replica._version_id == item._version_id:
            backend.tagger.delete_all_tags_for_resource(replica.arn)
            backend.tagger.tag_resource(replica.arn, backend.tagger.convert_dict_to_tags_input(tags))


_REPLICATES: dict[Callable[[Any, Any, Copy], None], str] = {
    _carry_version: "s3:ReplicateObject",
    _carry_marker: "s3:ReplicateDelete",
    _carry_tags: "s3:ReplicateTags",
}

_REPLICATION = _Replication()


def _follow(exchange: Exchange) -> None:
    """A bucket stands still while the data plane reports it."""
    _REPLICATION.is_paused = lambda region, bucket: bucket in exchange.reported(region, "s3", PAUSED)


def _patch() -> None:
    """What is put, marked as deleted or tagged in a bucket with replication is carried over."""
    from moto.s3.models import FakeKey, S3Backend

    backend: Any = S3Backend
    put, mark, tag = backend.put_object, backend._set_delete_marker, backend.put_object_tagging

    def put_object(self: Any, bucket_name: str, *arguments: Any, **named: Any) -> Any:
        item = put(self, bucket_name, *arguments, **named)
        _ask(self, bucket_name, item, _carry_version)
        return item

    def _set_delete_marker(self: Any, bucket_name: str, key_name: str) -> Any:
        item = mark(self, bucket_name, key_name)
        _ask(self, bucket_name, item, _carry_marker)
        return item

    def put_object_tagging(self: Any, key: Any, tags: Any) -> Any:
        tagged = tag(self, key, tags)
        if getattr(key, "replication_status", None) == "COMPLETED":
            _ask(self, key.bucket_name, key, _carry_tags)
        return tagged

    backend.put_object, backend._set_delete_marker = put_object, _set_delete_marker
    backend.put_object_tagging = put_object_tagging
    shown = FakeKey.response_dict.fget
    assert shown is not None

    def response_dict(self: Any) -> dict[str, Any]:
        status = getattr(self, "replication_status", None)
        return {**shown(self), **({"x-amz-replication-status": status} if status else {})}

    key: Any = FakeKey
    key.response_dict = property(response_dict)


def _ask(backend: Any, bucket: str, item: Any, carry: Callable[[Any, Any, Copy], None]) -> None:
    configuration = backend.get_bucket_replication(bucket)
    if not configuration or _REPLICATION.is_carrying:
        return
    _mark(item, "PENDING")
    _REPLICATION.ask(backend, bucket, item, carry)


_CONFIGURATION = Kept(
    kind="replication",
    writes={"PutBucketReplication": "ReplicationConfiguration"},
    shows={"GetBucketReplication": "ReplicationConfiguration"},
    parameter_key=dict.fromkeys(("PutBucketReplication", "GetBucketReplication"), "Bucket"),
    key="Bucket",
    members={"Rules": "Rules"},
)

EXTENSIONS = (
    Extension(
        service="s3",
        topic="replication",
        stock="copies nothing, and shows rules with no filter and without deletion markers",
        aws="copies new versions, their tags and, if told to, deletion markers, within seconds as a rule",
        change="copies them after a second, if the role of the replication may, with status PENDING, COMPLETED, FAILED "
        "and REPLICA; stands still for a bucket while the data plane reports so",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html",
        kept=(_CONFIGURATION,),
        patch=_patch,
        start=_follow,
    ),
)
