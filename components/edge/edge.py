"""The edge component: a load balancer that people reach over HTTPS, behind a web ACL."""

import json
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.edge.certificate import certificate
from components.edge.web_acl import WebAclSettings, web_acl
from components.exceptions import ComponentError
from components.log_bucket import LogBucket
from components.tagging import named

__all__ = ["Edge", "EdgeArgs"]

LOAD_BALANCER_NAME_LENGTH = 32
"""Source: Elastic Load Balancing API reference, CreateLoadBalancer."""

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
"""TLS 1.3 and 1.2 with forward secrecy. Source: Application Load Balancers guide, "Security policies"."""

IDLE_TIMEOUT_SECONDS = 60
HSTS = "max-age=63072000; includeSubDomains"
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For answers that are data. Source: OWASP, REST Security Cheat Sheet, "Security headers"."""

HIDDEN_PATHS_PRIORITY = 1
"""Of the rule that hides paths: before any service's."""
NOT_FOUND = {
    "content_type": "application/json",
    "message_body": json.dumps({"error": "not_found", "message": "Nothing is here."}),
    "status_code": "404",
}


class EdgeArgs(TypedDict):
    vpc_id: pulumi.Input[str]
    """Id of the VPC."""
    public_subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    """Ids of public subnets, one a zone, at least two."""
    domain_name: str
    """Name under which people come in; the certificate's subject."""
    task_cidr_block: pulumi.Input[str]
    """Block in which the tasks are to which the load balancer passes requests on."""
    log_key_arn: pulumi.Input[str]
    """ARN of the KMS key that encrypts the web ACL's log; it must admit CloudWatch Logs."""
    alternative_names: NotRequired[Sequence[str]]
    """More names for the certificate. Default: none."""
    zone_id: NotRequired[pulumi.Input[str]]
    """Route 53 zone in which the certificate is proved. Default: none, and somebody makes the records."""
    task_port: NotRequired[int]
    """Port of the tasks. Default: 8080."""
    client_prefix_list_id: NotRequired[pulumi.Input[str]]
    """Prefix list from which clients come, such as CloudFront's. Default: the whole internet."""
    load_balancer_name: NotRequired[str]
    """At most 32 characters. Default: the component's name."""
    deletion_protection: NotRequired[bool]
    """Whether load balancer and access logs refuse to be deleted. Default: true."""
    access_log_bucket_name: NotRequired[pulumi.Input[str]]
    """Bucket for access logs (`LogBucket` with the source `load-balancer`). Default: one of the edge's own."""
    log_retention_days: NotRequired[int]
    """Days that access logs in a bucket of its own and the web ACL's log stay. Default: 365."""
    requests_per_address: NotRequired[int]
    """Requests that one address may send in five minutes, at least 10. Default: 2000."""
    submissions_per_address: NotRequired[int]
    """POST requests that one address may send in five minutes, at least 10. Default: 300."""
    hidden_paths: NotRequired[Sequence[str]]
    """Paths that tasks answer and nobody outside is to see, at most 5. Default: none."""
    tags: NotRequired[Mapping[str, str]]
    """Tags of everything that can carry them. Default: none."""


