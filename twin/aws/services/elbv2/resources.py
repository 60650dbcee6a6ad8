"""Elastic Load Balancing's rows."""

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text, Through
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.services.elbv2 import attributes
from twin.aws.services.elbv2.rules import conditions, declared_conditions
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

TAGGING = tags_by(
    "add_tags",
    "remove_tags",
    {"ResourceArns": ["id"]},
    read="describe_tags",
    present="tagging.TagDescriptions[0].Tags",
)
NAME = Name(limit=32, allowed="A-Za-z0-9-")

LOAD_BALANCER = Resource(
    token="aws:lb/loadBalancer:LoadBalancer",
    service="elbv2",
    create=Call(
        "create_load_balancer",
        {"Scheme": "inputs.internal && 'internal' || 'internet-facing'"},
        takes=Take.ALL,
        pick="answer.LoadBalancers[0]",
    ),
    id="item.LoadBalancerArn",
    settings=(attributes.LOAD_BALANCER.setting,),
    updates=(
        Call(
            "set_security_groups",
            {"LoadBalancerArn": "id", "SecurityGroups": "inputs.securityGroups"},
        ),
        Call("set_subnets", {"LoadBalancerArn": "id", "Subnets": "inputs.subnets"}),
        Call(
            "set_subnets",
            {"LoadBalancerArn": "id"},
            takes=Take.CHANGED,
            on=("subnetMappings",),
        ),
        Call(
            "set_ip_address_type",
            {"LoadBalancerArn": "id", "IpAddressType": "inputs.ipAddressType"},
        ),
    ),
    read=Call(
        "describe_load_balancers",
        {"LoadBalancerArns": ["id"]},
        pick="answer.LoadBalancers[0]",
    ),
    also={"attributes": attributes.LOAD_BALANCER.reading},
    delete=(Call("delete_load_balancer", {"LoadBalancerArn": "id"}),),
    tagging=TAGGING,
    name=NAME,
    renames={"loadBalancerType": "Type"},
    defaults={"internal": False, "loadBalancerType": "application"},
    outputs={
        **attributes.LOAD_BALANCER.outputs,
        "arn": "id",
        "arnSuffix": Through(lambda arn: arn.partition(":loadbalancer/")[2], "id"),
        "zoneId": "item.CanonicalHostedZoneId",
        "internal": "item.Scheme == 'internal'",
        "subnets": "item.AvailabilityZones[].SubnetId",
    },
    replaces=frozenset({"name", "namePrefix", "internal", "loadBalancerType", "customerOwnedIpv4Pool"}),
    unread={"subnetMappings": "told by zone, as subnets are"},
)

HEALTH_CHECK = {
    "HealthCheckEnabled": "inputs.healthCheck.enabled",
    "HealthCheckProtocol": "inputs.healthCheck.protocol",
    "HealthCheckPort": "inputs.healthCheck.port",
    "HealthCheckPath": "inputs.healthCheck.path",
    "HealthCheckIntervalSeconds": "inputs.healthCheck.interval",
    "HealthCheckTimeoutSeconds": "inputs.healthCheck.timeout",
    "HealthyThresholdCount": "inputs.healthCheck.healthyThreshold",
    "UnhealthyThresholdCount": "inputs.healthCheck.unhealthyThreshold",
    "Matcher": {
        "HttpCode": "inputs.protocolVersion != 'GRPC' && inputs.healthCheck.matcher || null",
        "GrpcCode": "inputs.protocolVersion == 'GRPC' && inputs.healthCheck.matcher || null",
    },
}

