"""Two components that have children of the same name."""

import pulumi
import pulumi_aws as aws

from tests.compliance.mutations.program.areas.given import Area, given

__all__ = ["Namesakes"]

KEY = "arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"


class Intake(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("mutations:index:Intake", name, None, opts)
        aws.sqs.Queue(  # at: intake-inbox
            "inbox", **given("intake-inbox", kms_master_key_id=KEY), opts=pulumi.ResourceOptions(parent=self)
        )


class Archive(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("mutations:index:Archive", name, None, opts)
        aws.sqs.Queue(  # at: archive-inbox
            "inbox", **given("archive-inbox", kms_master_key_id=KEY), opts=pulumi.ResourceOptions(parent=self)
        )


class Namesakes(Area):
    def build(self) -> None:
        Intake("intake", self.child)
        Archive("archive", self.child)
