from typing import Any

from tests.twin.aws.emulator.conftest import Served


def _tags(rds: Any, arn: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in rds.list_tags_for_resource(ResourceName=arn)["TagList"]}


def test_a_modified_subnet_group_is_still_there(mended: Served) -> None:
    rds, world = mended.clients("rds"), mended.world
    rds.create_db_subnet_group(
        DBSubnetGroupName="kept", DBSubnetGroupDescription="d", SubnetIds=[world["subnet_a"]]
    )
    rds.modify_db_subnet_group(DBSubnetGroupName="kept", SubnetIds=[world["subnet_b"], world["subnet_c"]])
    group = rds.describe_db_subnet_groups(DBSubnetGroupName="kept")["DBSubnetGroups"][0]
    assert {it["SubnetIdentifier"] for it in group["Subnets"]} == {world["subnet_b"], world["subnet_c"]}


def test_parameters_are_reset_one_by_one_and_all_at_once(mended: Served) -> None:
    rds = mended.clients("rds")
    named = {"DBClusterParameterGroupName": "reset"}
    rds.create_db_cluster_parameter_group(
        **named, DBParameterGroupFamily="aurora-postgresql16", Description="d"
    )
    names = ["log_statement", "work_mem", "rds.force_ssl"]
    values = [{"ParameterName": name, "ParameterValue": "1", "ApplyMethod": "immediate"} for name in names]
    rds.modify_db_cluster_parameter_group(**named, Parameters=values)

    def shown() -> list[str]:
        found = rds.describe_db_cluster_parameters(**named)["Parameters"]
        return [parameter["ParameterName"] for parameter in found]

    rds.reset_db_cluster_parameter_group(**named, Parameters=values[:1])
    assert shown() == names[1:]
    rds.reset_db_cluster_parameter_group(**named, ResetAllParameters=True)
    assert shown() == []


def test_a_clusters_log_exports_are_changed(mended: Served) -> None:
    rds = mended.clients("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="logging",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword="never-shown-3",
        EnableCloudwatchLogsExports=["postgresql"],
    )
    change = {"EnableLogTypes": ["instance"], "DisableLogTypes": ["postgresql"]}
    rds.modify_db_cluster(DBClusterIdentifier="logging", CloudwatchLogsExportConfiguration=change)
    cluster = rds.describe_db_clusters(DBClusterIdentifier="logging")["DBClusters"][0]
    assert cluster["EnabledCloudwatchLogsExports"] == ["instance"]


def test_a_global_databases_tags_are_kept_and_changed_from_any_region(mended: Served) -> None:
    rds = mended.clients("rds")
    created = rds.create_global_cluster(
        GlobalClusterIdentifier="tagged", Engine="aurora-postgresql", Tags=[{"Key": "a", "Value": "1"}]
    )["GlobalCluster"]
    arn = created["GlobalClusterArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "2"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert _tags(rds, arn) == {"b": "2"}
    shown = rds.describe_global_clusters(GlobalClusterIdentifier="tagged")["GlobalClusters"][0]
    assert shown["TagList"] == [{"Key": "b", "Value": "2"}]