TARGET_GROUP = Resource(
    token="aws:lb/targetGroup:TargetGroup",
    service="elbv2",
    create=Call(
        "create_target_group",
        {**HEALTH_CHECK, "ProtocolVersion": "inputs.protocolVersion"},
        takes=Take.ALL,
        pick="answer.TargetGroups[0]",
    ),
    id="item.TargetGroupArn",
    settings=(attributes.TARGET_GROUP.setting,),
    updates=(Call("modify_target_group", {"TargetGroupArn": "id", **HEALTH_CHECK}),),
    read=Call(
        "describe_target_groups",
        {"TargetGroupArns": ["id"]},
        pick="answer.TargetGroups[0]",
    ),
    also={"attributes": attributes.TARGET_GROUP.reading},
    delete=(Call("delete_target_group", {"TargetGroupArn": "id"}),),
    tagging=TAGGING,
    name=NAME,
    outputs={
        **attributes.TARGET_GROUP.outputs,
        "arn": "id",
        "arnSuffix": Through(lambda arn: arn.rpartition(":")[2], "id"),
        "healthCheck": "{enabled: item.HealthCheckEnabled, protocol: item.HealthCheckProtocol,"
        " port: item.HealthCheckPort, path: item.HealthCheckPath, interval: item.HealthCheckIntervalSeconds,"
        " timeout: item.HealthCheckTimeoutSeconds, healthyThreshold: item.HealthyThresholdCount,"
        " unhealthyThreshold: item.UnhealthyThresholdCount,"
        " matcher: item.Matcher.HttpCode || item.Matcher.GrpcCode}",
    },
    replaces=frozenset(
        {
            "name",
            "namePrefix",
            "port",
            "protocol",
            "protocolVersion",
            "targetType",
            "vpcId",
            "ipAddressType",
        }
    ),
)


def action_renames(within: str) -> dict[str, str]:
    """What AWS names otherwise in the actions of a listener or a rule."""
    return {
        f"{within}.authenticateCognito": "AuthenticateCognitoConfig",
        f"{within}.authenticateCognito.authenticationRequestExtraParams": "AuthenticationRequestExtraParams",
        f"{within}.authenticateOidc": "AuthenticateOidcConfig",
        f"{within}.jwtValidation": "JwtValidationConfig",
        f"{within}.fixedResponse": "FixedResponseConfig",
        f"{within}.redirect": "RedirectConfig",
        f"{within}.forward": "ForwardConfig",
        f"{within}.forward.targetGroups.arn": "TargetGroupArn",
        f"{within}.forward.stickiness": "TargetGroupStickinessConfig",
        f"{within}.forward.stickiness.duration": "DurationSeconds",
    }


CERTIFICATES = "inputs.certificateArn && [{CertificateArn: inputs.certificateArn}]"
LISTENER = Resource(
    token="aws:lb/listener:Listener",
    service="elbv2",
    create=Call(
        "create_listener",
        {"Certificates": CERTIFICATES},
        takes=Take.ALL,
        pick="answer.Listeners[0]",
    ),
    id="item.ListenerArn",
    settings=(attributes.LISTENER.setting,),
    updates=(
        Call(
            "modify_listener",
            {"ListenerArn": "id", "Certificates": CERTIFICATES},
            takes=Take.CHANGED,
        ),
    ),
    read=Call("describe_listeners", {"ListenerArns": ["id"]}, pick="answer.Listeners[0]"),
    also={"attributes": attributes.LISTENER.reading},
    delete=(Call("delete_listener", {"ListenerArn": "id"}),),
    tagging=TAGGING,
    renames={
        **action_renames("defaultActions"),
        "mutualAuthentication.advertiseTrustStoreCaNames": "AdvertiseTrustStoreCaNames",
    },
    outputs={
        **attributes.LISTENER.outputs,
        "alpnPolicy": "item.AlpnPolicy[0]",
        "arn": "id",
        "certificateArn": "item.Certificates[0].CertificateArn",
    },
    replaces=frozenset({"loadBalancerArn"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

LISTENER_RULE = Resource(
    token="aws:lb/listenerRule:ListenerRule",
    service="elbv2",
    create=Call(
        "create_rule",
        {"Conditions": Through(conditions, "inputs.conditions")},
        takes=Take.ALL,
        pick="answer.Rules[0]",
    ),
    id="item.RuleArn",
    updates=(
        Call(
            "modify_rule",
            {"RuleArn": "id", "Conditions": Through(conditions, "inputs.conditions")},
            takes=Take.CHANGED,
        ),
        Call(
            "set_rule_priorities",
            {"RulePriorities": [{"RuleArn": "id", "Priority": "inputs.priority"}]},
        ),
    ),
    read=Call("describe_rules", {"RuleArns": ["id"]}, pick="answer.Rules[0]"),
    delete=(Call("delete_rule", {"RuleArn": "id"}),),
    tagging=TAGGING,
    renames=action_renames("actions"),
    outputs={
        "arn": "id",
        "listenerArn": Text("{inputs.listenerArn}"),
        "conditions": Through(declared_conditions, "item.Conditions"),
    },
    replaces=frozenset({"listenerArn"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

RESOURCES = (LOAD_BALANCER, TARGET_GROUP, LISTENER, LISTENER_RULE)
