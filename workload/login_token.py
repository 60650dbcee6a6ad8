"""Tokens with which a task logs in to databases and caches: requests that are signed and never sent."""

from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest

__all__ = ["LIFETIME_SECONDS", "cache_token", "database_token"]

LIFETIME_SECONDS = 900
"""Both kinds are valid for 15 minutes.

Source: RDS user guide, "IAM database authentication"; ElastiCache user guide, "Authenticating with IAM".
"""


def database_token(credentials: Any, host: str, port: int, user: str, region: str) -> str:
    """The password of a database user. Source: Aurora user guide, "Connecting using IAM authentication"."""
    query = {"Action": "connect", "DBUser": user}
    return _signed(credentials, f"{host}:{port}", query, "rds-db", region)


def cache_token(credentials: Any, group_id: str, user: str, region: str) -> str:
    """The password of a cache user, which is signed for the group's id and not for its endpoint.

    Source: ElastiCache user guide, "Authenticating with IAM".
    """
    return _signed(credentials, group_id.lower(), {"Action": "connect", "User": user}, "elasticache", region)


def _signed(credentials: Any, host: str, query: dict[str, str], service: str, region: str) -> str:
    request = AWSRequest("GET", f"https://{host}/?{urlencode(query)}")
    SigV4QueryAuth(credentials, service, region, expires=LIFETIME_SECONDS).add_auth(request)
    return str(request.url).removeprefix("https://")
