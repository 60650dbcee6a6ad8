"""Whom a resource or a role lets in who should not be: rules over the policies that name principals."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.policies import Policy, PolicyKind
from compliance.analyses.statement import Statement, statements_of
from compliance.results import Severity

__all__ = ["RULES", "ExposureRule", "exposures"]

LIMITING = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:resourceaccount",
        "aws:resourceorgid",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceip",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
"""Condition keys by which `Principal: *` is not everybody. Source: S3 user guide, "The meaning of public"; IAM user
guide, "AWS global condition context keys"; KMS developer guide, "kms:CallerAccount"."""

ON_BEHALF = ("aws:source", "kms:encryptioncontext:", "kms:calleraccount", "kms:viaservice", "sts:externalid")
"""How the keys begin that tell in whose name a service acts. Source: IAM user guide, "The confused deputy problem";
KMS developer guide, "AWS KMS condition keys"."""

SUBJECT_KEYS = (":sub", "saml:sub", "saml:aud", ":amr")
"""How the keys end that tell one identity of a provider from all the others. Source: IAM user guide, "Create a role
for OpenID Connect federation"."""

PUBLIC_PAGE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
DEPUTY_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
OIDC_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html"
NOT_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
ENDPOINT_PAGE = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
LEAST_PAGE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"


@dataclass(frozen=True)
class ExposureRule:
    """Attributes: breaks: what is wrong with a statement that allows, in words; '' where nothing is."""

    name: str
    title: str
    severity: Severity
    kinds: tuple[PolicyKind, ...]
    source: str
    breaks: Callable[[Statement, Collection[str]], str]


def exposures(policies: Sequence[Policy], accounts: Collection[str]) -> Iterator[AnalysisFinding]:
    """Every statement that breaks a rule. Args: accounts: those that belong to the estate."""
    for policy in policies:
        for statement in statements_of(policy.document):
            if statement.allows:
                yield from _broken(policy, statement, accounts)


def _broken(policy: Policy, statement: Statement, accounts: Collection[str]) -> Iterator[AnalysisFinding]:
    for rule in RULES:
        if policy.kind in rule.kinds and (why := rule.breaks(statement, accounts)):
            yield AnalysisFinding(
                rule=rule.name,
                title=f"{rule.title}: {why}",
                place=policy.place,
                severity=rule.severity,
                subject=policy.urn,
                text=statement.sid,
                source=rule.source,
            )


def _anyone(statement: Statement, _: Collection[str]) -> str:
    is_open = any(it.is_anyone for it in statement.principals) and not statement.limits & LIMITING
    return f"statement {statement.sid} lets anyone {' '.join(statement.actions)}" if is_open else ""


def _open_endpoint(statement: Statement, accounts: Collection[str]) -> str:
    return _anyone(statement, accounts) if "*" in statement.resources else ""


def _deputy(statement: Statement, _: Collection[str]) -> str:
    services = [it.name for it in statement.principals if it.kind == "Service"]
    if not services or any(key.startswith(ON_BEHALF) for key in statement.limits):
        return ""
    return f"statement {statement.sid} does not say in whose name {' '.join(services)} may act"


def _other_account(statement: Statement, accounts: Collection[str]) -> str:
    others = sorted({it.account for it in statement.principals if it.account} - set(accounts))
    return f"statement {statement.sid} lets in {' '.join(others)}" if others else ""


def _federated(statement: Statement, _: Collection[str]) -> str:
    providers = [it.name for it in statement.principals if it.kind == "Federated"]
    if not providers or any(key.endswith(SUBJECT_KEYS) for key in statement.limits):
        return ""
    return f"statement {statement.sid} takes any identity of {' '.join(providers)}"


def _everything(statement: Statement, accounts: Collection[str]) -> str:
    """The account's own root may: it delegates to the account's IAM policies."""
    wide = [it for it in statement.actions if it == "*" or it.endswith(":*")]
    roots = {f"arn:aws:iam::{account}:root" for account in accounts} | set(accounts)
    others = [it.name for it in statement.principals if it.name not in roots]
    return f"statement {statement.sid} lets {' '.join(others)} {' '.join(wide)}" if wide and others else ""


def _inverted(statement: Statement, _: Collection[str]) -> str:
    return f"statement {statement.sid} allows by {' '.join(statement.inverted)}" if statement.inverted else ""


_NAMING = (PolicyKind.RESOURCE, PolicyKind.TRUST)

RULES: Sequence[ExposureRule] = (
    ExposureRule("open-to-anyone", "Open to anyone", Severity.CRITICAL, _NAMING, PUBLIC_PAGE, _anyone),
    ExposureRule(
        "open-endpoint",
        "The endpoint lets data out to anyone's resources",
        Severity.HIGH,
        (PolicyKind.ENDPOINT,),
        ENDPOINT_PAGE,
        _open_endpoint,
    ),
    ExposureRule("confused-deputy", "Confused deputy", Severity.MEDIUM, _NAMING, DEPUTY_PAGE, _deputy),
    ExposureRule("other-account", "Another account", Severity.HIGH, _NAMING, LEAST_PAGE, _other_account),
    ExposureRule("any-identity", "Any federated identity", Severity.CRITICAL, _NAMING, OIDC_PAGE, _federated),
    ExposureRule("every-action", "Every action", Severity.HIGH, _NAMING, LEAST_PAGE, _everything),
    ExposureRule(
        "allowed-by-exception",
        "Allowed by exception",
        Severity.HIGH,
        (*_NAMING, PolicyKind.IDENTITY),
        NOT_PAGE,
        _inverted,
    ),
)
