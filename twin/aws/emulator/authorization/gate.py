"""Every request of a session is judged before it is answered.

A session is a role's, and may do what the role's policies allow. Every other key is an administrator's: that is the
operator, whose key is not checked.
"""

import logging
import re
import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import UnknownServiceError

from twin.aws.emulator.answer import Answer
from twin.aws.emulator.authorization import refusal
from twin.aws.emulator.authorization.exceptions import MalformedPolicy
from twin.aws.emulator.authorization.holdings import Place
from twin.aws.emulator.authorization.judgement import Judgement, Passage, Verdict
from twin.aws.emulator.authorization.operations import FREE, needs_of
from twin.aws.emulator.authorization.policy import Policy, read
from twin.aws.emulator.authorization.requests import Asked, Needs
from twin.aws.emulator.authorization.sessions import Session, Sessions
from twin.aws.emulator.authorization.state import MotoState
from twin.aws.emulator.authorization.usage import Usage, role_document
from twin.aws.emulator.call import Call, call_of
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.scope import ENDPOINT_HEADER, access_key, session_token

__all__ = ["SESSION_PREFIX", "Admission", "Gate", "Presented"]

_ENDPOINT_ENVIRON = "HTTP_" + ENDPOINT_HEADER.upper().replace("-", "_")
MOST_VERDICTS = 20_000
"""Kept; when there are more, all are found anew."""

SESSION_PREFIX = "ASIA"
_UNKNOWN = "The emulator does not know this operation, so no policy can allow a session to call it."
_BUCKET_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-][\w.-]*amazonaws\.com(?::\d+)?")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Admission:
    """Attributes: refusal: None where the call may go on."""

    call: Call
    refusal: Answer | None


@dataclass(frozen=True)
class Presented:
    """Temporary credentials as a request presents them. Attributes: session: None where they are not valid."""

    session: Session | None


class Gate:
    """Args:
    boot: the emulator's nonce.
    is_settled: everything declared is there.
    versions: differ from what they were when anything declared in one of the services may have changed.
    clock: seconds since the epoch.
    """

    def __init__(
        self,
        sessions: Sessions,
        boot: str,
        is_settled: Callable[[], bool],
        versions: Callable[[Iterable[str]], Hashable],
        clock: Callable[[], float] = time.time,
        state: MotoState | None = None,
    ) -> None:
        self.sessions, self.boot, self.clock = sessions, boot, clock
        self.state = state or MotoState()
        self.usage = Usage()
        self._is_settled, self._versions = is_settled, versions
        self._lasting: dict[Hashable, Verdict] = {}
        self._told: set[str] = set()

    def presented(self, environ: Mapping[str, Any]) -> Presented | None:
        """None for a request of the operator."""
        key_id = access_key(environ)
        if not key_id.startswith(SESSION_PREFIX):
            return None
        session = self.sessions.session(key_id, session_token(environ))
        return None if session and not session.role_arn else Presented(session)

    def admit(self, environ: dict[str, Any], service: str) -> Admission | None:
        """What comes of a session's request; None for one of the operator.

        A session's request counts as having come by TLS, whatever a proxy on the way says of it.

        Args: service: boto3's name.
        Raises:
            AwsError: no such service or operation is known, so that nothing can allow it.
        """
        presented = self.presented(environ)
        if presented is None:
            return None
        call = _call(environ, service)
        if call is None:
            raise AwsError("AccessDenied", _UNKNOWN, "403 Forbidden")
        environ.pop("HTTP_X_FORWARDED_PROTO", None)
        found = self._judge(presented.session, call, environ)
        return Admission(call, refusal.wire(environ, call, found) if found else None)

    def permissions(self, account: str) -> list[dict[str, Any]]:
        """What every role may do, did, and never did."""
        return [role_document(it.arn, it.identity, self.usage) for it in self.state.roles(account)]

    def _judge(
        self, session: Session | None, call: Call, environ: Mapping[str, Any]
    ) -> refusal.Refusal | None:
        now = self.clock()
        if session is None or session.expires_at <= now:
            return refusal.refused_token(call, is_expired=session is not None)
        if (call.service, call.name) in FREE:
            return None
        verdict = self._verdict(session, call, environ, now)
        self._record(session, verdict, now)
        if verdict.refusal and self.is_early(session):
            return refusal.not_ready(call)
        return verdict.refusal

    def _verdict(self, session: Session, call: Call, environ: Mapping[str, Any], now: float) -> Verdict:
        """As it was found before, where nothing that it rests on has changed since."""
        place = Place(session.role_arn.split(":")[4], call.region)
        asked = Asked(call.service, call.name, place, call.parameters, self.state)
        needs = needs_of(asked)
        passage = Passage(environ.get(_ENDPOINT_ENVIRON, ""))
        mark = self._mark(session, asked, needs, passage)
        found = self._lasting.get(mark)
        if found is not None:
            return found
        role = self.state.role(session.role_arn)
        if role is None:
            return Verdict(refusal.refused_token(call, is_expired=False))
        verdict = Judgement(self.state, self.policy, session, role, call, passage, now).verdict(asked, needs)
        if verdict.is_lasting:
            self._keep(mark, verdict)
        return verdict

    def _mark(self, session: Session, asked: Asked, needs: list[Needs], passage: Passage) -> Hashable:
        """Equal for requests on which the same verdict is passed."""
        wanted = tuple((it.action, it.resource, *it.keys.items()) for it in needs)
        versions = self._versions(("iam", "kms", "ec2", asked.service))
        who = (session.role_arn, session.policy, session.has_mfa)
        return (who, asked.service, asked.operation, asked.place.region, wanted, passage, versions)

    def _keep(self, mark: Hashable, verdict: Verdict) -> None:
        if len(self._lasting) >= MOST_VERDICTS:
            self._lasting.clear()
        self._lasting[mark] = verdict

    def _record(self, session: Session, verdict: Verdict, now: float) -> None:
        for action, by in verdict.granted:
            self.usage.allowed(session.role_arn, by, action, now)
        if verdict.against:
            access, why = verdict.against
            self.usage.refused(session.role_arn, access.action, access.resource, why, now)
        for sentence in verdict.faults:
            self.tell(sentence)

    def is_early(self, session: Session) -> bool:
        """The session is of an emulator that died, and this one has not everything yet."""
        return session.boot != self.boot and not self._is_settled()

    def policy(self, name: str, text: str | None) -> Policy | None:
        """The policy of the document; one that cannot be read allows nothing."""
        if not text:
            return None
        try:
            return read(name, text)
        except MalformedPolicy as error:
            self.tell(f"The policy of {name} counts for nothing. {error}")
            return Policy(name, ())

    def tell(self, sentence: str) -> None:
        """It stands in the log, once."""
        if sentence not in self._told:
            self._told.add(sentence)
            _log.error(sentence)


class _Everything:
    def __contains__(self, name: object) -> bool:
        return True


_EVERYTHING = _Everything()


def _call(environ: Mapping[str, Any], service: str) -> Call | None:
    try:
        return call_of(_with_bucket_in_path(environ) if service == "s3" else environ, service, _EVERYTHING)
    except UnknownServiceError:
        return None


def _with_bucket_in_path(environ: Mapping[str, Any]) -> Mapping[str, Any]:
    """A bucket may be named by the host. Source: S3 user guide, "Virtual hosting of buckets"."""
    found = _BUCKET_HOST.fullmatch(environ.get("HTTP_HOST", ""))
    if found is None:
        return environ
    return {**environ, "PATH_INFO": f"/{found['bucket']}{environ.get('PATH_INFO', '')}"}
