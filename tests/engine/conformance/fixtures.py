"""Small Pulumi programs, one idea each, that any engine must see the same way.

Each is also what `__main__.py` of a project would hold, so that the Pulumi CLI can preview it.
"""

import pulumi
import pulumi_aws as aws
from pulumi import Alias, Output, ResourceOptions
from pulumi_aws import s3, sqs, ssm

__all__ = ["PROGRAMS"]


class Store(pulumi.ComponentResource):
    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Store", name, None, opts)
        self.queue = sqs.Queue(f"{name}-queue", delay_seconds=1, opts=ResourceOptions(parent=self))
        self.register_outputs({})


class Cell(pulumi.ComponentResource):
    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("shop:index:Cell", name, None, opts)
        self.ledger = Store(f"{name}-ledger", ResourceOptions(parent=self))
        self.name_in_parameter = ssm.Parameter(
            f"{name}-name", type="String", value=name, opts=ResourceOptions(parent=self)
        )
        self.register_outputs({"queue": self.ledger.queue.name})


def flat() -> None:
    sqs.Queue("orders", visibility_timeout_seconds=30, tags={"owner": "payments", "port": "80"})
    pulumi.export("fixed", {"a": [1, 2.5, True, None]})


def nested_components() -> None:
    Cell("north")
    Cell("south")


def a_parent_that_is_no_component() -> None:
    bucket = s3.Bucket("lake")
    s3.BucketVersioning(
        "lake-versions",
        bucket="fixed",
        versioning_configuration={"status": "Enabled"},
        opts=ResourceOptions(parent=bucket),
    )


def aliases() -> None:
    cell = Cell("south", ResourceOptions(aliases=[Alias(name="north")]))
    sqs.Queue("moved", opts=ResourceOptions(parent=cell, aliases=[Alias(parent=pulumi.ROOT_STACK_RESOURCE)]))


def dependencies() -> None:
    cell = Cell("north")
    first = sqs.Queue("first", opts=ResourceOptions(depends_on=[cell]))
    sqs.Queue("second", opts=ResourceOptions(depends_on=[first]))


def secrets() -> None:
    password = Output.secret("correct horse")
    sqs.Queue("orders", policy=password, tags={"owner": "payments", "token": password})
    ssm.Parameter("password", type="SecureString", value=password)


def lists_of_outputs() -> None:
    texts = Output.all(*[Output.from_input(f"zone-{letter}") for letter in "abc"])
    sqs.Queue(
        "orders", tags=texts.apply(lambda names: {name: str(index) for index, name in enumerate(names)})
    )
    aws.ec2.SecurityGroup(
        "open",
        description="d",
        ingress=[
            {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["10.0.0.0/8"]}
            for port in (80, 443)
        ],
    )


def explicit_providers() -> None:
    ireland = aws.Provider("ireland", region="eu-west-1")
    sqs.Queue("far", opts=ResourceOptions(provider=ireland))
    Cell("north", ResourceOptions(providers=[ireland]))


PROGRAMS = (
    flat,
    nested_components,
    a_parent_that_is_no_component,
    aliases,
    dependencies,
    secrets,
    lists_of_outputs,
    explicit_providers,
)
