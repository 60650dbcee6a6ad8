"""Which region, account and default tags a resource gets from its provider."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from engine import urn as urns
from engine import wire
from engine.exceptions import ProgramError, RegistrationError, UnsupportedFeature
from engine.provider import ProviderConfig

__all__ = ["EXAMPLE_ACCOUNT", "ProviderSettings", "refuse_remote_endpoints"]

EXAMPLE_ACCOUNT = "123456789012"
"""The account of AWS's own documentation, and the emulator's, where the program names none."""


class ProviderSettings:
    """Resolves provider references of one stack.

    Args:
        config: the stack's configuration: ``aws:*`` are the default provider's settings.
        inputs_of: an explicit provider's inputs by its URN, None where it is not known.
    """

    def __init__(
        self, config: Mapping[str, str], inputs_of: Callable[[str], Mapping[str, Any] | None]
    ) -> None:
        self._default = {
            key.removeprefix("aws:"): _unpacked(value)
            for key, value in config.items()
            if key.startswith("aws:")
        }
        self._inputs_of = inputs_of
        refuse_remote_endpoints(self._default)

    def resolve(self, reference: str, inputs: Mapping[str, Any]) -> ProviderConfig:
        """The settings under which a resource or function with these inputs runs.

        Args: reference: ``<urn>::<id>``, '' for the default provider.
        Raises: ProgramError: nothing names a region. RegistrationError: there is no such provider.
        """
        given = self._given(reference)
        region = inputs.get("region") or given.get("region")
        if not isinstance(region, str) or region == wire.UNKNOWN:
            raise ProgramError(
                f"No region for {reference or 'the default AWS provider'}. "
                "Set aws:region in the stack's configuration, or region on the provider."
            )
        return ProviderConfig(
            region=region,
            account_id=_account(given) or EXAMPLE_ACCOUNT,
            default_tags=(given.get("defaultTags") or {}).get("tags") or {},
        )

    def _given(self, reference: str) -> Mapping[str, Any]:
        if not reference:
            return self._default
        inputs = self._inputs_of(urns.provider_of(reference))
        if inputs is None:
            raise RegistrationError(f"Provider {reference!r} is used before it is registered.")
        return {key: _unpacked(value) for key, value in wire.plain(dict(inputs)).items()}


def refuse_remote_endpoints(inputs: Mapping[str, Any]) -> None:
    """Nothing: or `UnsupportedFeature`, where a provider's endpoints lead off this machine."""
    for endpoint in wire.strings(_unpacked(wire.plain(inputs.get("endpoints", [])))):
        if endpoint != wire.UNKNOWN and not _is_loopback(endpoint):
            raise UnsupportedFeature(
                f"This engine never deploys: the endpoint {endpoint!r} is not on this machine. "
                "Use Pulumi itself to reach AWS."
            )


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}").hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


def _account(given: Mapping[str, Any]) -> str | None:
    """The account of the role that the provider assumes, else the one that it is allowed to use."""
    for role in given.get("assumeRoles") or []:
        parts = str(role["roleArn"]).split(":")
        return parts[4] if len(parts) > 4 else None
    allowed = given.get("allowedAccountIds") or []
    return str(allowed[0]) if allowed else None


def _unpacked(value: Any) -> Any:
    """Settings of a provider arrive as JSON text wherever they are not strings."""
    if isinstance(value, str) and (value[:1] in ("{", "[", '"') or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
