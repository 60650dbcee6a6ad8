"""IAM: what a role may do is simulated by the rules by which it is enforced, and when it last did it is told."""

import datetime
import itertools
import uuid
from collections.abc import Iterable
from typing import Any

from twin.aws.emulator.authorization.caller import Caller, role_session
from twin.aws.emulator.authorization.context import Arrival, request_context
from twin.aws.emulator.authorization.decision import Access, Applying, Decision, decide
from twin.aws.emulator.authorization.exceptions import MalformedPolicy
from twin.aws.emulator.authorization.gate import Gate
from twin.aws.emulator.authorization.policy import Effect, Policy, read
from twin.aws.emulator.authorization.state import Role
from twin.aws.emulator.call import Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/IAM/latest/APIReference/"
_JOBS = "access report"


def _simulate(context: Context) -> Document:
    """For each action and resource, what the role's policies decide; resource policies count as far as they are given.

    Source: IAM API reference, SimulatePrincipalPolicy: condition keys are those that are given, and no others.
    """
    given, role = context.call.parameters, _role(context, "PolicySourceArn")
    caller = role_session(role.arn, "simulated")
    keys = _keys(context, caller, given)
    applying = Applying(
        identity=(*role.identity, *_policies(given.get("PolicyInputList", ()))),
        boundary=next(iter(_policies(given.get("PermissionsBoundaryPolicyInputList", ()))), role.boundary),
        resource=next(
            iter(_policies([given["ResourcePolicy"]] if given.get("ResourcePolicy") else ())), None
        ),
    )
    asked = itertools.product(given["ActionNames"], given.get("ResourceArns") or ["*"])
    results = [_result(caller, Access(action, resource, keys), applying) for action, resource in asked]
    return {"EvaluationResults": results, "IsTruncated": False}


def _keys(context: Context, caller: Caller, given: Document) -> dict[str, str | list[str]]:
    now = _gate(context).clock()
    keys = request_context(caller, Arrival(now), context.call.region, context.call.account)
    for it in given.get("ContextEntries", ()):
        values = it.get("ContextKeyValues", [])
        keys[it["ContextKeyName"].lower()] = (
            values if it.get("ContextKeyType", "").endswith("List") else values[0]
        )
    return keys


def _policies(documents: Iterable[str]) -> list[Policy]:
    try:
        return [read(f"PolicyInputList.{number}", it) for number, it in enumerate(documents, 1)]
    except MalformedPolicy as error:
        raise AwsError("InvalidInput", error.reason) from None


def _result(caller: Caller, access: Access, applying: Applying) -> Document:
    decision = decide(caller, access, applying)
    statements = [{"SourcePolicyId": it.policy.name, "SourcePolicyType": "IAM Policy"} for it in decision.by]
    return {
        "EvalActionName": access.action,
        "EvalResourceName": access.resource,
        "EvalDecision": _word(decision),
        "MatchedStatements": statements,
        "MissingContextValues": [],
    }


def _word(decision: Decision) -> str:
    """Source: IAM API reference, EvaluationResult, EvalDecision."""
    if decision.is_allowed:
        return "allowed"
    return "explicitDeny" if decision.is_explicit else "implicitDeny"


def _generate(context: Context) -> Document:
    """A report of when each service that the role may use was last used. It is made at once."""
    role = _role(context, "Arn")
    job = str(uuid.uuid4())
    _collection(context)[job] = {"Arn": role.arn, "At": _gate(context).clock()}
    return {"JobId": job}


def _report(context: Context) -> Document:
    """Source: IAM API reference, GetServiceLastAccessedDetails."""
    job = _collection(context).get(context.call.parameters["JobId"])
    if job is None:
        raise AwsError("NoSuchEntity", "No job with this id was found.", "404 Not Found")
    role = _gate(context).state.role(job["Arn"])
    last = _gate(context).usage.last_used(job["Arn"])
    services = sorted({it for policy in role.identity for it in _services(policy)}) if role else []
    return {
        "JobStatus": "COMPLETED",
        "JobCreationDate": _time(job["At"]),
        "JobCompletionDate": _time(job["At"]),
        "ServicesLastAccessed": [_last_accessed(it, job["Arn"], last) for it in services],
        "IsTruncated": False,
    }


def _services(policy: Policy) -> Iterable[str]:
    for statement in policy.statements:
        if statement.effect is Effect.ALLOW and not statement.actions.excludes:
            yield from (it.partition(":")[0].lower() for it in statement.actions.patterns if ":" in it)


def _last_accessed(service: str, role_arn: str, last: Any) -> Document:
    times = [at for action, at in last.items() if action.lower().startswith(f"{service}:")]
    shown: Document = {
        "ServiceName": service,
        "ServiceNamespace": service,
        "TotalAuthenticatedEntities": len(times[:1]),
    }
    if times:
        shown |= {"LastAuthenticated": _time(max(times)), "LastAuthenticatedEntity": role_arn}
    return shown


def _time(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _role(context: Context, member: str) -> Role:
    arn = str(context.call.parameters[member])
    role = _gate(context).state.role(arn)
    if role is None:
        raise AwsError("NoSuchEntity", f"The role {arn} cannot be found.", "404 Not Found")
    return role


def _collection(context: Context) -> Any:
    return context.memory.collection(context.call.account, "aws-global", "iam", _JOBS)


def _gate(context: Context) -> Gate:
    gate = context.gate
    if gate is None:
        raise AwsError("NotImplemented", "This emulator judges nobody", "501 Not Implemented")
    return gate


EXTENSIONS = (
    Extension(
        service="iam",
        topic="simulation of roles",
        stock="has none",
        aws="evaluates the policies of a user, group or role for actions that are named",
        change="evaluates those of a role, by the rules by which it is enforced",
        source=_API + "API_SimulatePrincipalPolicy.html",
        operations={"SimulatePrincipalPolicy": _simulate},
    ),
    Extension(
        service="iam",
        topic="last use of services",
        stock="has no reports of it",
        aws="tells when each service that a role may use was last used, hours later and for 400 days",
        change="tells it at once, since the emulator began, and names a service by its namespace",
        source=_API + "API_GetServiceLastAccessedDetails.html",
        operations={
            "GenerateServiceLastAccessedDetails": _generate,
            "GetServiceLastAccessedDetails": _report,
        },
    ),
)
