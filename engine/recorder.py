"""What a resource's outputs look like before it is made.

Two ways. *Placeholders*: every computed string is a token of its own, so that the program's `apply` runs, policies
are written out, and the token shows where a value came from. *Unknown*: what Pulumi's own preview does; computed
outputs are unknown and `apply` does not run. Computed numbers, booleans, lists and maps are unknown in both.
"""

import hashlib
import json
import re
from enum import StrEnum
from typing import Any

from engine import wire
from engine.provider import ProviderConfig
from engine.resource import Registration
from engine.schema import Kind, output_kinds
from engine.wire import UNKNOWN

__all__ = ["PLACEHOLDER", "Computed", "computed_outputs", "is_placeholder", "placeholder"]

PLACEHOLDER = re.compile(r"pending-[0-9a-f]{12}")
"""Every token looks like this, wherever a program puts it."""

_WITHOUT_REGION = frozenset({"budgets", "cloudfront", "iam", "route53", "s3"})
_WITHOUT_ACCOUNT = frozenset({"route53", "s3"})
"""Source: IAM user guide, "Amazon Resource Names (ARNs)": some resources' ARNs have no region, or no account."""


class Computed(StrEnum):
    """How an output that is not known yet is given to the program."""

    PLACEHOLDER = "placeholder"
    UNKNOWN = "unknown"


def computed_outputs(
    registration: Registration, config: ProviderConfig | None, computed: Computed
) -> tuple[str, dict[str, Any]]:
    """The id ('' where unknown) and outputs of a resource that was not made; without a config, of a provider."""
    if config is None:
        return placeholder(registration.urn, "id"), dict(registration.inputs)
    outputs = dict(registration.inputs)
    for name, kind in output_kinds(registration.type).items():
        if name in outputs or name == "region":
            if kind is Kind.STRING and _is_document(outputs.get(name)):
                outputs[name] = json.dumps(outputs[name], separators=(",", ":"))
            continue
        if computed is Computed.PLACEHOLDER and kind is Kind.STRING:
            outputs[name] = _text(registration, name, config)
        else:
            outputs[name] = UNKNOWN
    if "region" in output_kinds(registration.type):
        outputs.setdefault("region", config.region)
    if computed is Computed.UNKNOWN:
        return "", outputs
    return placeholder(registration.urn, "id"), outputs


def placeholder(urn: str, output: str) -> str:
    """A token that stands for one output of one resource, the same in every run."""
    return f"pending-{hashlib.sha256(f'{urn}#{output}'.encode()).hexdigest()[:12]}"


def is_placeholder(value: Any) -> bool:
    """Whether a string holds a token."""
    return isinstance(value, str) and bool(PLACEHOLDER.search(value))


def _is_document(value: Any) -> bool:
    """A document that was given as an object; the provider gives it back as text."""
    return isinstance(value, dict) and wire.SIGNATURE not in value and not wire.contains_unknown(value)


def _text(registration: Registration, name: str, config: ProviderConfig) -> str:
    token = placeholder(registration.urn, name)
    if name == "arn" or name.endswith("Arn"):
        service = registration.type.split(":")[1].split("/")[0]
        region = "" if service in _WITHOUT_REGION else config.region
        account = "" if service in _WITHOUT_ACCOUNT else config.account_id
        return f"arn:aws:{service}:{region}:{account}:{token}"
    return token
