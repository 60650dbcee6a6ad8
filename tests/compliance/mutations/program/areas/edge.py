"""What the public meets first."""

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given, wanted

__all__ = ["Edge"]

_VISIBLE = {"cloudwatch_metrics_enabled": True, "metric_name": "edge", "sampled_requests_enabled": True}


def managed(name: str, group: str, priority: int) -> dict:
    return {
        "name": name,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"name": group, "vendor_name": "AWS"}},
        "visibility_config": _VISIBLE,
    }


class Edge(Area):
    def build(self) -> None:
        acl = aws.wafv2.WebAcl(  # at: acl
            "acl",
            **given(
                "acl",
                scope="CLOUDFRONT",
                region="us-east-1",
                default_action={"allow": {}},
                visibility_config=_VISIBLE,
                rules=[managed("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet", 1)],
            ),
            opts=self.child,
        )
        if wanted("acl-logging"):
            aws.wafv2.WebAclLoggingConfiguration(
                "acl-logging",
                resource_arn=acl.arn,
                log_destination_configs=["arn:aws:logs:us-east-1:123456789012:log-group:aws-waf-logs-edge"],
                opts=self.child,
            )
        headers = aws.cloudfront.ResponseHeadersPolicy(  # at: headers
            "headers",
            **given(
                "headers",
                security_headers_config={
                    "strict_transport_security": {
                        "access_control_max_age_sec": 31536000,
                        "include_subdomains": True,
                        "preload": True,
                        "override": True,
                    }
                },
            ),
            opts=self.child,
        )
        self._distribution(acl, headers)
        self._api()

    def _distribution(self, acl: aws.wafv2.WebAcl, headers: aws.cloudfront.ResponseHeadersPolicy) -> None:
        members = [{"origin_id": "first"}, {"origin_id": "second"}]
        origin = {
            "custom_origin_config": {
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only",
                "origin_ssl_protocols": ["TLSv1.2"],
            }
        }
        behaviour = given(
            "behaviour",
            target_origin_id="both",
            viewer_protocol_policy="redirect-to-https",
            allowed_methods=["GET", "HEAD"],
            cached_methods=["GET", "HEAD"],
            cache_policy_id="4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            response_headers_policy_id=headers.id,
        )
        aws.cloudfront.Distribution(  # at: distribution
            "distribution",
            **given(
                "distribution",
                enabled=True,
                default_root_object="index.html",
                web_acl_id=acl.arn,
                origins=[
                    {"origin_id": "first", "domain_name": "a.example.gov.scot", **origin},
                    {"origin_id": "second", "domain_name": "b.example.gov.scot", **origin},
                ],
                origin_groups=[
                    {
                        "origin_id": "both",
                        "failover_criteria": {"status_codes": [502, 503]},
                        "members": members,
                    }
                ],
                default_cache_behavior=behaviour,
                logging_config={"bucket": "logs.s3.amazonaws.com"},
                restrictions={"geo_restriction": {"restriction_type": "whitelist", "locations": ["GB"]}},
                viewer_certificate={
                    "acm_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/0",
                    "ssl_support_method": "sni-only",
                    "minimum_protocol_version": "TLSv1.2_2021",
                },
            ),
            opts=self.child,
        )

    def _api(self) -> None:
        aws.apigateway.Stage(  # at: stage
            "stage",
            **given(
                "stage",
                rest_api="api",
                deployment="deployment",
                stage_name="live",
                xray_tracing_enabled=True,
                cache_cluster_enabled=True,
                access_log_settings={
                    "destination_arn": "arn:aws:logs:eu-west-2:123456789012:log-group:api",
                    "format": "$context.requestId",
                },
            ),
            opts=self.child,
        )
        aws.apigateway.MethodSettings(  # at: method-settings
            "method-settings",
            **given(
                "method-settings",
                rest_api="api",
                stage_name="live",
                method_path="*/*",
                settings={
                    "caching_enabled": True,
                    "cache_data_encrypted": True,
                    "metrics_enabled": True,
                    "logging_level": "ERROR",
                    "data_trace_enabled": False,
                },
            ),
            opts=self.child,
        )
        aws.apigateway.DomainName(  # at: domain
            "domain",
            **given(
                "domain",
                domain_name="api.example.gov.scot",
                security_policy="TLS_1_2",
                regional_certificate_arn="arn:aws:acm:eu-west-2:123456789012:certificate/0",
            ),
            opts=self.child,
        )
