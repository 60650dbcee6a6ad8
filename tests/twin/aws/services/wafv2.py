"""Samples of WAF."""

from tests.twin.aws.sample import Ref, Sample
from tests.twin.aws.services import elbv2, logs


def seen(metric: str) -> dict[str, object]:
    return {"cloudwatchMetricsEnabled": True, "metricName": metric, "sampledRequestsEnabled": True}


SUBMISSION = {
    "byteMatchStatement": {
        "searchString": "POST",
        "fieldToMatch": {"method": {}},
        "positionalConstraint": "EXACTLY",
        "textTransformations": [{"priority": 0, "type": "NONE"}],
    }
}


def limited(limit: int) -> dict[str, object]:
    return {
        "name": "rate",
        "priority": 2,
        "action": {"block": {}},
        "statement": {
            "rateBasedStatement": {"limit": limit, "aggregateKeyType": "IP", "scopeDownStatement": SUBMISSION}
        },
        "visibilityConfig": seen("rate"),
    }


COMMON = {
    "name": "common",
    "priority": 1,
    "overrideAction": {"none": {}},
    "statement": {
        "managedRuleGroupStatement": {
            "vendorName": "AWS",
            "name": "AWSManagedRulesCommonRuleSet",
            "ruleActionOverrides": [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}],
        }
    },
    "visibilityConfig": seen("common"),
}
WEB_ACL = Sample(
    "aws:wafv2/webAcl:WebAcl",
    {
        "scope": "REGIONAL",
        "defaultAction": {"allow": {}},
        "rules": [COMMON, limited(2000)],
        "visibilityConfig": seen("edge"),
    },
    changes={"rules": [COMMON, limited(500)]},
    outputs=("arn", "capacity", "lockToken", "name"),
)
GLOBAL = Sample(
    "aws:wafv2/webAcl:WebAcl",
    {"scope": "CLOUDFRONT", "defaultAction": {"block": {}}, "visibilityConfig": seen("edge")},
    outputs=("arn",),
    label="cloudfront",
    region="us-east-1",
)
ASSOCIATION = Sample(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    {"webAclArn": Ref("acl", "arn"), "resourceArn": Ref("balancer", "arn")},
    needs={"acl": WEB_ACL, **elbv2.LOAD_BALANCER.needs, "balancer": elbv2.LOAD_BALANCER},
)
LOGGING = Sample(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    {
        "resourceArn": Ref("acl", "arn"),
        "logDestinationConfigs": [Ref("logs", "arn")],
        "redactedFields": [{"singleHeader": {"name": "authorization"}}],
    },
    needs={"acl": WEB_ACL, "logs": Sample(logs.SAMPLES[0].token, {"name": "aws-waf-logs-edge"})},
    changes={"redactedFields": [{"singleHeader": {"name": "cookie"}}]},
)

SAMPLES = (WEB_ACL, GLOBAL, ASSOCIATION, LOGGING)
