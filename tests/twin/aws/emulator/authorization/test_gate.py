"""What becomes of sessions while the emulator begins anew, and of verdicts while nothing changes."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.twin.aws.emulator.authorization.documents import QUEUE, ROLE, allow, policy
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.authorization.holdings import Place
from twin.aws.emulator.authorization.policy import Policy
from twin.aws.emulator.authorization.sessions import KEY_BYTES, Session, Sessions
from twin.aws.emulator.authorization.state import MotoState, Role
from twin.aws.emulator.authorization.usage import role_document

SEND = json.dumps({"QueueUrl": "http://sqs.eu-west-2.amazonaws.com/123456789012/cases", "MessageBody": "m"})
MAY, MAY_NOT = policy(allow()), policy(allow("s3:GetObject"))


class State(MotoState):
    """One role, or none. Attributes: asked: how often for it."""

    def __init__(self) -> None:
        super().__init__()
        self.identity: tuple[Policy, ...] | None = (MAY,)
        self.asked = 0

    def role(self, arn: str) -> Role | None:
        self.asked += 1
        return None if self.identity is None else Role(ROLE, "AROA1", "", self.identity, None, {}, 3600)

    def resource_policy(self, place: Place, resource: str) -> str | None:
        return None

    def encryption_key(self, service: str, place: Place, resource: str) -> str:
        return ""


@dataclass
class Scene:
    boot: str = "now"
    is_settled: bool = True
    version: int = 1
    now: float = 1_000.0
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        self.gate = Gate(
            Sessions(b"k" * KEY_BYTES),
            "now",
            lambda: self.is_settled,
            self._versions,
            lambda: self.now,
            self.state,
        )
        session = Session(ROLE, "task", 2_000, self.boot)
        self._credentials = self.gate.sessions.issue(session)

    def _versions(self, services: Iterable[str]) -> tuple[int, ...]:
        return tuple(self.version for _ in services)

    def code(self) -> str:
        """Of the refusal; empty where the request may go on."""
        admission = self.gate.admit(self._request(), "sqs")
        assert admission is not None
        if admission.refusal is None:
            return ""
        return str(json.loads(admission.refusal.body)["__type"])

    def _request(self) -> dict[str, Any]:
        credential = f"{self._credentials.access_key_id}/20260401/eu-west-2/sqs/aws4_request"
        return {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(SEND.encode()),
            "CONTENT_LENGTH": str(len(SEND)),
            "CONTENT_TYPE": "application/x-amz-json-1.0",
            "HTTP_X_AMZ_TARGET": "AmazonSQS.SendMessage",
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0",
            "HTTP_X_AMZ_SECURITY_TOKEN": self._credentials.token,
        }


def test_a_session_ends_when_it_expires() -> None:
    scene = Scene()
    assert scene.code() == ""
    scene.now = 2_000.0
    assert scene.code() == "ExpiredToken"


def test_a_session_of_a_role_that_is_gone_is_not_valid() -> None:
    scene = Scene()
    scene.state.identity = None
    assert scene.code() == "InvalidClientTokenId"


def test_a_session_of_an_emulator_that_died_waits_until_the_next_one_is_complete() -> None:
    scene = Scene(boot="before", is_settled=False)
    assert scene.code() == ""
    for identity in (None, (MAY_NOT,)):
        scene.version += 1
        scene.state.identity = identity
        assert scene.code() == "ServiceUnavailable"
    scene.is_settled = True
    assert scene.code() == "AccessDenied"


def test_a_verdict_lasts_until_something_that_is_declared_changes() -> None:
    scene = Scene()
    assert [scene.code() for _ in range(3)] == [""] * 3
    assert scene.state.asked == 1
    scene.state.identity = (MAY_NOT,)
    scene.version += 1
    assert scene.code() == "AccessDenied"
    assert sum(it["allowed"] for it in _shown(scene, MAY)) == 3


def test_a_verdict_that_depends_on_the_time_is_found_anew() -> None:
    scene = Scene()
    until = {"DateLessThan": {"aws:CurrentTime": "1970-01-01T00:20:00Z"}}
    scene.state.identity = (policy(allow(Condition=until)),)
    assert scene.code() == ""
    scene.now = 1_500.0
    assert scene.code() == "AccessDenied"


def test_the_operators_requests_are_not_judged() -> None:
    assert Scene().gate.admit({"HTTP_AUTHORIZATION": "Credential=estate/1/r/sqs/aws4_request"}, "sqs") is None
    assert Scene().gate.admit({}, "sqs") is None


def _shown(scene: Scene, of: Policy) -> list[dict[str, Any]]:
    return role_document(ROLE, [of], scene.gate.usage)["statements"]


def test_the_queue_of_the_request_is_the_one_that_is_judged() -> None:
    scene = Scene()
    scene.state.identity = (policy(allow(resource=f"{QUEUE}-other")),)
    assert scene.code() == "AccessDenied"
