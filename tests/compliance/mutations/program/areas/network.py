"""A VPC with what watches and guards it, and a load balancer in it."""

import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given, wanted

__all__ = ["Network"]

CERTIFICATE = "arn:aws:acm:eu-west-2:123456789012:certificate/0"


class Network(Area):
    def build(self) -> None:
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=self.child)  # at: vpc
        self._watched(vpc)
        subnets = []
        for zone in ("a", "b"):
            subnet = aws.ec2.Subnet(  # at: subnet
                f"subnet-{zone}",
                **given(
                    f"subnet-{zone}",
                    vpc_id=vpc.id,
                    cidr_block="10.0.1.0/24" if zone == "a" else "10.0.2.0/24",
                    availability_zone=f"eu-west-2{zone}",
                    map_public_ip_on_launch=False,
                ),
                opts=self.child,
            )
            subnets.append(subnet)
        aws.ec2.NetworkAcl(  # at: network-acl
            "network-acl",
            **given("network-acl", vpc_id=vpc.id, subnet_ids=[it.id for it in subnets]),
            opts=self.child,
        )
        group = aws.ec2.SecurityGroup(  # at: security-group
            "security-group",
            **given(
                "security-group",
                description="The load balancer",
                vpc_id=vpc.id,
                ingress=[
                    {
                        "description": "HTTPS from the network",
                        "protocol": "tcp",
                        "from_port": 443,
                        "to_port": 443,
                        "cidr_blocks": ["10.0.0.0/8"],
                    }
                ],
            ),
            opts=self.child,
        )
        aws.vpc.SecurityGroupIngressRule(  # at: ingress-rule
            "ingress-rule",
            **given(
                "ingress-rule",
                security_group_id=group.id,
                description="Administration from the network",
                ip_protocol="tcp",
                from_port=22,
                to_port=22,
                cidr_ipv4="10.0.0.0/8",
            ),
            opts=self.child,
        )
        self._balanced(vpc, subnets, group)

    def _watched(self, vpc: aws.ec2.Vpc) -> None:
        if wanted("flow-log"):
            aws.ec2.FlowLog(
                "flow-log",
                vpc_id=vpc.id,
                traffic_type="ALL",
                log_destination_type="s3",
                log_destination="arn:aws:s3:::flow-logs",
                opts=self.child,
            )
        if wanted("default-group"):
            aws.ec2.DefaultSecurityGroup("default-group", vpc_id=vpc.id, opts=self.child)

    def _balanced(self, vpc: aws.ec2.Vpc, subnets: list, group: aws.ec2.SecurityGroup) -> None:
        attached = [] if not wanted("attachment") else [group.id]
        balancer = aws.lb.LoadBalancer(  # at: load-balancer
            "load-balancer",
            **given(
                "load-balancer",
                internal=True,
                load_balancer_type="application",
                security_groups=attached,
                subnets=[it.id for it in subnets],
                drop_invalid_header_fields=True,
                enable_deletion_protection=True,
                access_logs={"bucket": "logs", "enabled": True},
            ),
            opts=self.child,
        )
        target = aws.lb.TargetGroup(  # at: target-group
            "target-group",
            **given(
                "target-group",
                port=443,
                protocol="HTTPS",
                vpc_id=vpc.id,
                health_check={"path": "/health", "protocol": "HTTPS"},
            ),
            opts=self.child,
        )
        aws.lb.Listener(  # at: listener
            "listener",
            **given(
                "listener",
                load_balancer_arn=balancer.arn,
                port=443,
                protocol="HTTPS",
                ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
                certificate_arn=CERTIFICATE,
                default_actions=[{"type": "forward", "target_group_arn": target.arn}],
            ),
            opts=self.child,
        )
        acl = aws.wafv2.WebAcl(
            "balancer-acl",
            scope="REGIONAL",
            default_action={"allow": {}},
            visibility_config={
                "cloudwatch_metrics_enabled": True,
                "metric_name": "balancer",
                "sampled_requests_enabled": True,
            },
            opts=self.child,
        )
        if wanted("acl-association"):
            aws.wafv2.WebAclAssociation(
                "acl-association", resource_arn=balancer.arn, web_acl_arn=acl.arn, opts=self.child
            )
