"""S3: bucket policies, with the conditions under which they allow and deny.

Of the operator, who is not judged, statements for everybody count; of a session all that its bucket's policy says was
judged before it comes here.
"""

import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from twin.aws.emulator.authorization.policy import read
from twin.aws.emulator.conditions import RequestContext
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.extension import Extension

__all__ = ["EXTENSIONS", "effect", "request_context"]

_TLS_VERSION = "1.3"
"""What AWS's endpoints and today's clients agree on. Source: S3 user guide, "Data protection", TLS 1.2 required and 1.3
recommended."""

_HEAD = {"s3:HeadObject": "s3:GetObject"}
"""HEAD needs no permission of its own. Source: S3 API reference, `HeadObject`."""


def effect(document: str, action: str, resource: str, context: RequestContext) -> str | None:
    """``Deny`` if any statement for everybody denies the request, else ``Allow`` if any allows it, else None."""
    effects = {
        statement.effect.value
        for statement in read("bucket", document).about(action)
        if statement.principals is not None
        and statement.principals.is_everybody
        and not statement.excludes_principals
        and statement.is_about_resource(resource, context)
        and statement.holds(context)
    }
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def request_context(headers: Mapping[str, str], path: str, query: Mapping[str, str]) -> RequestContext:
    """The condition keys of a request to S3.

    A request counts as having come by TLS unless it says otherwise (``x-forwarded-proto: http``): the emulator stands
    for AWS's endpoints, and nothing on this machine speaks TLS to it.

    Source: S3 user guide, "Bucket policy examples using condition keys": header ``x-amz-…`` is key ``s3:x-amz-…``.
    """
    named = {
        f"s3:{name.lower()}": value for name, value in headers.items() if name.lower().startswith("x-amz-")
    }
    is_tls = headers.get("x-forwarded-proto", headers.get("X-Forwarded-Proto", "https")) == "https"
    listed = {f"s3:{name}": query[name] for name in ("prefix", "delimiter", "max-keys") if name in query}
    return {
        **named,
        **listed,
        **({"s3:tlsversion": _TLS_VERSION} if is_tls else {}),
        "aws:securetransport": "true" if is_tls else "false",
        "aws:principalaccount": ACCOUNT_ID,
        "aws:principalisawsservice": "false",
        "s3:resourceaccount": ACCOUNT_ID,
    }


def _evaluate() -> None:
    """Buckets of moto are asked with the request at hand; moto evaluates their policies without it."""
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket
    from moto.s3.responses import S3Response

    current = threading.local()
    response: Any = S3Response
    others = response.setup_class

    def setup_class(self: Any, request: Any, full_url: Any = None, headers: Any = None, *more: Any) -> Any:
        url = urlsplit(request.url)
        current.context = request_context(dict(request.headers), url.path, dict(request.args))
        return others(self, request, full_url, headers, *more)

    results = {
        "Deny": PermissionResult.DENIED,
        "Allow": PermissionResult.PERMITTED,
        None: PermissionResult.NEUTRAL,
    }

    def get_permission(self: Any, action: str, resource: str) -> PermissionResult:
        if self.policy is None:
            return PermissionResult.NEUTRAL
        asked = _HEAD.get(action, action)
        text = self.policy.decode() if isinstance(self.policy, bytes) else self.policy
        return results[effect(text, asked, resource, current.context)]

    response.setup_class = setup_class
    bucket: Any = FakeBucket
    bucket.get_permission = get_permission


EXTENSIONS = (
    Extension(
        service="s3",
        topic="conditions of bucket policies",
        stock="denies under a condition whether it is met or not, so that a bucket for TLS only takes no object",
        aws="denies where the condition is met",
        change="evaluates the conditions of statements for everybody by the request's headers; every request counts as "
        "having come by TLS 1.3 unless it says `x-forwarded-proto: http`",
        source="https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html",
        patch=_evaluate,
    ),
)
