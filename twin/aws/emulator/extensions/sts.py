"""STS: sessions of roles, by the role's trust policy.

A service of AWS takes a role for somebody's sake, as ECS does for a task: whoever stands for it on this machine (with
the operator's key) names it in ``x-estate-acting-service``, and for whom in AWS's own ``x-amz-source-arn``.
"""

import datetime
from typing import Any

from twin.aws.emulator.authorization.assumption import Assumption, refusal_of
from twin.aws.emulator.authorization.caller import Caller, administrator, role_session, service
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.authorization.sessions import Credentials, Session
from twin.aws.emulator.authorization.state import Role
from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["ACTING_SERVICE_HEADER", "EXTENSIONS"]

_API = "https://docs.aws.amazon.com/STS/latest/APIReference/"

ACTING_SERVICE_HEADER = "x-estate-acting-service"

_DEFAULT_SECONDS, _LEAST_SECONDS, _CHAINED_SECONDS = 3600, 900, 3600
"""Source: STS API reference, AssumeRole, DurationSeconds; role chaining lasts an hour at most."""

_OPERATOR_SECONDS = 43_200
"""Source: STS API reference, GetSessionToken, DurationSeconds."""


def _assume(context: Context) -> Document:
    """Credentials of a new session, if the role trusts the caller and the caller may take it."""
    gate, given = _gate(context), context.call.parameters
    assumption = _assumption(context, gate)
    if message := refusal_of(assumption, gate.state.role(given["RoleArn"]), gate.clock()):
        raise AwsError("AccessDenied", message, "403 Forbidden")
    role = gate.state.role(given["RoleArn"])
    assert role is not None
    seconds = _duration(given, role, assumption)
    session = Session(
        role_arn=role.arn,
        name=given["RoleSessionName"],
        expires_at=int(gate.clock() + seconds),
        boot=gate.boot,
        role_id=role.id,
        policy=given.get("Policy", ""),
        by_service=assumption.caller.arn if assumption.caller.is_service else "",
        has_mfa=assumption.has_mfa,
    )
    return {
        "Credentials": _shown(gate.sessions.issue(session), session),
        "AssumedRoleUser": {
            "AssumedRoleId": f"{role.id}:{session.name}",
            "Arn": role_session(role.arn, session.name).arn,
        },
    }


def _assumption(context: Context, gate: Gate) -> Assumption:
    given, environ = context.call.parameters, context.environ
    caller, own = _caller(context, gate)
    return Assumption(
        caller=caller,
        own=own,
        role_arn=given["RoleArn"],
        region=context.call.region,
        session_name=given["RoleSessionName"],
        external_id=given.get("ExternalId", ""),
        source_arn=environ.get("HTTP_X_AMZ_SOURCE_ARN", "") if caller.is_service else "",
        has_mfa=bool(given.get("SerialNumber")) and str(given.get("TokenCode", "")).isdigit(),
    )


def _caller(context: Context, gate: Gate) -> tuple[Caller, Role | None]:
    """Who takes the role, and its own role if it has one."""
    presented = gate.presented(context.environ)
    if presented and presented.session:
        own = gate.state.role(presented.session.role_arn)
        return role_session(presented.session.role_arn, presented.session.name), own
    acting = context.environ.get("HTTP_X_ESTATE_ACTING_SERVICE")
    return (service(acting), None) if acting else (administrator(context.call.account), None)


def _duration(given: Document, role: Role, assumption: Assumption) -> int:
    seconds = int(given.get("DurationSeconds") or _DEFAULT_SECONDS)
    if assumption.caller.is_service:
        return seconds
    most = _CHAINED_SECONDS if assumption.own else role.maximum_seconds
    if not _LEAST_SECONDS <= seconds <= most:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    return seconds


def _identity(context: Context) -> Document:
    """Who the credentials are of."""
    gate, call = _gate(context), context.call
    presented = gate.presented(context.environ)
    session = presented.session if presented else None
    if session is None:
        return context.document()
    role = gate.state.role(session.role_arn)
    user_id = f"{role.id if role else session.role_id}:{session.name}"
    return {
        "UserId": user_id,
        "Account": call.account,
        "Arn": role_session(session.role_arn, session.name).arn,
    }


def _session_token(context: Context) -> Document:
    """Temporary credentials of the operator, who may do with them what the operator may."""
    gate, given = _gate(context), context.call.parameters
    seconds = int(given.get("DurationSeconds") or _OPERATOR_SECONDS)
    session = Session("", "operator", int(gate.clock() + seconds), gate.boot)
    return {"Credentials": _shown(gate.sessions.issue(session), session)}


def _shown(credentials: Credentials, session: Session) -> Document:
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.token,
        "Expiration": datetime.datetime.fromtimestamp(session.expires_at, datetime.UTC),
    }


def _gate(context: Context) -> Gate:
    gate: Any = context.gate
    if gate is None:
        raise AwsError("NotImplemented", "This emulator has no sessions", "501 Not Implemented")
    return gate


EXTENSIONS = (
    Extension(
        service="sts",
        topic="sessions of roles",
        stock="gives anybody the role, which need not exist, and answers 500 for a service's",
        aws="gives it to whom the role's trust policy names, under its conditions",
        change="evaluates the trust policy; credentials name role, session and expiry under a signature, and outlive "
        "the emulator; any six-digit code counts as a second factor",
        source=_API + "API_AssumeRole.html",
        operations={"AssumeRole": _assume, "GetCallerIdentity": _identity, "GetSessionToken": _session_token},
    ),
)
