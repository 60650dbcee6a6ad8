"""Who shows a token to a cluster."""

import pytest

from tests.twin.runtime.database.test_declared import INSTANCES, ZONES, cluster_document
from twin.runtime.database.declared import clusters
from twin.runtime.database.login import store_login
from twin.runtime.directory import StoreLogin


@pytest.mark.parametrize("is_on", [True, False])
def test_everybody_but_the_master_user_and_postgresqls_own(is_on: bool) -> None:
    document = cluster_document(
        MasterUsername="estate", DbClusterResourceId="cluster-1", IAMDatabaseAuthenticationEnabled=is_on
    )
    [cluster] = clusters("eu-west-2", [document], INSTANCES, [], ZONES)
    assert store_login(cluster) == StoreLogin("database", "cluster-1", ("postgres", "estate"), is_on)


def test_a_cluster_that_does_not_say_so_takes_no_tokens() -> None:
    [cluster] = clusters("eu-west-2", [cluster_document()], INSTANCES, [], ZONES)
    assert not store_login(cluster).takes_tokens
