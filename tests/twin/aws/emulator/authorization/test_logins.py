"""Who may log in to a database or a cache, by a token that the workload's own code signs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.credentials import Credentials

from tests.twin.aws.emulator.authorization.documents import ROLE, allow, policy
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.authorization.logins import Login, Logins, LoginVerdict, read_login
from twin.aws.emulator.authorization.policy import Policy
from twin.aws.emulator.authorization.sessions import KEY_BYTES, Session, Sessions
from twin.aws.emulator.authorization.state import MotoState, Role
from twin.aws.emulator.authorization.usage import role_document
from workload.login_token import LIFETIME_SECONDS, cache_token, database_token

REGION, HOST, PORT = "eu-west-2", "core.cluster-1.eu-west-2.rds.amazonaws.com", 5432
ACCOUNT = ROLE.split(":")[4]
USER = f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:cluster-CORE/case"
GROUP = f"arn:aws:elasticache:{REGION}:{ACCOUNT}:replicationgroup:sessions"
CACHE_USER = f"arn:aws:elasticache:{REGION}:{ACCOUNT}:user:sessions-case"
DATABASE = Login("database", REGION, "cluster-CORE", (f"{HOST}:{PORT}",), "case", "")
CACHE = Login("cache", REGION, "sessions", ("sessions",), "sessions-case", "")


class State(MotoState):
    """One role, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.identity: tuple[Policy, ...] | None = ()
        self.boundary: Policy | None = None

    def role(self, arn: str) -> Role | None:
        if self.identity is None:
            return None
        return Role(ROLE, "AROA1", "", self.identity, self.boundary, {}, 3600)


