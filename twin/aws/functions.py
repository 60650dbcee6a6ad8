"""What a provider function gets to answer with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.provider import ProviderConfig
from twin.aws.clients import Clients
from twin.aws.mapping import plain

__all__ = ["Function", "Invocation"]


@dataclass(frozen=True)
class Invocation:
    """One call of a provider function: its arguments, and the control plane to ask."""

    arguments: Mapping[str, Any]
    config: ProviderConfig
    clients: Clients

    @property
    def region(self) -> str:
        return self.arguments.get("region") or self.config.region

    def api(self, service: str, method: str, **arguments: Any) -> dict[str, Any]:
        """AWS's answer to one call, as plain values."""
        client = self.clients.get(service, self.region, self.config.account_id)
        return plain(getattr(client, method)(**arguments))


Function = Callable[[Invocation], Mapping[str, Any]]
