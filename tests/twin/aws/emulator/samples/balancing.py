"""Load balancers, names, certificates and what guards them."""

from tests.twin.aws.emulator.samples.sample import REGION, Sample

__all__ = ["SAMPLES"]


SAMPLES: tuple[Sample, ...] = (
    Sample(
        "wafv2-web-acl",
        "wafv2",
        "create_web_acl",
        lambda w: {
            "Name": "acl",
            "Scope": "REGIONAL",
            "Description": "d",
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": {
                "SampledRequestsEnabled": True,
                "CloudWatchMetricsEnabled": True,
                "MetricName": "acl",
            },
            "CustomResponseBodies": {"wait": {"ContentType": "TEXT_HTML", "Content": "<p>wait</p>"}},
            "TokenDomains": ["gov.scot"],
            "Rules": [
                {
                    "Name": "rate",
                    "Priority": 1,
                    "Action": {"Block": {}},
                    "Statement": {
                        "RateBasedStatement": {
                            "Limit": 2000,
                            "AggregateKeyType": "IP",
                            "EvaluationWindowSec": 60,
                        }
                    },
                    "VisibilityConfig": {
                        "SampledRequestsEnabled": True,
                        "CloudWatchMetricsEnabled": True,
                        "MetricName": "rate",
                    },
                }
            ],
        },
        "get_web_acl",
        lambda w, a: {"Name": "acl", "Scope": "REGIONAL", "Id": a["Summary"]["Id"]},
        "WebACL",
        unreturned=("Scope",),
    ),
    Sample(
        "wafv2-logging",
        "wafv2",
        "put_logging_configuration",
        lambda w: {
            "LoggingConfiguration": {
                "ResourceArn": w["web_acl"],
                "LogDestinationConfigs": [w["waf_logs"]],
                "RedactedFields": [{"SingleHeader": {"Name": "authorization"}}],
                "LoggingFilter": {
                    "DefaultBehavior": "DROP",
                    "Filters": [
                        {
                            "Behavior": "KEEP",
                            "Requirement": "MEETS_ANY",
                            "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
                        }
                    ],
                },
            }
        },
        "get_logging_configuration",
        lambda w, a: {"ResourceArn": w["web_acl"]},
        "@",
    ),
    Sample(
        "acm-certificate",
        "acm",
        "request_certificate",
        lambda w: {
            "DomainName": "gov.scot",
            "ValidationMethod": "DNS",
            "KeyAlgorithm": "EC_prime256v1",
            "SubjectAlternativeNames": ["gov.scot", "*.gov.scot"],
            "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"},
        },
        "describe_certificate",
        lambda w, a: {"CertificateArn": a["CertificateArn"]},
        "Certificate",
        unreturned=("ValidationMethod",),
    ),
    Sample(
        "elbv2-load-balancer",
        "elbv2",
        "create_load_balancer",
        lambda w: {
            "Name": "alb",
            "Subnets": [w["subnet_a"], w["subnet_b"]],
            "SecurityGroups": [w["security_group"]],
            "Scheme": "internet-facing",
            "Type": "application",
            "IpAddressType": "ipv4",
        },
        "describe_load_balancers",
        lambda w, a: {"Names": ["alb"]},
        "LoadBalancers[0].{Name: LoadBalancerName, Subnets: AvailabilityZones[].SubnetId,"
        " SecurityGroups: SecurityGroups, Scheme: Scheme, Type: Type, IpAddressType: IpAddressType}",
    ),
    Sample(
        "elbv2-load-balancer-attributes",
        "elbv2",
        "modify_load_balancer_attributes",
        lambda w: {
            "LoadBalancerArn": w["load_balancer"],
            "Attributes": [
                {"Key": key, "Value": value}
                for key, value in {
                    "access_logs.s3.enabled": "true",
                    "access_logs.s3.bucket": w["bucket"],
                    "access_logs.s3.prefix": "alb",
                    "connection_logs.s3.enabled": "true",
                    "connection_logs.s3.bucket": w["bucket"],
                    "connection_logs.s3.prefix": "conn",
                    "deletion_protection.enabled": "false",
                    "idle_timeout.timeout_seconds": "30",
                    "client_keep_alive.seconds": "600",
                    "routing.http.desync_mitigation_mode": "strictest",
                    "routing.http.drop_invalid_header_fields.enabled": "true",
                    "routing.http2.enabled": "true",
                    "routing.http.preserve_host_header.enabled": "true",
                    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "true",
                    "routing.http.xff_client_port.enabled": "false",
                    "routing.http.xff_header_processing.mode": "append",
                    "waf.fail_open.enabled": "false",
                    "zonal_shift.config.enabled": "true",
                    "load_balancing.cross_zone.enabled": "true",
                }.items()
            ],
        },
        "describe_load_balancer_attributes",
        lambda w, a: {"LoadBalancerArn": w["load_balancer"]},
        "@",
        unreturned=("LoadBalancerArn",),
    ),
    Sample(
        "elbv2-target-group",
        "elbv2",
        "create_target_group",
        lambda w: {
            "Name": "tg",
            "Protocol": "HTTP",
            "ProtocolVersion": "HTTP1",
            "Port": 8080,
            "VpcId": w["vpc"],
            "TargetType": "ip",
            "HealthCheckProtocol": "HTTP",
            "HealthCheckPort": "traffic-port",
            "HealthCheckEnabled": True,
            "HealthCheckPath": "/ready",
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 2,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 2,
            "Matcher": {"HttpCode": "200-299"},
            "IpAddressType": "ipv4",
        },
        "describe_target_groups",
        lambda w, a: {"Names": ["tg"]},
        "TargetGroups[0]",
        unreturned=("Name",),
        shown={"TargetGroupName": "tg"},
    ),
    Sample(
        "elbv2-target-group-attributes",
        "elbv2",
        "modify_target_group_attributes",
        lambda w: {
            "TargetGroupArn": w["target_group"],
            "Attributes": [
                {"Key": key, "Value": value}
                for key, value in {
                    "deregistration_delay.timeout_seconds": "30",
                    "slow_start.duration_seconds": "30",
                    "load_balancing.algorithm.type": "least_outstanding_requests",
                    "stickiness.enabled": "false",
                    "stickiness.type": "lb_cookie",
                    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
                    "load_balancing.algorithm.anomaly_mitigation": "off",
                    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
                    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
                }.items()
            ],
        },
        "describe_target_group_attributes",
        lambda w, a: {"TargetGroupArn": w["target_group"]},
        "@",
        unreturned=("TargetGroupArn",),
    ),
    Sample(
        "elbv2-listener",
        "elbv2",
        "create_listener",
        lambda w: {
            "LoadBalancerArn": w["load_balancer"],
            "Protocol": "HTTPS",
            "Port": 443,
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{"CertificateArn": w["certificate"]}],
            "MutualAuthentication": {"Mode": "off"},
            "DefaultActions": [
                {
                    "Type": "fixed-response",
                    "Order": 1,
                    "FixedResponseConfig": {
                        "StatusCode": "404",
                        "ContentType": "text/plain",
                        "MessageBody": "no",
                    },
                }
            ],
        },
        "describe_listeners",
        lambda w, a: {"ListenerArns": [a["Listeners"][0]["ListenerArn"]]},
        "Listeners[0]",
    ),
    Sample(
        "elbv2-redirect-listener",
        "elbv2",
        "create_listener",
        lambda w: {
            "LoadBalancerArn": w["load_balancer"],
            "Protocol": "HTTP",
            "Port": 80,
            "DefaultActions": [
                {
                    "Type": "redirect",
                    "Order": 1,
                    "RedirectConfig": {
                        "Protocol": "HTTPS",
                        "Port": "443",
                        "Host": "#{host}",
                        "Path": "/#{path}",
                        "Query": "#{query}",
                        "StatusCode": "HTTP_301",
                    },
                }
            ],
        },
        "describe_listeners",
        lambda w, a: {"ListenerArns": [a["Listeners"][0]["ListenerArn"]]},
        "Listeners[0]",
    ),
    Sample(
        "elbv2-rule",
        "elbv2",
        "create_rule",
        lambda w: {
            "ListenerArn": w["listener"],
            "Priority": 10,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a/*"]}}],
            "Actions": [
                {
                    "Type": "forward",
                    "Order": 1,
                    "ForwardConfig": {
                        "TargetGroups": [{"TargetGroupArn": w["target_group"], "Weight": 1}],
                        "TargetGroupStickinessConfig": {"Enabled": False},
                    },
                }
            ],
        },
        "describe_rules",
        lambda w, a: {"RuleArns": [a["Rules"][0]["RuleArn"]]},
        "Rules[0]",
        unreturned=("ListenerArn", "Priority"),
        shown={"Priority": "10"},
    ),
    Sample(
        "route53-zone",
        "route53",
        "create_hosted_zone",
        lambda w: {
            "Name": "estate.internal.",
            "CallerReference": "c",
            "HostedZoneConfig": {"Comment": "c", "PrivateZone": True},
            "VPC": {"VPCRegion": REGION, "VPCId": w["vpc"]},
        },
        "get_hosted_zone",
        lambda w, a: {"Id": a["HostedZone"]["Id"]},
        "{Name: HostedZone.Name, CallerReference: HostedZone.CallerReference,"
        " HostedZoneConfig: HostedZone.Config, VPC: VPCs[0]}",
    ),
    Sample(
        "route53-health-check",
        "route53",
        "create_health_check",
        lambda w: {
            "CallerReference": "h",
            "HealthCheckConfig": {
                "Type": "HTTPS",
                "FullyQualifiedDomainName": "gov.scot",
                "Port": 443,
                "ResourcePath": "/ready",
                "RequestInterval": 10,
                "FailureThreshold": 3,
                "MeasureLatency": True,
                "EnableSNI": True,
                "Regions": ["eu-west-1", "us-east-1", "us-west-1"],
                "Inverted": False,
                "Disabled": False,
            },
        },
        "get_health_check",
        lambda w, a: {"HealthCheckId": a["HealthCheck"]["Id"]},
        "HealthCheck",
    ),
)
