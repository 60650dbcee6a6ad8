"""Where a component stands: partition, region and account, as its provider has them."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

__all__ = ["Location", "locate"]


@dataclass(frozen=True)
class Location:
    """The parts of an ARN that depend on the provider."""

    partition: pulumi.Output[str]
    region: pulumi.Output[str]
    account_id: pulumi.Output[str]

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """The ARN of a resource of this account and region."""
        return pulumi.Output.format(
            "arn:{0}:{1}:{2}:{3}:{4}",
            self.partition,
            service,
            self.region,
            self.account_id,
            resource,
        )


def locate(opts: pulumi.ResourceOptions) -> Location:
    """The location that children with these options have; each option inherits the parent's provider."""
    invoke = pulumi.InvokeOptions(parent=opts.parent, provider=opts.provider)
    return Location(
        partition=aws.get_partition_output(opts=invoke).partition,
        region=aws.get_region_output(opts=invoke).region,
        account_id=aws.get_caller_identity_output(opts=invoke).account_id,
    )
