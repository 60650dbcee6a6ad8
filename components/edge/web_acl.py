"""The web ACL: AWS's managed rules, limits for each address, and a log of what it saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import locate
from components.policy import allow, policy_document

__all__ = ["MANAGED_RULE_GROUPS", "WebAclSettings", "web_acl"]

MANAGED_RULE_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesAnonymousIpList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
"""In the order in which they are asked, cheapest first."""

COUNTED_RULES = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
"""Rules that count and do not block. This one refuses bodies over 8 KB, and evidence is larger.
Source: WAF developer guide, "Baseline rule groups"."""

COUNTED_GROUPS = frozenset({"AWSManagedRulesAnonymousIpList"})
"""Groups that count and do not block: people who hide where they are may still claim what they are entitled to."""

EVALUATION_WINDOW_SECONDS = 300
LEAST_LIMIT = 10
"""Source: WAF developer guide, "Rate-based rule high-level settings": a limit is 10 to 2,000,000,000."""

REDACTED_HEADERS = ("authorization", "cookie")


@dataclass(frozen=True)
class WebAclSettings:
    """Limits and logging."""

    requests_per_address: int
    submissions_per_address: int
    log_key_arn: pulumi.Input[str]
    log_retention_days: int


def web_acl(
    name: str, settings: WebAclSettings, tags: Mapping[str, str], opts: pulumi.ResourceOptions
) -> aws.wafv2.WebAcl:
    """A regional web ACL that logs to a group named as WAF demands."""
    acl = aws.wafv2.WebAcl(
        name,
        scope="REGIONAL",
        description="Limits for each address, then AWS managed rules",
        default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
        rules=_rules(settings),
        visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
        ),
        tags=tags,
        opts=opts,
    )
    _log(name, acl, settings, tags, opts)
    return acl


def _rules(settings: WebAclSettings) -> list[aws.wafv2.WebAclRuleArgsDict]:
    limits = [
        _limit("requests-per-address", 0, settings.requests_per_address, None),
        _limit("submissions-per-address", 1, settings.submissions_per_address, _is_post()),
    ]
    managed = [_managed(group, len(limits) + index) for index, group in enumerate(MANAGED_RULE_GROUPS)]
    return [*limits, *managed]


def _limit(
    rule_name: str,
    priority: int,
    limit: int,
    scope: aws.wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementArgsDict | None,
) -> aws.wafv2.WebAclRuleArgsDict:
    if limit < LEAST_LIMIT:
        raise ComponentError(
            f"WAF counts at least {LEAST_LIMIT} requests before it blocks, got {limit!r} for {rule_name}. "
            "Choose a higher limit."
        )
    counted: aws.wafv2.WebAclRuleStatementRateBasedStatementArgsDict = {
        "aggregate_key_type": "IP",
        "evaluation_window_sec": EVALUATION_WINDOW_SECONDS,
        "limit": limit,
    }
    if scope is not None:
        counted["scope_down_statement"] = scope
    return {
        "name": rule_name,
        "priority": priority,
        # 429 tells a client that waiting helps; WAF's own 403 does not.
        "action": {"block": {"custom_response": {"response_code": 429}}},
        "statement": {"rate_based_statement": counted},
        "visibility_config": _rule_visibility(rule_name),
    }


def _is_post() -> aws.wafv2.WebAclRuleStatementRateBasedStatementScopeDownStatementArgsDict:
    return {
        "byte_match_statement": {
            "field_to_match": {"method": {}},
            "positional_constraint": "EXACTLY",
            "search_string": "POST",
            "text_transformations": [{"priority": 0, "type": "NONE"}],
        }
    }


def _managed(group: str, priority: int) -> aws.wafv2.WebAclRuleArgsDict:
    statement: aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgsDict = {
        "vendor_name": "AWS",
        "name": group,
        "rule_action_overrides": [
            {"name": rule, "action_to_use": {"count": {}}} for rule in COUNTED_RULES.get(group, ())
        ],
    }
    return {
        "name": group,
        "priority": priority,
        "override_action": {"count": {}} if group in COUNTED_GROUPS else {"none": {}},
        "statement": {"managed_rule_group_statement": statement},
        "visibility_config": _rule_visibility(group),
    }


def _rule_visibility(metric_name: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgsDict:
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": metric_name,
        "sampled_requests_enabled": True,
    }


def _log(
    name: str,
    acl: aws.wafv2.WebAcl,
    settings: WebAclSettings,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    group = aws.cloudwatch.LogGroup(
        f"{name}-logs",
        # Source: WAF developer guide, "Logging web ACL traffic": the name must begin with aws-waf-logs-.
        name=f"aws-waf-logs-{name}",
        retention_in_days=settings.log_retention_days,
        kms_key_id=settings.log_key_arn,
        tags=tags,
        opts=opts,
    )
    admitted = _admit_log_delivery(name, group, opts)
    aws.wafv2.WebAclLoggingConfiguration(
        f"{name}-logging",
        resource_arn=acl.arn,
        log_destination_configs=[group.arn],
        redacted_fields=_redacted(REDACTED_HEADERS),
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[admitted])),
    )


def _redacted(headers: Sequence[str]) -> list[aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgs]:
    return [
        aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
            single_header=aws.wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
        )
        for header in headers
    ]


def _admit_log_delivery(
    name: str, group: aws.cloudwatch.LogGroup, opts: pulumi.ResourceOptions
) -> aws.cloudwatch.LogResourcePolicy:
    # Source: CloudWatch Logs user guide, "Logging that requires additional permissions [V1]".
    location = locate(opts)
    delivery = allow(
        "LogDelivery",
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        pulumi.Output.concat(group.arn, ":*"),
        Principal={"Service": "delivery.logs.amazonaws.com"},
        Condition={
            "StringEquals": {"aws:SourceAccount": location.account_id},
            "ArnLike": {"aws:SourceArn": location.arn("logs", "*")},
        },
    )
    return aws.cloudwatch.LogResourcePolicy(
        f"{name}-log-delivery",
        policy_name=f"{name}-log-delivery",
        policy_document=policy_document([delivery]),
        opts=opts,
    )
