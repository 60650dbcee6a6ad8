"""A cache: places, counters and answers that were confirmed a short while ago. Nothing is lost when it is emptied."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from valkey.asyncio import Valkey
from valkey.credentials import CredentialProvider
from valkey.exceptions import AuthorizationError, NoPermissionError, ResponseError, ValkeyError

from workload.aws import Aws
from workload.breaker import Breaker
from workload.clock import monotonic
from workload.exceptions import DependencyAway
from workload.login_token import LIFETIME_SECONDS, cache_token
from workload.settings import CachePlace, Settings

__all__ = ["Cache"]

Result = TypeVar("Result")

SECONDS = 0.5
"""A cache that takes longer is worse than none: an assumption."""

FAILURES = 3
OPEN_SECONDS = 1.0


class Cache:
    """Keys get the user's prefix. Every method raises DependencyAway where the cache does not answer."""

    def __init__(
        self, name: str, prefix: str, client: Valkey, renew: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self.name = name
        self._prefix = prefix
        self._client = client
        self._renew = renew
        self._breaker = Breaker(FAILURES, OPEN_SECONDS)

    @classmethod
    def at(cls, name: str, place: CachePlace, settings: Settings, aws: Aws) -> "Cache":
        """The cache at a place, over TLS unless the settings say otherwise."""
        tokens = _Tokens(aws, place, settings.region)
        client = Valkey(
            host=place.endpoint,
            port=place.port,
            ssl=settings.cache_tls,
            credential_provider=tokens,
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
            decode_responses=True,
        )
        return cls(name, place.prefix, client, tokens.renew)

    async def get(self, key: str) -> str | None:
        return await self._ask(lambda: self._client.get(self._named(key)))

    async def get_many(self, keys: Sequence[str]) -> list[str | None]:
        # One at a time in the protocol's pipeline: keys of a cluster may be in different slots.
        return await self._ask(lambda: self._client.mget([self._named(key) for key in keys]))

    async def set(self, key: str, value: str, seconds: float) -> None:
        await self._ask(lambda: self._client.set(self._named(key), value, px=int(1000 * seconds)))

    async def set_once(self, key: str, value: str, seconds: float) -> bool:
        """Whether it was set; it is not where there is a value already."""
        return bool(
            await self._ask(
                lambda: self._client.set(self._named(key), value, px=int(1000 * seconds), nx=True)
            )
        )

    async def increment(self, key: str, seconds: float) -> int:
        """The counter after it was raised by one. It goes so long after it was first raised."""

        async def raised() -> int:
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.incr(self._named(key))
                pipeline.expire(self._named(key), max(1, round(seconds)), nx=True)
                value, _ = await pipeline.execute()
            return int(value)

        return await self._ask(raised)

    async def probe(self) -> None:
        """Returns where the cache answers: the answer that there is no such key is one."""
        await self.get("probe")

    async def close(self) -> None:
        await self._client.aclose()

    def _named(self, key: str) -> str:
        return self._prefix + key

    async def _ask(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        now = monotonic()
        if not self._breaker.admit(now):
            raise DependencyAway(self.name, "its circuit breaker is open", self._breaker.wait_seconds(now))
        try:
            if self._renew:
                await self._renew()
            result = await ask()
        except (AuthorizationError, NoPermissionError) as error:
            self._breaker.failed(monotonic())
            raise DependencyAway(self.name, f"it refuses this user: {error}") from error
        except (ValkeyError, OSError, TimeoutError) as error:
            if isinstance(error, ResponseError) and not str(error).startswith(
                ("READONLY", "LOADING", "MASTERDOWN")
            ):
                raise
            self._breaker.failed(monotonic())
            await self._client.connection_pool.disconnect(inuse_connections=False)
            raise DependencyAway(self.name, f"{type(error).__name__}: {error}") from error
        self._breaker.succeeded()
        return result


class _Tokens(CredentialProvider):
    """The user and a token that is valid for a while yet."""

    def __init__(self, aws: Aws, place: CachePlace, region: str) -> None:
        self._aws = aws
        self._place = place
        self._region = region
        self._token = ""
        self._renew_at = 0.0

    async def renew(self) -> None:
        if monotonic() >= self._renew_at:
            credentials = await self._aws.credentials()
            place = self._place
            self._token = cache_token(credentials, place.group_id, place.user_name, self._region)
            self._renew_at = monotonic() + LIFETIME_SECONDS / 2

    def get_credentials(self) -> tuple[str, str]:
        return self._place.user_name, self._token
