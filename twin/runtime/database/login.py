"""How tasks log in to a cluster.

Source: Aurora user guide, "IAM database authentication",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html: a member of ``rds_iam`` logs
in by a token only. Here every user is one but the master user and PostgreSQL's own, for all others are made from IAM's
policies; passwords are not checked.
"""

from twin.runtime.database.declared import Cluster
from twin.runtime.directory import StoreLogin

__all__ = ["store_login"]

_OWN = "postgres"


def store_login(cluster: Cluster) -> StoreLogin:
    without_token = (_OWN, cluster.master) if cluster.master else (_OWN,)
    return StoreLogin("database", cluster.resource_id, without_token, cluster.takes_tokens)
