"""Who may log in to a database or a cache with a token of IAM's.

Sources: service authorization reference, "Actions, resources, and condition keys for Amazon RDS IAM Authentication" and
"... for Amazon ElastiCache"; Aurora user guide, "Creating and using an IAM policy for IAM database access",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html; ElastiCache user
guide, "Authenticating with IAM", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html

A token that was signed with a long-term key is the operator's, whose key is not checked here either.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twin.aws.emulator.authorization import wording
from twin.aws.emulator.authorization.caller import role_session
from twin.aws.emulator.authorization.context import Arrival, request_context
from twin.aws.emulator.authorization.decision import Access, Applying, decide
from twin.aws.emulator.authorization.exceptions import MalformedToken
from twin.aws.emulator.authorization.gate import SESSION_PREFIX, Gate
from twin.aws.emulator.authorization.login_token import LoginToken, is_signed_with, read_token
from twin.aws.emulator.authorization.sessions import Session
from twin.aws.emulator.authorization.state import Role

__all__ = ["FORM", "Login", "LoginVerdict", "Logins", "read_login"]

FORM = (
    'The body must be {"kind": "database" or "cache", "region", "store_id", "hosts": [...], "user", "token"}: store_id '
    "is a cluster's resource id or a replication group's id; hosts are those for which a token may have been signed."
)


@dataclass(frozen=True)
class _Kind:
    """Attributes: service: of a token's scope. resources: ARNs after service, region and account."""

    service: str
    action: str
    resources: Callable[["Login"], Iterable[str]]


@dataclass(frozen=True)
class Login:
    """Attributes:
    kind: ``database`` or ``cache``.
    store_id: resource id of the cluster, or id of the replication group.
    hosts: for which a token may have been signed.
    """

    kind: str
    region: str
    store_id: str
    hosts: tuple[str, ...]
    user: str
    token: str


_KINDS: Mapping[str, _Kind] = {
    "database": _Kind("rds-db", "rds-db:connect", lambda it: [f"dbuser:{it.store_id}/{it.user}"]),
    "cache": _Kind(
        "elasticache",
        "elasticache:Connect",
        lambda it: [f"replicationgroup:{it.store_id}", f"user:{it.user}"],
    ),
}
"""A user of a cache has its name as its id, which IAM wants. Source: ElastiCache user guide, "Authenticating with IAM",
limitations."""


@dataclass(frozen=True)
class LoginVerdict:
    """Attributes:
    refusal: why not; empty where it is admitted.
    role_arn: empty where no role is known.
    expires_at: of the token, seconds since the epoch.
    is_early: the emulator has begun anew and does not know everything yet.
    """

    refusal: str = ""
    role_arn: str = ""
    expires_at: float = 0.0
    is_early: bool = False

    def document(self) -> dict[str, Any]:
        return {"refusal": self.refusal, "role_arn": self.role_arn, "expires_at": self.expires_at}


def read_login(given: Mapping[str, Any]) -> Login:
    """Raises: KeyError, TypeError, ValueError: something is missing or not of its kind."""
    if given["kind"] not in _KINDS:
        raise ValueError(given["kind"])
    names = ("kind", "region", "store_id", "user", "token")
    hosts = tuple(str(it) for it in given["hosts"])
    return Login(**{name: str(given[name]) for name in names}, hosts=hosts)


class Logins:
    """Judges by the same sessions, policies and clock as every call, and counts in the same place."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def verdict(self, login: Login) -> LoginVerdict:
        try:
            token = read_token(login.token)
        except MalformedToken as error:
            return LoginVerdict(f"The token cannot be read: {error}.")
        if against := _mismatch(login, token, self._gate.clock()):
            return LoginVerdict(against, expires_at=token.expires_at)
        if not token.access_key_id.startswith(SESSION_PREFIX):
            return LoginVerdict(expires_at=token.expires_at)
        return self._of_session(login, token)

    def _of_session(self, login: Login, token: LoginToken) -> LoginVerdict:
        sessions = self._gate.sessions
        session = sessions.session(token.access_key_id, token.session_token)
        if session is None or not is_signed_with(token, sessions.secret(token.access_key_id)):
            return LoginVerdict("The token's signature is not valid.", expires_at=token.expires_at)
        if session.expires_at <= self._gate.clock():
            return LoginVerdict("The session that signed the token has expired.", session.role_arn)
        if not session.role_arn:
            return LoginVerdict(expires_at=token.expires_at)
        role = self._gate.state.role(session.role_arn)
        refusal = self._refusal(login, session, role) if role else "The role of the session is gone."
        is_early = bool(refusal) and self._gate.is_early(session)
        return LoginVerdict(refusal, session.role_arn, token.expires_at, is_early)

    def _refusal(self, login: Login, session: Session, role: Role) -> str:
        """Empty where the role's policies allow it on every resource."""
        kind, now = _KINDS[login.kind], self._gate.clock()
        caller = role_session(role.arn, session.name)
        arrival = Arrival(now, user_id=f"{role.id}:{session.name}", tags=role.tags)
        keys = request_context(caller, arrival, login.region, caller.account)
        applying = Applying(role.identity, role.boundary, self._gate.policy("session", session.policy))
        for rest in kind.resources(login):
            arn = f"arn:aws:{kind.service}:{login.region}:{caller.account}:{rest}"
            access = Access(kind.action, arn, keys)
            decision = decide(caller, access, applying)
            if not decision.is_allowed:
                why = wording.reason(kind.action, decision)
                self._gate.usage.refused(role.arn, kind.action, arn, why, now)
                return wording.denial(caller, access, decision)
            self._gate.usage.allowed(role.arn, decision.by, kind.action, now)
        return ""


def _mismatch(login: Login, token: LoginToken, now: float) -> str:
    """What of the token is not for this login; empty where all of it is."""
    if token.service != _KINDS[login.kind].service or token.action.lower() != "connect":
        return f"The token is for {token.action or 'nothing'} of {token.service}, not to log in to a {login.kind}."
    if token.host not in login.hosts:
        return f"The token is for {token.host!r}, not for {' or '.join(login.hosts)}."
    if token.region != login.region:
        return f"The token is for {token.region!r}, not for {login.region!r}."
    if token.user != login.user:
        return f"The token is for user {token.user!r}, not for {login.user!r}."
    return "The token has expired." if token.expires_at <= now else ""