class Edge(pulumi.ComponentResource):
    """HTTPS in every zone; what no listener rule takes is answered with 404, plain HTTP with a redirect."""

    load_balancer_arn: pulumi.Output[str]
    """ARN of the load balancer."""
    load_balancer_arn_suffix: pulumi.Output[str]
    """End of the load balancer's ARN, as metrics have it."""
    dns_name: pulumi.Output[str]
    """DNS name of the load balancer."""
    zone_id: pulumi.Output[str]
    """Id of the zone of that DNS name, for alias records."""
    https_listener_arn: pulumi.Output[str]
    """ARN of the HTTPS listener, to which services add rules."""
    security_group_id: pulumi.Output[str]
    """Id of the load balancer's security group."""
    certificate_arn: pulumi.Output[str]
    """ARN of the certificate."""
    web_acl_arn: pulumi.Output[str]
    """ARN of the web ACL."""
    access_log_bucket_name: pulumi.Output[str]
    """Name of the bucket that holds the access logs."""

    def __init__(self, name: str, args: EdgeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:platform:Edge", name, None, opts)
        self._name = name
        self._tags = dict(args.get("tags", {}))
        self._own = pulumi.ResourceOptions(parent=self)
        retention_days = args.get("log_retention_days", 365)
        protected = args.get("deletion_protection", True)

        logs = args.get("access_log_bucket_name") or self._access_logs(retention_days, protected)
        group = self._security_group(args)
        balancer = self._load_balancer(args, group, logs, protected)
        names = [args["domain_name"], *args.get("alternative_names", ())]
        certificate_arn = certificate(
            f"{name}-certificate", names, args.get("zone_id"), self._tags, self._own
        )
        self._redirect(balancer)
        listener = self._listener(balancer, certificate_arn)
        if hidden := args.get("hidden_paths"):
            self._hide(listener, hidden)
        acl = self._web_acl(args, balancer, retention_days)

        self.load_balancer_arn = balancer.arn
        self.load_balancer_arn_suffix = balancer.arn_suffix
        self.dns_name = balancer.dns_name
        self.zone_id = balancer.zone_id
        self.https_listener_arn = listener.arn
        self.security_group_id = group.id
        self.certificate_arn = certificate_arn
        self.web_acl_arn = acl.arn
        self.access_log_bucket_name = pulumi.Output.from_input(logs)
        self.register_outputs({output: getattr(self, output) for output in Edge.__annotations__})

    def _security_group(self, args: EdgeArgs) -> aws.ec2.SecurityGroup:
        child = f"{self._name}-security-group"
        group = aws.ec2.SecurityGroup(
            child,
            vpc_id=args["vpc_id"],
            description="Load balancer: HTTP and HTTPS in, tasks out",
            tags=named(self._tags, child),
            opts=self._own,
        )
        for scheme, port in (("http", 80), ("https", 443)):
            self._admit(group, scheme, port, args.get("client_prefix_list_id"))
        child = f"{self._name}-to-tasks"
        task_port = args.get("task_port", 8080)
        aws.vpc.SecurityGroupEgressRule(
            child,
            security_group_id=group.id,
            description="Requests and health checks to tasks",
            cidr_ipv4=args["task_cidr_block"],
            ip_protocol="tcp",
            from_port=task_port,
            to_port=task_port,
            tags=named(self._tags, child),
            opts=self._own,
        )
        return group

    def _admit(
        self,
        group: aws.ec2.SecurityGroup,
        scheme: str,
        port: int,
        prefix_list_id: pulumi.Input[str] | None,
    ) -> None:
        child = f"{self._name}-from-clients-{scheme}"
        aws.vpc.SecurityGroupIngressRule(
            child,
            security_group_id=group.id,
            description=f"Clients over {scheme.upper()}",
            cidr_ipv4="0.0.0.0/0" if prefix_list_id is None else None,
            prefix_list_id=prefix_list_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=named(self._tags, child),
            opts=self._own,
        )

    def _access_logs(self, retention_days: int, protected: bool) -> pulumi.Output[str]:
        return LogBucket(
            f"{self._name}-access-logs",
            {
                "sources": ["load-balancer"],
                "expire_after_days": retention_days,
                "force_destroy": not protected,
                "tags": self._tags,
            },
            opts=self._own,
        ).bucket_name

    def _load_balancer(
        self, args: EdgeArgs, group: aws.ec2.SecurityGroup, logs: pulumi.Input[str], protected: bool
    ) -> aws.lb.LoadBalancer:
        return aws.lb.LoadBalancer(
            f"{self._name}-load-balancer",
            name=_checked_name(args.get("load_balancer_name", self._name)),
            load_balancer_type="application",
            internal=False,
            subnets=args["public_subnet_ids"],
            security_groups=[group.id],
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket=logs, enabled=True),
            desync_mitigation_mode="strictest",
            drop_invalid_header_fields=True,
            enable_cross_zone_load_balancing=True,
            enable_deletion_protection=protected,
            enable_http2=True,
            # ARC can then take a zone out of the DNS answer.
            enable_zonal_shift=True,
            idle_timeout=IDLE_TIMEOUT_SECONDS,
            tags=self._tags,
            opts=self._own,
        )

    def _redirect(self, balancer: aws.lb.LoadBalancer) -> None:
        to_https = aws.lb.ListenerDefaultActionRedirectArgs(
            protocol="HTTPS", port="443", status_code="HTTP_301"
        )
        aws.lb.Listener(
            f"{self._name}-http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=to_https)],
            tags=self._tags,
            opts=self._own,
        )

    def _listener(
        self, balancer: aws.lb.LoadBalancer, certificate_arn: pulumi.Output[str]
    ) -> aws.lb.Listener:
        not_found = aws.lb.ListenerDefaultActionFixedResponseArgs(**NOT_FOUND)
        return aws.lb.Listener(
            f"{self._name}-https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate_arn,
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=not_found)
            ],
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value=HSTS,
            routing_http_response_x_content_type_options_header_value="nosniff",
            routing_http_response_content_security_policy_header_value=CONTENT_SECURITY_POLICY,
            tags=self._tags,
            opts=self._own,
        )

    def _hide(self, listener: aws.lb.Listener, paths: Sequence[str]) -> None:
        pattern = aws.lb.ListenerRuleConditionPathPatternArgs(values=list(paths))
        not_found = aws.lb.ListenerRuleActionFixedResponseArgs(**NOT_FOUND)
        aws.lb.ListenerRule(
            f"{self._name}-hidden-paths",
            listener_arn=listener.arn,
            priority=HIDDEN_PATHS_PRIORITY,
            conditions=[aws.lb.ListenerRuleConditionArgs(path_pattern=pattern)],
            actions=[aws.lb.ListenerRuleActionArgs(type="fixed-response", fixed_response=not_found)],
            tags=self._tags,
            opts=self._own,
        )

    def _web_acl(
        self, args: EdgeArgs, balancer: aws.lb.LoadBalancer, retention_days: int
    ) -> aws.wafv2.WebAcl:
        settings = WebAclSettings(
            requests_per_address=args.get("requests_per_address", 2000),
            submissions_per_address=args.get("submissions_per_address", 300),
            log_key_arn=args["log_key_arn"],
            log_retention_days=retention_days,
        )
        acl = web_acl(f"{self._name}-web-acl", settings, self._tags, self._own)
        aws.wafv2.WebAclAssociation(
            f"{self._name}-web-acl-association",
            resource_arn=balancer.arn,
            web_acl_arn=acl.arn,
            opts=self._own,
        )
        return acl


def _checked_name(name: str) -> str:
    if len(name) > LOAD_BALANCER_NAME_LENGTH:
        raise ComponentError(
            f"A load balancer's name has at most {LOAD_BALANCER_NAME_LENGTH} characters, got {name!r}. "
            "Shorten it."
        )
    return name
