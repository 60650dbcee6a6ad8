"""Edge: what it declares by default, and what each argument changes."""

from typing import Any

import pytest

from components.edge import Edge, EdgeArgs
from components.exceptions import ComponentError
from tests.components.recording import ACCOUNT, Recording, record

KEY = "arn:aws:kms:eu-west-2:123456789012:key/logs"
TAGS = {"environment": "test", "owner": "platform"}
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
LISTENER = "aws:lb/listener:Listener"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
RECORD = "aws:route53/record:Record"


def declare(*, preview: bool = False, **args: Any) -> Recording:
    given: dict[str, Any] = {
        "vpc_id": "vpc-1",
        "public_subnet_ids": ["subnet-a", "subnet-b", "subnet-c"],
        "domain_name": "portal.example",
        "task_cidr_block": "10.0.0.0/16",
        "log_key_arn": KEY,
        "tags": TAGS,
        **args,
    }
    return record(lambda: Edge("edge", EdgeArgs(**given)), preview=preview)


def test_an_edge_declares_exactly_these_children() -> None:
    recording = declare()
    assert [
        (resource.type, resource.name) for resource in recording.resources if resource.parent == "edge"
    ] == [
        ("aws:acm/certificate:Certificate", "edge-certificate"),
        ("aws:cloudwatch/logGroup:LogGroup", "edge-web-acl-logs"),
        ("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "edge-web-acl-log-delivery"),
        ("aws:ec2/securityGroup:SecurityGroup", "edge-security-group"),
        (LISTENER, "edge-http"),
        (LISTENER, "edge-https"),
        (BALANCER, "edge-load-balancer"),
        (EGRESS, "edge-to-tasks"),
        (INGRESS, "edge-from-clients-http"),
        (INGRESS, "edge-from-clients-https"),
        ("aws:wafv2/webAcl:WebAcl", "edge-web-acl"),
        ("aws:wafv2/webAclAssociation:WebAclAssociation", "edge-web-acl-association"),
        ("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "edge-web-acl-logging"),
        ("estate:data:LogBucket", "edge-access-logs"),
    ]
    assert recording.untagged(TAGS) == []


def test_a_preview_declares_the_same_resources() -> None:
    given: dict[str, Any] = {"zone_id": "Z1", "alternative_names": ["www.portal.example"]}
    assert declare(preview=True, **given).names == declare(**given).names


def test_the_load_balancer_has_these_inputs_by_default() -> None:
    assert declare().one(BALANCER).inputs == {
        "name": "edge",
        "loadBalancerType": "application",
        "internal": False,
        "subnets": ["subnet-a", "subnet-b", "subnet-c"],
        "securityGroups": ["edge-security-group-id"],
        "accessLogs": {"bucket": "edge-access-logs-bucket-bucket", "enabled": True},
        "desyncMitigationMode": "strictest",
        "dropInvalidHeaderFields": True,
        "enableCrossZoneLoadBalancing": True,
        "enableDeletionProtection": True,
        "enableHttp2": True,
        "enableZonalShift": True,
        "idleTimeout": 60,
        "tags": TAGS,
    }


def test_access_logs_go_to_a_bucket_that_is_given() -> None:
    recording = declare(access_log_bucket_name="logs")
    assert recording.one(BALANCER).inputs["accessLogs"] == {"bucket": "logs", "enabled": True}
    assert recording.component("edge").outputs["access_log_bucket_name"] == "logs"
    assert "estate:data:LogBucket" not in {resource.type for resource in recording.resources}


@pytest.mark.parametrize(
    ("args", "source"),
    [
        pytest.param({}, {"cidrIpv4": "0.0.0.0/0"}, id="the internet"),
        pytest.param({"client_prefix_list_id": "pl-1"}, {"prefixListId": "pl-1"}, id="a prefix list"),
    ],
)
def test_clients_come_in_on_http_and_https(args: dict[str, Any], source: dict[str, str]) -> None:
    rules = [rule.inputs for rule in declare(**args).of_type(INGRESS)]
    assert [(rule["fromPort"], rule["toPort"]) for rule in rules] == [(80, 80), (443, 443)]
    assert all(source.items() <= rule.items() for rule in rules)
    assert all(len(rule.keys() & {"cidrIpv4", "prefixListId"}) == 1 for rule in rules)


def test_the_load_balancer_reaches_the_tasks_port_and_nothing_else() -> None:
    assert [rule.inputs for rule in declare(task_port=9000).of_type(EGRESS)] == [
        {
            "securityGroupId": "edge-security-group-id",
            "description": "Requests and health checks to tasks",
            "cidrIpv4": "10.0.0.0/16",
            "ipProtocol": "tcp",
            "fromPort": 9000,
            "toPort": 9000,
            "tags": {**TAGS, "Name": "edge-to-tasks"},
        }
    ]


def test_plain_http_is_redirected() -> None:
    assert declare().one(LISTENER, "edge-http").inputs["defaultActions"] == [
        {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}
    ]


def test_what_no_rule_takes_is_not_found_over_tls() -> None:
    assert declare().one(LISTENER, "edge-https").inputs == {
        "loadBalancerArn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:edge-load-balancer",
        "port": 443,
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificateArn": f"arn:aws:acm:eu-west-2:{ACCOUNT}:edge-certificate",
        "defaultActions": [
            {
                "type": "fixed-response",
                "fixedResponse": {
                    "contentType": "application/json",
                    "messageBody": '{"error": "not_found", "message": "Nothing is here."}',
                    "statusCode": "404",
                },
            }
        ],
        "routingHttpResponseServerEnabled": False,
        "routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=63072000; includeSubDomains",
        "routingHttpResponseXContentTypeOptionsHeaderValue": "nosniff",
        "routingHttpResponseContentSecurityPolicyHeaderValue": "default-src 'none'; frame-ancestors 'none'",
        "tags": TAGS,
    }


def test_paths_that_are_hidden_are_nobodys_before_any_service_has_them() -> None:
    rule = declare(hidden_paths=["/ready"]).one("aws:lb/listenerRule:ListenerRule").inputs
    (action,) = rule["actions"]
    assert rule["priority"] == 1
    assert rule["conditions"] == [{"pathPattern": {"values": ["/ready"]}}]
    assert (action["type"], action["fixedResponse"]["statusCode"]) == ("fixed-response", "404")


def test_where_the_zone_is_given_every_name_is_proved_in_it() -> None:
    recording = declare(zone_id="Z1", alternative_names=["www.portal.example"])
    records = {proof.name: proof.inputs["name"] for proof in recording.of_type(RECORD)}
    validation = recording.one("aws:acm/certificateValidation:CertificateValidation").inputs
    assert records == {
        "edge-certificate-validation-portal.example": "_x.portal.example.",
        "edge-certificate-validation-www.portal.example": "_x.www.portal.example.",
    }
    assert validation["validationRecordFqdns"] == [f"{name}-fqdn" for name in records]
    assert {proof.inputs["zoneId"] for proof in recording.of_type(RECORD)} == {"Z1"}


def test_without_a_zone_no_record_is_made() -> None:
    assert declare().of_type(RECORD) == []


def test_the_web_acl_limits_each_address_and_then_asks_the_managed_rules() -> None:
    acl = declare(requests_per_address=500, submissions_per_address=50).one("aws:wafv2/webAcl:WebAcl").inputs
    limits = [rule["statement"]["rateBasedStatement"] for rule in acl["rules"][:2]]
    assert [(rule["priority"], rule["name"]) for rule in acl["rules"]] == [
        (0, "requests-per-address"),
        (1, "submissions-per-address"),
        (2, "AWSManagedRulesAmazonIpReputationList"),
        (3, "AWSManagedRulesAnonymousIpList"),
        (4, "AWSManagedRulesCommonRuleSet"),
        (5, "AWSManagedRulesKnownBadInputsRuleSet"),
        (6, "AWSManagedRulesSQLiRuleSet"),
    ]
    assert [limit["limit"] for limit in limits] == [500, 50]
    assert limits[1]["scopeDownStatement"]["byteMatchStatement"]["searchString"] == "POST"
    assert (acl["scope"], acl["defaultAction"]) == ("REGIONAL", {"allow": {}})


def test_large_bodies_are_counted_and_not_blocked() -> None:
    rules = declare().one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
    overrides = {
        rule["name"]: rule["statement"]["managedRuleGroupStatement"]["ruleActionOverrides"]
        for rule in rules[2:]
    }
    assert overrides == {
        "AWSManagedRulesAmazonIpReputationList": [],
        "AWSManagedRulesAnonymousIpList": [],
        "AWSManagedRulesCommonRuleSet": [{"name": "SizeRestrictions_BODY", "actionToUse": {"count": {}}}],
        "AWSManagedRulesKnownBadInputsRuleSet": [],
        "AWSManagedRulesSQLiRuleSet": [],
    }


def test_people_who_hide_where_they_are_are_counted_and_not_blocked() -> None:
    rules = declare().one("aws:wafv2/webAcl:WebAcl").inputs["rules"]
    counted = [rule["name"] for rule in rules[2:] if rule["overrideAction"] == {"count": {}}]
    assert counted == ["AWSManagedRulesAnonymousIpList"]


def test_the_web_acl_logs_to_an_encrypted_group_without_credentials() -> None:
    recording = declare(log_retention_days=30)
    logging = recording.one("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").inputs
    assert recording.one("aws:cloudwatch/logGroup:LogGroup").inputs == {
        "name": "aws-waf-logs-edge-web-acl",
        "retentionInDays": 30,
        "kmsKeyId": KEY,
        "tags": TAGS,
    }
    assert logging["redactedFields"] == [
        {"singleHeader": {"name": "authorization"}},
        {"singleHeader": {"name": "cookie"}},
    ]


@pytest.mark.parametrize(
    ("args", "protected"),
    [pytest.param({}, True, id="default"), pytest.param({"deletion_protection": False}, False, id="off")],
)
def test_load_balancer_and_logs_are_protected_together(args: dict[str, Any], protected: bool) -> None:
    recording = declare(**args)
    assert recording.one(BALANCER).inputs["enableDeletionProtection"] is protected
    assert recording.one("aws:s3/bucket:Bucket").inputs["forceDestroy"] is not protected


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(
            {"load_balancer_name": "x" * 33},
            f"A load balancer's name has at most 32 characters, got '{'x' * 33}'. Shorten it.",
            id="name",
        ),
        pytest.param(
            {"requests_per_address": 5},
            "WAF counts at least 10 requests before it blocks, got 5 for requests-per-address. "
            "Choose a higher limit.",
            id="limit",
        ),
    ],
)
def test_what_aws_does_not_take_is_refused(args: dict[str, Any], message: str) -> None:
    with pytest.raises(ComponentError) as refusal:
        declare(**args)
    assert str(refusal.value) == message


def test_the_outputs_are_those_of_the_parts() -> None:
    assert declare().component("edge").outputs == {
        "load_balancer_arn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:edge-load-balancer",
        "load_balancer_arn_suffix": "app/edge-load-balancer/0123456789abcdef",
        "dns_name": "edge-load-balancer.elb.amazonaws.com",
        "zone_id": "ZHURV8PSTC4K8",
        "https_listener_arn": f"arn:aws:lb:eu-west-2:{ACCOUNT}:edge-https",
        "security_group_id": "edge-security-group-id",
        "certificate_arn": f"arn:aws:acm:eu-west-2:{ACCOUNT}:edge-certificate",
        "web_acl_arn": f"arn:aws:wafv2:eu-west-2:{ACCOUNT}:edge-web-acl",
        "access_log_bucket_name": "edge-access-logs-bucket-bucket",
    }