@dataclass
class Scene:
    """Attributes: now: seconds since the epoch, of the emulator; tokens are signed now, by the machine's clock."""

    boot: str = "now"
    is_settled: bool = True
    now: float = field(default_factory=lambda: datetime.now(UTC).timestamp())
    state: State = field(default_factory=State)

    def __post_init__(self) -> None:
        sessions = Sessions(b"k" * KEY_BYTES)
        self.gate = Gate(sessions, "now", lambda: self.is_settled, lambda _: 1, lambda: self.now, self.state)
        issued = sessions.issue(Session(ROLE, "task", int(self.now) + 3600, self.boot))
        self.credentials = Credentials(issued.access_key_id, issued.secret_access_key, issued.token)

    def may(self, *statements: dict[str, Any]) -> None:
        self.state.identity = (policy(*statements),) if statements else ()

    def database_login(self, **signed: Any) -> LoginVerdict:
        """Args: signed: for what else than the login the token is."""
        wanted = {"host": HOST, "port": PORT, "user": "case", "region": REGION, **signed}
        return self.verdict(replace(DATABASE, token=database_token(self.credentials, **wanted)))

    def cache_login(self) -> LoginVerdict:
        return self.verdict(
            replace(CACHE, token=cache_token(self.credentials, "sessions", "sessions-case", REGION))
        )

    def verdict(self, login: Login) -> LoginVerdict:
        return Logins(self.gate).verdict(login)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_role_logs_in_as_the_user_that_its_policy_names(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    verdict = scene.database_login()
    assert (verdict.refusal, verdict.role_arn) == ("", ROLE)
    assert scene.now < verdict.expires_at <= scene.now + LIFETIME_SECONDS + 1


def test_without_the_grant_it_does_not_and_both_are_counted(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    scene.database_login()
    allowed = role_document(ROLE, scene.state.identity or (), scene.gate.usage)
    assert allowed["statements"][0]["used"] == {"rds-db:connect": 1}
    scene.may()
    assert scene.database_login().refusal.endswith(
        f"is not authorized to perform: rds-db:connect on resource: {USER} "
        "because no identity-based policy allows the rds-db:connect action"
    )
    refused = scene.gate.usage.refusals(ROLE)
    assert [(it["action"], it["resource"], it["count"]) for it in refused] == [("rds-db:connect", USER, 1)]


def test_a_boundary_limits_log_ins_too(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    scene.state.boundary = policy(allow("sqs:*"))
    assert "because no permissions boundary allows" in scene.database_login().refusal


@pytest.mark.parametrize("missing", [GROUP, CACHE_USER])
def test_a_cache_wants_the_group_and_the_user(scene: Scene, missing: str) -> None:
    both = [GROUP, CACHE_USER]
    scene.may({"Effect": "Allow", "Action": "elasticache:Connect", "Resource": both})
    assert scene.cache_login().refusal == ""
    both.remove(missing)
    scene.may({"Effect": "Allow", "Action": "elasticache:Connect", "Resource": both})
    assert f"elasticache:Connect on resource: {missing}" in scene.cache_login().refusal


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        ({"user": "portal"}, "for user 'portal', not for 'case'"),
        ({"port": 5433}, "not for core"),
        ({"region": "eu-west-1"}, "for 'eu-west-1'"),
    ],
    ids=["user", "host", "region"],
)
def test_a_token_is_good_for_what_it_was_signed_for(
    scene: Scene, signed: Mapping[str, Any], said: str
) -> None:
    scene.may(allow("rds-db:connect", "*"))
    assert said in scene.database_login(**signed).refusal


def test_a_token_of_a_cache_opens_no_database(scene: Scene) -> None:
    scene.may(allow("*", "*"))
    token = cache_token(scene.credentials, f"{HOST}:{PORT}", "case", REGION)
    assert "not to log in to a database" in scene.verdict(replace(DATABASE, token=token)).refusal


def test_a_token_is_over_after_fifteen_minutes(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    token = database_token(scene.credentials, HOST, PORT, "case", REGION)
    scene.now += LIFETIME_SECONDS + 1
    assert scene.verdict(replace(DATABASE, token=token)).refusal == "The token has expired."


def test_a_token_that_says_it_lasts_longer_does_not(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    token = database_token(scene.credentials, HOST, PORT, "case", REGION)
    longer = token.replace(f"X-Amz-Expires={LIFETIME_SECONDS}", "X-Amz-Expires=86400")
    scene.now += LIFETIME_SECONDS + 1
    assert scene.verdict(replace(DATABASE, token=longer)).refusal == "The token has expired."


@pytest.mark.parametrize("secret", ["made-up", ""], ids=["another", "none"])
def test_a_signature_by_another_secret_is_none(scene: Scene, secret: str) -> None:
    scene.may(allow("rds-db:connect", USER))
    key = scene.credentials
    scene.credentials = Credentials(key.access_key, secret or "x", key.token)
    assert scene.database_login().refusal == "The token's signature is not valid."


def test_a_user_that_was_put_into_a_signed_token_is_none(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", "*"))
    token = database_token(scene.credentials, HOST, PORT, "portal", REGION)
    forged = token.replace("DBUser=portal", "DBUser=case")
    assert scene.verdict(replace(DATABASE, token=forged)).refusal == "The token's signature is not valid."


def test_the_session_that_signed_must_last(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    sessions = scene.gate.sessions
    issued = sessions.issue(Session(ROLE, "task", int(scene.now) - 1, "now"))
    scene.credentials = Credentials(issued.access_key_id, issued.secret_access_key, issued.token)
    assert "has expired" in scene.database_login().refusal


def test_a_password_is_no_token(scene: Scene) -> None:
    scene.may(allow("rds-db:connect", USER))
    assert "cannot be read" in scene.verdict(replace(DATABASE, token="secret")).refusal


def test_the_operators_key_is_not_checked(scene: Scene) -> None:
    scene.may()
    scene.credentials = Credentials("AKIAOPERATOR", "any")
    assert scene.database_login().refusal == ""


def test_an_emulator_that_does_not_know_everything_yet_says_so(scene: Scene) -> None:
    scene.boot = "before"
    scene.__post_init__()
    scene.is_settled, scene.state.identity = False, None
    assert scene.database_login().is_early
    scene.is_settled = True
    assert not scene.database_login().is_early


@pytest.mark.parametrize(
    "given", [{}, {"kind": "file"}, {"kind": "cache", "hosts": 1}], ids=["empty", "kind", "hosts"]
)
def test_what_is_no_login_is_refused(given: Mapping[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_login(given)
