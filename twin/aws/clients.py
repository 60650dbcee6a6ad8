"""boto3 clients of a control plane on this machine, and botocore's model of each operation."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config

from twin.aws.exceptions import EndpointRefused
from twin.aws.loader import LOADING, session

__all__ = [
    "ACCOUNT_HEADER",
    "OPERATION_HEADER",
    "Clients",
    "Count",
    "counting",
    "is_loopback",
]

OPERATION_HEADER = "x-estate-operation"
"""``<token>/<n>``: the emulator answers a repeated value as it did the first time, so a step that was cut off
can be repeated without making anything twice."""

ACCOUNT_HEADER = "x-moto-account-id"
"""Source: moto/core/responses.py: this account answers, whatever the credentials."""


_READING = ("Describe", "Get", "Head", "List", "Lookup", "Search")
"""How AWS's operations that change nothing begin."""


@dataclass
class Count:
    """The calls of one step so far. Attributes: has_changed: one that may change something succeeded."""

    token: str
    calls: int = 0
    has_changed: bool = False


_count: ContextVar[Count | None] = ContextVar("estate_operation", default=None)


@contextmanager
def counting(token: str) -> Iterator[Count]:
    """Every call made inside carries the token and its number within the step, from 1."""
    count = Count(token)
    reset = _count.set(count)
    try:
        yield count
    finally:
        _count.reset(reset)


def is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Clients:
    """Clients by service, region and account, made once each; safe to use from several threads.

    Raises:
        EndpointRefused: the endpoint is not on this machine.
    """

    def __init__(self, endpoint: str) -> None:
        if not is_loopback(endpoint):
            raise EndpointRefused(endpoint)
        self.endpoint = endpoint
        self._clients: dict[tuple[str, str, str], Any] = {}

    def get(self, service: str, region: str, account: str) -> Any:
        key = service, region, account
        with LOADING:
            if key not in self._clients:
                self._clients[key] = self._made(service, region, account)
            return self._clients[key]

    def _made(self, service: str, region: str, account: str) -> Any:
        client: Any = session().create_client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="estate",
            aws_secret_access_key="estate",
            config=_config(),
        )

        def mark(params: dict[str, Any], **_: Any) -> None:
            params["headers"][ACCOUNT_HEADER] = account
            count = _count.get()
            if count is not None:
                count.calls += 1
                params["headers"][OPERATION_HEADER] = f"{count.token}/{count.calls}"

        def notice(http_response: Any, model: Any, **_: Any) -> None:
            count = _count.get()
            if count is not None and http_response.status_code < 300 and not model.name.startswith(_READING):
                count.has_changed = True

        # before-call comes once a call, not once an attempt: a retried request bears the same number.
        client.meta.events.register("before-call", mark)
        client.meta.events.register("after-call", notice)
        return client


def _config() -> Config:
    return Config(
        max_pool_connections=32,
        connect_timeout=5,
        read_timeout=60,
        retries={"total_max_attempts": 2, "mode": "standard"},
        s3={"addressing_style": "path"},
        inject_host_prefix=False,
        proxies={},
    )
