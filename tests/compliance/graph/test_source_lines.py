"""Every resource is told with the line that makes it, and the line that wanted its component."""

from pathlib import Path

import pytest

from compliance.plan import Plan
from compliance.results import SourceLine
from tests.compliance.program.driver import planned, written_program

PROGRAM = """
class Store(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Store", name, None, opts)
        self.own = pulumi.ResourceOptions(parent=self)
        aws.s3.Bucket(  # a call on several lines
            "bucket" if opts else f"{name}-bucket",
            tags={
                "kind": name,
            },
            opts=self.own,
        )

class Vault(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Vault", name, None, opts)
        aws.s3.Bucket("bucket", opts=pulumi.ResourceOptions(parent=self))  # a namesake
        Store(f"{name}-inner", pulumi.ResourceOptions(parent=self))  # a component in it

class LockedStore(Store):
    def __init__(self, name):
        super().__init__(name)  # its base
        aws.s3.BucketVersioning(f"{name}-versions", bucket="b", versioning_configuration={"status": "Enabled"},
                                opts=self.own)  # of its own

for name in ("north", "south"):
    Store(  # in a loop
        name,
    )
Vault("deep")  # the outermost
LockedStore("locked")  # derived
aws.sqs.Queue("plain")  # outside

def helped(name):
    return aws.sqs.Queue(name)  # in a helper

helped("far")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_program(tmp_path_factory.mktemp("lines"), PROGRAM)


@pytest.fixture(scope="module")
def plan(folder: Path) -> Plan:
    return planned(folder)


EXPECTED = {
    "north-bucket": ("a call on several lines", "in a loop", "shop:index:Store north"),
    "south-bucket": ("a call on several lines", "in a loop", "shop:index:Store south"),
    "shop:index:Vault$aws:s3/bucket:Bucket::bucket": ("a namesake", "the outermost", "shop:index:Vault deep"),
    "shop:index:Store$aws:s3/bucket:Bucket::bucket": (
        "a call on several lines",
        "the outermost",
        "shop:index:Vault deep",
    ),
    "locked-bucket": ("a call on several lines", "derived", "shop:index:Store locked"),
    "plain": ("outside", "outside", ""),
    "far": ("in a helper", "in a helper", ""),
}


@pytest.mark.parametrize(("ending", "told"), EXPECTED.items(), ids=str)
def test_the_lines_are_those_of_the_program(
    ending: str, told: tuple[str, str, str], plan: Plan, folder: Path
) -> None:
    lines = (folder / "__main__.py").read_text().splitlines()
    places = [
        SourceLine("__main__.py", 1 + next(at for at, line in enumerate(lines) if line.endswith(f"# {mark}")))
        for mark in told[:2]
    ]
    [found] = [it for it in plan.resources.values() if it.urn.endswith(f"{ending}")]
    assert [found.source, found.instantiated] == places
    assert found.component == told[2]


def test_namesakes_have_addresses_of_their_own(plan: Plan) -> None:
    namesakes = [address for address, it in plan.resources.items() if it.urn.endswith("::bucket")]
    assert len(namesakes) == 2
    assert all(it.startswith("aws_s3_bucket.bucket_") for it in namesakes)
