"""Who may log in to a cluster: the users that IAM's policies name."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Login", "logins", "statements"]

Document = Mapping[str, Any]

_ACTION = "rds-db:connect"
_USER = re.compile(r"^arn:aws[^:]*:rds-db:[^:]*:[^:]*:dbuser:(?P<cluster>[^/]+)/(?P<user>.+)$")


@dataclass(frozen=True)
class Login:
    """A user of PostgreSQL. Attributes: may_become: users whose rights it may take on (`SET ROLE`)."""

    name: str
    may_become: tuple[str, ...] = ()


def logins(roles: Iterable[Document], resource_id: str) -> tuple[Login, ...]:
    """Users of the cluster, of all IAM roles.

    A role that may log in as several users has one of its own, whose name is in the role's; it may become the others.
    On AWS that takes a `GRANT` of a migration; this one stands for it.

    Args: roles: as `GetAccountAuthorizationDetails` gives them.
    """
    found: dict[str, set[str]] = {}
    for role in roles:
        users = sorted(set(_users(role, resource_id)))
        own = max((it for it in users if _dashed(it) in role["RoleName"]), key=len, default=None)
        for user in users:
            found.setdefault(user, set())
        if own:
            found[own] |= {it for it in users if it != own}
    return tuple(Login(name, tuple(sorted(others))) for name, others in sorted(found.items()))


def statements(login: Login, databases: Iterable[str]) -> Iterator[str]:
    """Each makes a part of it so, and can be repeated."""
    name = _quoted(login.name)
    yield (
        f"do $$ begin create role {name} login; "
        "exception when duplicate_object or unique_violation then null; end $$"
    )
    for database in databases:
        yield f"grant connect, create, temporary on database {_quoted(database)} to {name}"
    for other in login.may_become:
        yield (
            f"do $$ begin grant {_quoted(other)} to {name}; "
            "exception when invalid_grant_operation then null; end $$"
        )


def _users(role: Document, resource_id: str) -> Iterator[str]:
    for policy in role.get("RolePolicyList", ()):
        document = policy["PolicyDocument"]
        document = json.loads(document) if isinstance(document, str) else document
        for statement in _listed(document.get("Statement", ())):
            if statement.get("Effect") == "Allow" and _ACTION in _listed(statement.get("Action", ())):
                yield from _named(statement, resource_id)


def _named(statement: Document, resource_id: str) -> Iterator[str]:
    for resource in _listed(statement.get("Resource", ())):
        met = _USER.match(resource)
        if met and met["cluster"] == resource_id and "*" not in met["user"]:
            yield met["user"]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _dashed(user: str) -> str:
    return user.replace("_", "-")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
