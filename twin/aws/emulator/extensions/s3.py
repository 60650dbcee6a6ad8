"""S3: delivery of logs, notifications, bucket policies and replication."""

import json
from fnmatch import fnmatchcase
from typing import Any

from twin.aws.emulator.extension import Extension
from twin.aws.emulator.extensions import s3_policy, s3_replication

__all__ = ["EXTENSIONS"]


def _log_delivery() -> None:
    """Whether a bucket's policy lets S3's log service write to it, however the policy is written."""
    from moto.s3.models import FakeBucket
    from moto.s3.utils import LOGGING_SERVICE_PRINCIPAL

    def is_enabled(target_bucket: FakeBucket, target_prefix: str | None) -> bool:
        if not target_bucket.policy:
            return False
        log = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}log"
        return any(
            statement.get("Effect") == "Allow"
            and LOGGING_SERVICE_PRINCIPAL in _service_principals(statement)
            and _matches("s3:PutObject", statement.get("Action"))
            and _matches(log, statement.get("Resource"))
            for statement in _listed(json.loads(target_bucket.policy)["Statement"])
        )

    FakeBucket._log_permissions_enabled_policy = staticmethod(is_enabled)


def _event_bridge() -> None:
    """Whether events go to EventBridge is among what a bucket's notifications say."""
    from moto.core.responses import ActionResult
    from moto.s3.responses import S3Response

    stock = S3Response.get_bucket_notification

    def get_bucket_notification(response: S3Response) -> Any:
        configured = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if configured is None or configured.event_bridge is None:
            return stock(response)
        serialized = response.serialized

        def with_event_bridge(answer: Any) -> Any:
            return serialized(ActionResult({**answer.result, "EventBridgeConfiguration": {}}))

        response.serialized = with_event_bridge  # type: ignore[method-assign]
        try:
            return stock(response)
        finally:
            del response.serialized

    S3Response.get_bucket_notification = get_bucket_notification  # type: ignore[method-assign]


def _access_logs() -> None:
    """No request leaves an object behind."""
    from moto.s3.models import S3Backend

    S3Backend.log_incoming_request = lambda *_: None  # type: ignore[method-assign]


def _service_principals(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal")
    return _listed(principal.get("Service")) if isinstance(principal, dict) else []


def _matches(value: str, patterns: Any) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in _listed(patterns))


def _listed(value: Any) -> list[Any]:
    """IAM writes one of something and a list of them alike."""
    return [] if value is None else value if isinstance(value, list) else [value]


EXTENSIONS = (
    Extension(
        service="s3",
        topic="log delivery by bucket policy",
        stock="fails where a statement's principal is not a mapping, and knows one spelling of action and resource",
        aws="admits the log service where any statement of the policy allows it to put objects",
        change="reads every form in which IAM writes principals, actions and resources",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html",
        patch=_log_delivery,
    ),
    Extension(
        service="s3",
        topic="server access logs",
        stock="writes an object for each request, in which every caller is nobody at 0.0.0.0, answered with 200",
        aws="delivers records in batches, most of them within a few hours, on a best effort",
        change="delivers none",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
        patch=_access_logs,
    ),
    Extension(
        service="s3",
        topic="events for EventBridge",
        stock="keeps whether a bucket's events go to EventBridge, and does not say it",
        aws="shows it among the bucket's notifications",
        change="shows it",
        source="https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketNotificationConfiguration.html",
        patch=_event_bridge,
    ),
    *s3_policy.EXTENSIONS,
    *s3_replication.EXTENSIONS,
)
