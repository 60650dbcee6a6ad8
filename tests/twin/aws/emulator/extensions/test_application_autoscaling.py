import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

DIMENSION = "ecs:service:DesiredCount"


def test_a_target_is_tagged_on_registration_and_later(mended: Served) -> None:
    scaling = mended.clients("application-autoscaling")
    mended.clients("ecs").create_service(
        cluster="base", serviceName="tagged", taskDefinition="base", desiredCount=0
    )
    arn = scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/base/tagged",
        ScalableDimension=DIMENSION,
        MinCapacity=1,
        MaxCapacity=2,
        Tags={"layer": "services"},
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"owner": "portal", "cost": "x"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["cost"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"layer": "services", "owner": "portal"}


def test_tags_of_a_target_that_is_not_there_are_an_error_of_aws(mended: Served) -> None:
    arn = "arn:aws:application-autoscaling:eu-west-2:123456789012:scalable-target/nowhere"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        mended.clients("application-autoscaling").list_tags_for_resource(ResourceARN=arn)
