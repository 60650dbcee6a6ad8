"""What the control plane and the data plane tell each other.

The control plane says which services changed (`note`) and what it was asked to have done (`ask`); the data plane, a
*runtime*, waits for that (`wait`) and says what is so (`report`). Reported documents are kept apart from what the
extensions remember: they end with the runtime that reported them, and a change of theirs is not a change of the
declaration.
"""

import base64
import datetime
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.environment import ACCOUNT_ID
from twin.aws.emulator.exceptions import RuntimeReplaced
from twin.aws.emulator.memory import Place

__all__ = ["REQUESTS", "WAIT_SECONDS", "Exchange", "Report"]

REQUESTS = 10_000
"""Requests kept for a runtime; the oldest go first, which only happens where none acknowledges them."""

WAIT_SECONDS = 60.0
"""The longest that one poll waits."""

_NOTHING: Mapping[str, Document] = {}


@dataclass(frozen=True)
class Report:
    """That one thing of the data plane is so; or is no more, where `document` is None.

    Attributes:
        service: boto3's name.
        kind: what it is, as the extension that shows it names it.
        key: what tells it from others of its kind, such as an ARN.
    """

    service: str
    region: str
    kind: str
    key: str
    document: Document | None


@dataclass(frozen=True)
class _Request:
    id: int
    at: float
    service: str
    operation: str
    region: str
    account: str
    parameters: Document
    answer: Document = field(default_factory=dict[str, Any])


class Exchange:
    """Thread-safe. Every wait ends, at the latest after `WAIT_SECONDS`.

    Args:
        nonce: the emulator's boot; versions and ids of requests count from it.
        clock: seconds since the epoch.
    """

    def __init__(self, nonce: str = "", clock: Callable[[], float] = time.time) -> None:
        self.nonce = nonce
        self._clock = clock
        self._news = threading.Condition()
        self._version = 0
        self._services: dict[str, int] = {}
        self._requests: deque[_Request] = deque(maxlen=REQUESTS)
        self._asked = 0
        self._is_settled = False
        self._is_attached = False
        self._runtime: str | None = None
        self._former: set[str] = set()
        self._reported: dict[Place, dict[str, Document]] = {}

    @property
    def attached(self) -> bool:
        """Whether a data plane has ever reported, or acknowledged requests, in this boot.

        It stays so when that runtime is away: what it made true does not become moto's pretence by its absence.
        """
        return self._is_attached

    @property
    def is_settled(self) -> bool:
        """Everything declared is there: what is absent is absent."""
        return self._is_settled

    def versions(self, services: Iterable[str]) -> tuple[int, ...]:
        """At which version each of the services last changed."""
        return tuple(self._services.get(it, 0) for it in services)

    def note(self, service: str) -> None:
        """The service changed; whoever waits is told."""
        with self._news:
            self._version += 1
            self._services[service] = self._version
            self._news.notify_all()

    def ask(self, call: Call, answer: Mapping[str, Any] | None = None) -> int:
        """The data plane is asked to do what the call asks for. Returns the request's id.

        Args:
            answer: what the data plane has to know beside the parameters, such as ids made for this call.
        """
        with self._news:
            self._asked += 1
            self._requests.append(_request(self._asked, self._clock(), call, answer or {}))
            self._news.notify_all()
            return self._asked

    def wait(
        self, after: int, requests_after: int | None = None, seconds: float = 0, nonce: str | None = None
    ) -> Document:
        """What is known, once there is anything new, else after `seconds`.

        Args:
            after: the version that the caller knows. One of another boot is answered at once.
            requests_after: the last request that the caller has dealt with: it and all before it are dropped.
                None leaves them all, and does not attach a runtime.
            nonce: the boot that the two refer to; nothing is dropped where it is another.
        """
        is_ours = nonce in (None, self.nonce)
        with self._news:
            if requests_after is not None:
                self._is_attached = True
                if is_ours:
                    self._acknowledge(requests_after)
            if is_ours:
                self._news.wait_for(lambda: self._has_news(after, requests_after), min(seconds, WAIT_SECONDS))
            return self._told()

    def report(self, runtime: str, reports: Iterable[Report]) -> None:
        """What the runtime says is shown from now on; what an earlier one said is gone.

        Raises:
            RuntimeReplaced: another runtime has reported since.
        """
        with self._news:
            self._attach(runtime)
            for place, changes in _by_place(reports).items():
                self._reported[place] = _merged(self._reported.get(place, {}), changes)

    def settle(self) -> None:
        """Everything declared is there: what is absent from now on is absent."""
        with self._news:
            if not self._is_settled:
                self._is_settled = True
                self._version += 1
                self._news.notify_all()

    def reported(self, region: str, service: str, kind: str) -> Mapping[str, Document]:
        """What is reported, by key: a view of this moment, whose documents are not to be changed."""
        return self._reported.get(Place(ACCOUNT_ID, region, service, kind), _NOTHING)

    def _has_news(self, after: int, requests_after: int | None) -> bool:
        is_asked = requests_after is not None and self._requests and self._requests[-1].id > requests_after
        return after != self._version or bool(is_asked)

    def _acknowledge(self, last: int) -> None:
        while self._requests and self._requests[0].id <= last <= self._asked:
            self._requests.popleft()

    def _told(self) -> Document:
        return {
            "nonce": self.nonce,
            "version": self._version,
            "settled": self._is_settled,
            "services": dict(self._services),
            "requests": [asdict(request) for request in self._requests],
        }

    def _attach(self, runtime: str) -> None:
        if runtime in self._former:
            raise RuntimeReplaced(runtime)
        if self._runtime not in (None, runtime):
            self._former.add(str(self._runtime))
            self._reported.clear()
        self._runtime, self._is_attached = runtime, True


def _by_place(reports: Iterable[Report]) -> dict[Place, dict[str, Document | None]]:
    found: dict[Place, dict[str, Document | None]] = {}
    for it in reports:
        place = Place(ACCOUNT_ID, it.region, it.service, it.kind)
        found.setdefault(place, {})[it.key] = it.document
    return found


def _merged(documents: Mapping[str, Document], changes: Mapping[str, Document | None]) -> dict[str, Document]:
    """A new collection, so that whoever reads the old one is not disturbed."""
    merged = {**documents, **{key: it for key, it in changes.items() if it is not None}}
    return {key: it for key, it in merged.items() if changes.get(key, it) is not None}


def _request(number: int, at: float, call: Call, answer: Mapping[str, Any]) -> _Request:
    return _Request(
        id=number,
        at=at,
        service=call.service,
        operation=call.name,
        region=call.region,
        account=call.account,
        parameters=_plain(call.parameters),
        answer=_plain(answer),
    )


def _plain(value: Any) -> Any:
    """The same in JSON's types: times in ISO 8601, bytes in base64."""
    match value:
        case Mapping():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case datetime.datetime():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value
