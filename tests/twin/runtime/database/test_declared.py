"""What RDS and IAM describe, as the data plane understands it."""

from tests.twin.runtime.database.stage import cluster_document, instance_document
from twin.runtime.database.declared import clusters, groups
from twin.runtime.database.reading import Declaration, merged
from twin.runtime.database.roles import Login, logins, statements

ZONES = ("eu-west-2a", "eu-west-2b")
AWAY = ("eu-west-1a",)
INSTANCES = [instance_document(2, "eu-west-2b"), instance_document(1, "eu-west-2a")]


def test_instances_are_in_the_order_in_which_they_were_made_and_the_writer_is_rdss() -> None:
    member = {"DBInstanceIdentifier": "core-2", "IsClusterWriter": True}
    [found] = clusters("eu-west-2", [cluster_document(DBClusterMembers=[member])], INSTANCES, [], ZONES)
    assert [it.key for it in found.members] == ["eu-west-2/core/core-1", "eu-west-2/core/core-2"]
    assert found.first_writer == "eu-west-2/core/core-2"


def test_other_engines_and_zones_that_the_twin_does_not_have_are_left_out() -> None:
    described = [cluster_document(Engine="aurora-mysql"), cluster_document()]
    [found] = clusters("eu-west-2", described, INSTANCES, [], ("eu-west-2a",))
    assert [it.zone for it in found.members] == ["eu-west-2a"]


def test_clusters_of_a_global_database_are_one_group_whose_primary_writes_first() -> None:
    home, away = cluster_document(), cluster_document(region="eu-west-1", DatabaseName=None)
    together = [
        {
            "GlobalClusterIdentifier": "g",
            "GlobalClusterMembers": [
                {"DBClusterArn": away["DBClusterArn"], "IsWriter": False},
                {"DBClusterArn": home["DBClusterArn"], "IsWriter": True},
            ],
        }
    ]
    here = clusters("eu-west-2", [home], INSTANCES, together, ZONES)
    there = clusters(
        "eu-west-1", [away], [instance_document(1, "eu-west-1a", region="eu-west-1")], together, AWAY
    )
    [group] = groups((*there, *here))
    assert (group.name, group.first_writer) == ("g", "eu-west-2/core/core-1")
    assert [it.key for it in group.members] == [
        "eu-west-2/core/core-1",
        "eu-west-2/core/core-2",
        "eu-west-1/core/core-1",
    ]
    assert there[0].database == "postgres"


def test_what_is_not_declared_again_yet_stays() -> None:
    before = Declaration(clusters("eu-west-2", [cluster_document()], INSTANCES, [], ZONES), generation=1)
    nothing = merged(before, Declaration(generation=2))
    assert (nothing.clusters, nothing.generation) == (before.clusters, 2)
    fewer = clusters("eu-west-2", [cluster_document(Port=6000)], INSTANCES[:1], [], ZONES)
    [found] = merged(before, Declaration(fewer, generation=2)).clusters
    assert (found.port, {it.key for it in found.members}) == (
        6000,
        {"eu-west-2/core/core-1", "eu-west-2/core/core-2"},
    )


def role(name: str, *users: str, action: str = "rds-db:connect", effect: str = "Allow") -> dict[str, object]:
    resources = [f"arn:aws:rds-db:eu-west-2:1:dbuser:{it}" for it in users]
    statement = {"Effect": effect, "Action": [action], "Resource": resources}
    return {"RoleName": name, "RolePolicyList": [{"PolicyDocument": {"Statement": [statement]}}]}


def test_users_are_those_that_policies_let_connect_to_this_cluster() -> None:
    roles = [
        role("cell-families-task-1", "cluster-X/families", "cluster-X/child_payment", "cluster-Y/other"),
        role("case-task-2", "cluster-X/case"),
        role("denied", "cluster-X/denied", effect="Deny"),
        role("reader", "cluster-X/reader", action="rds:DescribeDBClusters"),
    ]
    assert logins(roles, "cluster-X") == (
        Login("case"),
        Login("child_payment"),
        Login("families", ("child_payment",)),
    )


def test_names_are_quoted_in_what_makes_a_user() -> None:
    made = list(statements(Login('a"b', ("c",)), ["d"]))
    assert made[1] == 'grant connect, create, temporary on database "d" to "a""b"'
    assert 'grant "c" to "a""b"' in made[2]
