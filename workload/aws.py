"""AWS's API, in threads, told everything by the standard environment: credentials, region, endpoints, proxies."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.loaders import Loader
from botocore.response import StreamingBody
from botocore.session import Session as CoreSession
from botocore.utils import determine_content_length

from workload.exceptions import DependencyAway

__all__ = ["Aws", "is_away"]

THREADS = 16
"""Calls at one time: as many as a task has slots."""

CONNECT_SECONDS = 1.0
READ_SECONDS = 3.0

ASKED_FIRST_BYTES = 2 * 1024 * 1024
"""Of a body, from which on S3 is asked whether it takes it before it is sent. Source: AWS SDK for JavaScript v3,
`expectContinueHeader`, whose default it is."""

LONGEST_POLL_SECONDS = 20
"""Source: SQS API reference, ReceiveMessage, WaitTimeSeconds."""

MOST_POLLS = 64
"""Long polls at one time; each keeps a thread."""

AWAY_CODES = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Source: SDKs and Tools reference, "Retry behavior"; each service's "Common errors"."""


def is_away(error: Exception) -> bool:
    """Whether trying again later may help."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= 500 or error.response.get("Error", {}).get("Code") in AWAY_CODES
    return isinstance(error, BotoCoreError | HTTPClientError | OSError)


class Aws:
    """One client a service, made when it is first used. Long polls have threads of their own and hold up nobody."""

    loader: Loader | None = None
    """Models that were read before the task was forked (see preload)."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._session: Session | None = None
        self._clients: dict[tuple[str, bool], Any] = {}
        self._making = Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._poll_threads: ThreadPoolExecutor | None = None

    async def call(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]:
        """What the operation returned; an object's content has been read.

        Args: dependency: its name in the contract.
        Raises:
            DependencyAway: AWS did not answer, or asked to wait.
            ClientError: AWS refused.
        """
        return await self._in_thread(
            self._call_threads(), partial(self._call, service, operation, False, arguments), dependency
        )

    async def poll(
        self, service: str, operation: str, *, dependency: str, **arguments: Any
    ) -> dict[str, Any]:
        """The same for a call that waits for up to 20 s."""
        self._poll_threads = self._poll_threads or ThreadPoolExecutor(MOST_POLLS, "aws-poll")
        return await self._in_thread(
            self._poll_threads, partial(self._call, service, operation, True, arguments), dependency
        )

    async def credentials(self) -> Any:
        """Frozen credentials of the task's role, for tokens that are signed here.

        Raises: DependencyAway: the task has none.
        """
        return await self._in_thread(self._call_threads(), self._credentials, "credentials")

    async def prepare(self, *services: str) -> None:
        """Clients of these are made: the first call may come in an outage, which is no time to begin with that.

        Raises: DependencyAway: they could not be made.
        """
        for service in services:
            await self._in_thread(self._call_threads(), partial(self._client, service, False), service)

    def close(self) -> None:
        """No new call is begun; what waits in a thread is abandoned."""
        for threads in (self._threads, self._poll_threads):
            if threads:
                threads.shutdown(wait=False, cancel_futures=True)

    def _call_threads(self) -> ThreadPoolExecutor:
        """Made when a call is first made: a task is forked without threads."""
        self._threads = self._threads or ThreadPoolExecutor(THREADS, "aws")
        return self._threads

    async def _in_thread(self, threads: ThreadPoolExecutor, call: Callable[[], Any], dependency: str) -> Any:
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, call)
        except (BotoCoreError, ClientError, OSError) as error:
            if is_away(error):
                raise DependencyAway(dependency, f"{type(error).__name__}: {error}") from error
            raise

    def _call(self, service: str, operation: str, polls: bool, arguments: dict[str, Any]) -> Any:
        answer = getattr(self._client(service, polls), operation)(**arguments)
        if isinstance(streamed := answer.get("Body"), StreamingBody):
            answer["Body"] = streamed.read()
        return answer

    def _credentials(self) -> Any:
        credentials = self._opened().get_credentials()
        if credentials is None:
            raise OSError("the environment has no credentials of AWS")
        return credentials.get_frozen_credentials()

    def _client(self, service: str, polls: bool) -> Any:
        with self._making:
            if (service, polls) not in self._clients:
                config = _config(polls)
                made = self._opened().client(service, region_name=self._region, config=config)  # pyright: ignore
                # The name is S3's; other services call no handler of it.
                made.meta.events.register_last("before-call.s3", _send_small_at_once)
                self._clients[service, polls] = made
            return self._clients[service, polls]

    def _opened(self) -> Session:
        if self._session is None:
            core = CoreSession()
            if Aws.loader:
                core.register_component("data_loader", Aws.loader)
            self._session = Session(botocore_session=core, region_name=self._region)
        return self._session


def _send_small_at_once(params: dict[str, Any], **_: Any) -> None:
    """A small body goes along with its request; botocore asks first, whatever the size, which is a round trip more."""
    body = params.get("body")
    if hasattr(body, "read") and (determine_content_length(body) or 0) < ASKED_FIRST_BYTES:
        params["headers"].pop("Expect", None)


def _config(polls: bool) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS + (LONGEST_POLL_SECONDS if polls else 0),
        retries={"mode": "standard", "total_max_attempts": 1 if polls else 2},
        max_pool_connections=MOST_POLLS if polls else THREADS,
    )
