"""What the table cannot say of WAF."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from twin.aws.step import Step

__all__ = ["bodies_by_key", "limits_by_kind", "show_search_strings", "take_lock"]

_KINDS = {
    "apiGateway": "API_GATEWAY",
    "appRunnerService": "APP_RUNNER_SERVICE",
    "cloudfront": "CLOUDFRONT",
    "cognitoUserPool": "COGNITO_USER_POOL",
    "verifiedAccessInstance": "VERIFIED_ACCESS_INSTANCE",
}


def limits_by_kind(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How much of a request's body WAF looks at, by the kind of resource that it protects."""
    return {
        _KINDS[kind]: {"DefaultSizeInspectionLimit": limit["defaultSizeInspectionLimit"]}
        for body in bodies
        for kind, limit in body.items()
        if limit
    }


def bodies_by_key(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Bodies of responses, by the key that rules name them by."""
    return {body["key"]: {"Content": body["content"], "ContentType": body["contentType"]} for body in bodies}


def take_lock(step: Step) -> None:
    """WAF changes a web ACL only for who has seen its latest state, which a lock token proves."""
    answer = step.api("get_web_acl", Name=step.inputs["name"], Scope=step.inputs["scope"], Id=step.id)
    step.outputs["lockToken"] = answer["LockToken"]


def show_search_strings(step: Step) -> None:
    """What byte matches look for is text, as Pulumi has it; in AWS's API it is bytes."""
    step.item = _with_text(step.item)


def _with_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: base64.b64decode(inner).decode() if name == "SearchString" else _with_text(inner)
            for name, inner in value.items()
        }
    return [_with_text(inner) for inner in value] if isinstance(value, list) else value
