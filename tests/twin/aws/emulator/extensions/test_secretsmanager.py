from tests.twin.aws.emulator.conftest import Served


def test_rotation_is_set_without_a_function_being_run_or_a_version_added(mended: Served) -> None:
    secrets = mended.clients("secretsmanager")
    made = secrets.create_secret(Name="rotated", SecretString="never-shown-3")
    secrets.rotate_secret(
        SecretId="rotated",
        RotationLambdaARN=mended.world["function"],
        RotationRules={"ScheduleExpression": "rate(10 days)", "Duration": "3h"},
    )
    secret = secrets.describe_secret(SecretId="rotated")
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"ScheduleExpression": "rate(10 days)", "Duration": "3h"}
    assert secret["VersionIdsToStages"] == {made["VersionId"]: ["AWSCURRENT"]}


def test_a_replica_of_a_secret_is_read_in_its_region(extended: Served) -> None:
    extended.clients("secretsmanager").create_secret(
        Name="copied", SecretString="never-shown-4", AddReplicaRegions=[{"Region": "eu-west-1"}]
    )
    there = extended.clients("secretsmanager", "eu-west-1")
    assert there.get_secret_value(SecretId="copied")["SecretString"] == "never-shown-4"
