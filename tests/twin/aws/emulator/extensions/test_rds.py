from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served

ENGINE = {"Engine": "aurora-postgresql", "EngineVersion": "16.6"}


def _cluster(served: Served, name: str, region: str = "eu-west-2", **given: Any) -> str:
    credentials = (
        {}
        if "GlobalClusterIdentifier" in given and region != "eu-west-2"
        else {"MasterUsername": "u", "MasterUserPassword": "never-shown-1"}
    )
    created = served.clients("rds", region).create_db_cluster(
        DBClusterIdentifier=name, **ENGINE, **credentials, **given
    )
    return created["DBCluster"]["DBClusterArn"]


def _global(served: Served, name: str) -> tuple[Any, str, str]:
    """A global database with a primary in eu-west-2 and a secondary in eu-west-1."""
    rds = served.clients("rds")
    rds.create_global_cluster(GlobalClusterIdentifier=name, **ENGINE)
    primary = _cluster(served, f"{name}-primary", GlobalClusterIdentifier=name)
    secondary = _cluster(served, f"{name}-secondary", "eu-west-1", GlobalClusterIdentifier=name)
    return rds, primary, secondary


def _writers(rds: Any, name: str) -> dict[str, bool]:
    found = rds.describe_global_clusters(GlobalClusterIdentifier=name)["GlobalClusters"][0]
    return {member["DBClusterArn"]: member["IsWriter"] for member in found["GlobalClusterMembers"]}


@pytest.mark.parametrize("operation", ["switchover_global_cluster", "failover_global_cluster"])
def test_the_target_becomes_the_only_writer(mended: Served, operation: str) -> None:
    rds, primary, secondary = _global(mended, operation.replace("_", "-"))
    name = operation.replace("_", "-")
    assert _writers(rds, name) == {primary: True, secondary: False}
    getattr(rds, operation)(GlobalClusterIdentifier=name, TargetDbClusterIdentifier=secondary)
    assert _writers(rds, name) == {primary: False, secondary: True}


def test_a_cluster_is_removed_by_its_arn_from_another_region(mended: Served) -> None:
    rds, primary, secondary = _global(mended, "removed")
    rds.remove_from_global_cluster(GlobalClusterIdentifier="removed", DbClusterIdentifier=secondary)
    assert _writers(rds, "removed") == {primary: True}


def test_a_cluster_that_a_global_one_is_made_from_writes(mended: Served) -> None:
    source = _cluster(mended, "source")
    rds = mended.clients("rds")
    rds.create_global_cluster(GlobalClusterIdentifier="made-from", SourceDBClusterIdentifier=source)
    assert _writers(rds, "made-from") == {source: True}


def test_a_protected_global_cluster_is_deleted_only_when_protection_is_off(mended: Served) -> None:
    rds = mended.clients("rds")
    rds.create_global_cluster(GlobalClusterIdentifier="protected", DeletionProtection=True, **ENGINE)
    with pytest.raises(ClientError, match="disable deletion protection"):
        rds.delete_global_cluster(GlobalClusterIdentifier="protected")
    rds.modify_global_cluster(GlobalClusterIdentifier="protected", DeletionProtection=False)
    rds.delete_global_cluster(GlobalClusterIdentifier="protected")


def test_a_global_cluster_that_is_not_there_is_an_error_of_aws(mended: Served) -> None:
    with pytest.raises(ClientError, match="GlobalClusterNotFoundFault"):
        mended.clients("rds").describe_global_clusters(GlobalClusterIdentifier="nowhere")


def test_iam_authentication_can_be_switched_on_later(mended: Served) -> None:
    rds = mended.clients("rds")
    _cluster(mended, "authenticated")
    rds.modify_db_cluster(DBClusterIdentifier="authenticated", EnableIAMDatabaseAuthentication=True)
    found = rds.describe_db_clusters(DBClusterIdentifier="authenticated")["DBClusters"][0]
    assert found["IAMDatabaseAuthenticationEnabled"] is True


def test_a_cluster_shows_its_members_with_writer_zones_and_promotion_tiers(extended: Served) -> None:
    rds = extended.clients("rds")
    _cluster(extended, "spread")
    for tier, zone in enumerate("abc"):
        rds.create_db_instance(
            DBInstanceIdentifier=f"spread-{zone}",
            DBClusterIdentifier="spread",
            PromotionTier=tier,
            DBInstanceClass="db.r7g.large",
            Engine="aurora-postgresql",
            AvailabilityZone=f"eu-west-2{zone}",
        )
    cluster = rds.describe_db_clusters(DBClusterIdentifier="spread")["DBClusters"][0]
    members = sorted(cluster["DBClusterMembers"], key=lambda it: it["DBInstanceIdentifier"])
    assert [(it["DBInstanceIdentifier"], it["IsClusterWriter"], it["PromotionTier"]) for it in members] == [
        ("spread-a", True, 0),
        ("spread-b", False, 1),
        ("spread-c", False, 2),
    ]
    assert cluster["MultiAZ"] is True
    zones = [
        it["AvailabilityZone"]
        for it in rds.describe_db_instances()["DBInstances"]
        if it.get("DBClusterIdentifier") == "spread"
    ]
    assert sorted(zones) == ["eu-west-2a", "eu-west-2b", "eu-west-2c"]


def test_a_protected_cluster_is_not_deleted(extended: Served) -> None:
    _cluster(extended, "kept", DeletionProtection=True)
    with pytest.raises(ClientError, match="protected Cluster"):
        extended.clients("rds").delete_db_cluster(DBClusterIdentifier="kept", SkipFinalSnapshot=True)
