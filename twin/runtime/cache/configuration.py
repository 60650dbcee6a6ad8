"""A node's configuration and users, in Valkey's own syntax."""

from collections.abc import Iterable
from pathlib import Path

from twin.runtime.cache.model import Group
from twin.runtime.cache.node_type import data_bytes

__all__ = ["CONTROL_USER", "access_file", "access_list", "configuration", "ignored_parameters"]

CONTROL_USER = "estate-control"
"""The controller and the replicas log in as this one; clients cannot be called so."""

_TAKEN = frozenset(
    {
        "active-expire-effort",
        "activedefrag",
        "lazyfree-lazy-eviction",
        "lazyfree-lazy-expire",
        "lazyfree-lazy-server-del",
        "lfu-decay-time",
        "lfu-log-factor",
        "maxmemory-policy",
        "maxmemory-samples",
        "notify-keyspace-events",
        "slowlog-log-slower-than",
        "slowlog-max-len",
        "tcp-keepalive",
        "timeout",
        "tracking-table-max-keys",
    }
)
"""Parameters that mean the same to Valkey. Source: ElastiCache user guide, "Valkey and Redis OSS parameters"."""


def configuration(
    group: Group, address: str, folder: Path, password: str, upstream: tuple[str, int] | None
) -> str:
    """What the server is started with.

    Nothing is written to disk: ElastiCache keeps no append-only file, so a node comes back empty.
    """
    lines = [
        f"bind {address}",
        f"port {group.port}",
        f'dir "{folder}"',
        f'aclfile "{access_file(folder)}"',
        'save ""',
        "appendonly no",
        "repl-diskless-sync-delay 0",
        "repl-diskless-load on-empty-db",
        "protected-mode no",
        "set-proc-title no",
        # Source: ElastiCache user guide, parameters added in 6.2: all channels unless set otherwise.
        "acl-pubsub-default allchannels",
        f"masteruser {CONTROL_USER}",
        f"masterauth {password}",
        *_memory(group),
        *(f"{name} {_quoted(value)}" for name, value in group.parameters if name in _TAKEN),
    ]
    if upstream:
        lines.append(f"replicaof {upstream[0]} {upstream[1]}")
    return "".join(f"{line}\n" for line in lines)


def _memory(group: Group) -> list[str]:
    """As much as a node of the type has for data. Source of the policy: ElastiCache user guide, "Valkey and Redis OSS
    parameters": ``volatile-lru`` unless set otherwise."""
    most = data_bytes(group.node_type, dict(group.parameters))
    return [] if most is None else [f"maxmemory {most}", "maxmemory-policy volatile-lru"]


def access_file(folder: Path) -> Path:
    return folder / "users.acl"


def access_list(group: Group, password: str) -> str:
    """Who may log in, and do what. Any password is taken here: the relays have tokens judged, which tasks come by.

    Without a user group everybody is the default user, who may do everything.
    """
    default = "user default off" if group.users else "user default on nopass ~* &* +@all"
    users = [f"user {user.name} {_admitted(user.access)}" for user in group.users]
    control = f"user {CONTROL_USER} on >{password} ~* &* +@all"
    return "".join(f"{line}\n" for line in (default, *users, control))


def _admitted(access: str) -> str:
    """An access string says first whether the user is on."""
    state, _, rest = access.partition(" ")
    return f"{state} nopass {rest}"


def ignored_parameters(group: Group) -> Iterable[str]:
    """Those that the group sets and Valkey here does not get."""
    return sorted(name for name, _ in group.parameters if name not in _TAKEN)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
