"""The verdict on one request of a session: which policies bear on it, and what they say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from twin.aws.emulator.authorization import wording
from twin.aws.emulator.authorization.caller import role_session
from twin.aws.emulator.authorization.context import Arrival, request_context
from twin.aws.emulator.authorization.decision import Access, Applying, Ruling, decide
from twin.aws.emulator.authorization.holdings import Place
from twin.aws.emulator.authorization.key_use import key_needs
from twin.aws.emulator.authorization.policy import Effect, Policy
from twin.aws.emulator.authorization.refusal import Refusal, denied, key_denied
from twin.aws.emulator.authorization.requests import Asked, Needs
from twin.aws.emulator.authorization.sessions import Session
from twin.aws.emulator.authorization.state import MotoState, Role
from twin.aws.emulator.call import Call

__all__ = ["Judgement", "Passage", "Verdict"]

_UNSTEADY = frozenset({"s3"})
"""Services whose verdicts rest on more than what is declared: the key of an object is its own."""

_DECRYPT = "kms:Decrypt"


@dataclass(frozen=True)
class Passage:
    """How a request came. Attributes: endpoint_id: of a VPC endpoint; empty where it came by none."""

    endpoint_id: str = ""


@dataclass(frozen=True)
class Verdict:
    """Attributes:
    refusal: None where the request may go on.
    granted: each action with what allowed it.
    against: what was refused first, and why.
    faults: sentences about statements that cannot be judged.
    is_lasting: it holds until something that is declared changes.
    """

    refusal: Refusal | None = None
    granted: tuple[tuple[str, tuple[Ruling, ...]], ...] = ()
    against: tuple[Access, str] | None = None
    faults: tuple[str, ...] = ()
    is_lasting: bool = False


@dataclass(frozen=True)
class Judgement:
    """Attributes: policy: reads a document by name. now: seconds since the epoch."""

    state: MotoState
    policy: Callable[[str, str | None], Policy | None]
    session: Session
    role: Role
    call: Call
    passage: Passage
    now: float

    def verdict(self, asked: Asked, needs: list[Needs]) -> Verdict:
        """The first need that is not met refuses the whole; keys come after the call itself."""
        caller = role_session(self.role.arn, self.session.name)
        endpoint = self._endpoint(asked.place)
        keys = request_context(caller, self._arrival(endpoint), asked.place.region, asked.place.account)
        granted: list[tuple[str, tuple[Ruling, ...]]] = []
        is_lasting = asked.service not in _UNSTEADY
        for need, is_key in self._ordered(asked, needs):
            applying = self._applying(need.resource, asked.place, None if is_key else endpoint)
            access = Access(need.action, need.resource, {**keys, **need.keys} if need.keys else keys)
            decision = decide(caller, access, applying)
            if not decision.is_allowed:
                uses_ciphertext = is_key and need.action == _DECRYPT
                message = wording.denial(caller, access, decision, uses_ciphertext=uses_ciphertext)
                found = (key_denied if is_key else denied)(self.call, message)
                why = wording.reason(need.action, decision)
                return Verdict(found, tuple(granted), (access, why), tuple(_faults(applying, need.action)))
            granted.append((need.action, decision.by))
            is_lasting = is_lasting and all(it.is_timeless for _, it in applying.by_kind())
        return Verdict(granted=tuple(granted), is_lasting=is_lasting)

    def _ordered(self, asked: Asked, needs: list[Needs]) -> Iterable[tuple[Needs, bool]]:
        for need in needs:
            yield need, False
        for need in key_needs(asked, needs):
            yield need, True

    def _applying(self, resource: str, place: Place, endpoint: tuple[str, str] | None) -> Applying:
        document = self.state.resource_policy(place, resource) if resource.startswith("arn:") else None
        return Applying(
            identity=self.role.identity,
            boundary=self.role.boundary,
            session=self.policy("session", self.session.policy),
            resource=self.policy(resource, document),
            endpoint=self.policy(self.passage.endpoint_id, endpoint[1]) if endpoint else None,
            resource_decides=resource.startswith("arn:aws:kms:"),
        )

    def _endpoint(self, place: Place) -> tuple[str, str] | None:
        endpoint_id = self.passage.endpoint_id
        return self.state.endpoint_policy(place, endpoint_id) if endpoint_id else None

    def _arrival(self, endpoint: tuple[str, str] | None) -> Arrival:
        return Arrival(
            at=self.now,
            endpoint_id=self.passage.endpoint_id if endpoint else "",
            vpc_id=endpoint[0] if endpoint else "",
            has_mfa=self.session.has_mfa,
            user_id=f"{self.role.id}:{self.session.name}",
            tags=self.role.tags,
        )


def _faults(applying: Applying, action: str) -> Iterable[str]:
    for _, policy in applying.by_kind():
        for it in policy.about(action):
            if it.fault:
                result = "allows nothing" if it.effect is Effect.ALLOW else "denies"
                yield f"Statement {it.sid or it.place} of {policy.name} {result}: {it.fault}."
