"""Anybody's program is evaluated for a scan, or refused in a sentence: never left out in part."""

from pathlib import Path

import pytest

from tests.compliance.program.driver import planned, refused, written_program

REFUSALS = {
    "a remote component": (
        """
pulumi.ComponentResource("awsx:ec2:Vpc", "net", {}, remote=True)
""",
        "ProgramError|UnsupportedFeature",
        "a remote component",
    ),
    "a transform that fails": (
        """
def broken(arguments):
    raise ValueError("no such rule")

aws.sqs.Queue("orders", opts=pulumi.ResourceOptions(transforms=[broken]))
""",
        "ProgramError",
        "A transform of 'orders' failed",
    ),
    "a transform of functions, which is not run": (
        """
pulumi.runtime.register_invoke_transform(lambda arguments: None)
aws.sqs.Queue("orders")
aws.get_region()
""",
        "UnsupportedFeature",
        "transforms of functions",
    ),
    "a function that only AWS can answer": (
        """
aws.ec2.get_ami(owners=["amazon"], most_recent=True)
""",
        "UnknownAnswer",
        "'aws:ec2/getAmi:getAmi'",
    ),
    "two resources of one URN": (
        """
aws.sqs.Queue("orders")
aws.sqs.Queue("orders")
""",
        "RegistrationError",
        "Two resources have the URN",
    ),
    "a type that no table has": (
        """
class Thing(pulumi.CustomResource):
    def __init__(self, name):
        super().__init__("aws:shop/thing:Thing", name, {})

Thing("thing")
""",
        "UnmappedType|UnsupportedResource",
        "'aws:shop/thing:Thing'",
    ),
    "a property that no table has": (
        """
aws.ecs.Service("front", network_configuration={"subnets": ["a"], "sub_nets": ["b"]})
""",
        "UnmappedProperty",
        "'networkConfiguration.sub_nets'",
    ),
    "a stack of another project, whose name is that of the one that reads it": (
        """
pulumi.StackReference("acme/infra/test")
""",
        "ProgramError",
        "is of project 'infra'",
    ),
    "a stack that reads itself": (
        """
pulumi.StackReference("acme/shop/test")
""",
        "ProgramError",
        "is referenced by itself",
    ),
    "an error of its own": ("\nraise ValueError('no such shop')\n", "ProgramError", "no such shop"),
}


@pytest.mark.parametrize(("text", "kinds", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_be_scanned_whole_is_refused(
    text: str, kinds: str, sentence: str, tmp_path: Path
) -> None:
    kind, message = refused(written_program(tmp_path, text))
    assert kind in kinds.split("|")
    assert sentence in message


def test_stacks_that_read_each_other_are_refused_and_not_waited_for(tmp_path: Path) -> None:
    program = """
other = {"one": "two", "two": "one"}[pulumi.get_stack()]
pulumi.export("given", pulumi.StackReference(f"acme/shop/{other}").get_output("given"))
"""
    folder = written_program(tmp_path, program, region="")
    for stack in ("one", "two"):
        (folder / f"Pulumi.{stack}.yaml").write_text("config: {'aws:region': eu-west-2}\n")
    kind, message = refused(folder)
    assert kind == "ProgramError"
    assert "Stacks wait for each other's outputs" in message


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    kind, message = refused(tmp_path)
    assert kind == "ProjectNotFound"
    assert "no Pulumi.yaml" in message


def test_a_program_without_a_region_is_told_to_name_one(tmp_path: Path) -> None:
    kind, message = refused(written_program(tmp_path, 'aws.sqs.Queue("orders")\n', region=""))
    assert kind == "ProgramError"
    assert "Set aws:region" in message


def test_a_program_without_configuration_takes_the_region_of_the_environment(tmp_path: Path) -> None:
    folder = written_program(tmp_path, 'aws.sqs.Queue("orders")\n', region="")
    plan = planned(folder, {"AWS_REGION": "eu-west-1"})
    assert [it["values"]["region"] for it in plan.document["planned_values"]["root_module"]["resources"]] == [
        "eu-west-1"
    ]


def test_a_stack_reads_another_that_comes_later_by_its_name(tmp_path: Path) -> None:
    text = """
if pulumi.get_stack() == "test":
    base = pulumi.StackReference("acme/shop/zone")
    aws.sqs.Queue("orders", kms_master_key_id=base.require_output("key"))
else:
    pulumi.export("key", aws.kms.Key("key").arn)
"""
    folder = written_program(tmp_path, text)
    (folder / "Pulumi.zone.yaml").write_text("config: {'aws:region': eu-west-2}\n")
    resources = planned(folder).document["configuration"]["root_module"]["resources"]
    [queue] = [it for it in resources if it["type"] == "aws_sqs_queue"]
    assert queue["expressions"]["kms_master_key_id"]["references"][0] == "aws_kms_key.key.arn"


def test_a_resource_that_is_only_read_is_not_scanned(tmp_path: Path) -> None:
    text = """
found = aws.s3.Bucket.get("found", "somebody-elses")
aws.s3.BucketVersioning("versions", bucket=found.id, versioning_configuration={"status": "Enabled"})
"""
    plan = planned(written_program(tmp_path, text))
    assert list(plan.resources) == ["aws_s3_bucket_versioning.versions"]


def test_transforms_are_run_before_anything_is_scanned(tmp_path: Path) -> None:
    text = """
def tagged(arguments):
    return pulumi.ResourceTransformResult({**arguments.props, "tags": {"owner": "shop"}}, arguments.opts)

aws.sqs.Queue("orders", opts=pulumi.ResourceOptions(transforms=[tagged]))
"""
    plan = planned(written_program(tmp_path, text))
    [queue] = plan.document["planned_values"]["root_module"]["resources"]
    assert queue["values"]["tags"] == {"owner": "shop"}
