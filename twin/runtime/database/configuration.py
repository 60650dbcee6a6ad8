"""What a server is told: its files, written anew before every start and every change."""

from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = [
    "HBA",
    "KNOWN_PARAMETERS",
    "application_name",
    "declared_parameters",
    "node_settings",
    "server_settings",
]

HBA = """\
# Whoever reaches the server is who they say: tasks have shown the relay a token, and the relay had IAM judge it.
host all all 127.0.0.0/8 trust
host replication all 127.0.0.0/8 trust
"""

KNOWN_PARAMETERS = frozenset(
    {
        "autovacuum_naptime",
        "deadlock_timeout",
        "idle_in_transaction_session_timeout",
        "idle_session_timeout",
        "lock_timeout",
        "log_autovacuum_min_duration",
        "log_connections",
        "log_disconnections",
        "log_lock_waits",
        "log_min_duration_statement",
        "log_statement",
        "log_temp_files",
        "max_connections",
        "max_locks_per_transaction",
        "statement_timeout",
        "timezone",
        "work_mem",
    }
)
"""Parameters that mean the same to PostgreSQL as to Aurora, and fit this machine. Source: Aurora user guide, "Aurora
PostgreSQL cluster parameters"."""

_LIBRARIES = ("pg_stat_statements",)
"""Of those that can be declared as ``shared_preload_libraries``, the ones that are in every PostgreSQL."""

_SERVER: Mapping[str, str] = {
    "shared_buffers": "32MB",
    "wal_level": "replica",
    "max_wal_senders": "20",
    "hot_standby": "on",
    "wal_keep_size": "128MB",
    "max_wal_size": "256MB",
    "min_wal_size": "16MB",
    "wal_log_hints": "on",
    "wal_sender_timeout": "5s",
    "wal_receiver_timeout": "5s",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "100ms",
    "archive_mode": "always",
    "archive_timeout": "60s",
    "synchronous_commit": "on",
    "fsync": "on",
    "unix_socket_directories": "",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "huge_pages": "off",
    "autovacuum_naptime": "60s",
    "checkpoint_timeout": "5min",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
"""What holds for every server. Neither slots nor a restore command: who is left behind by more than is kept is built
anew, and nothing comes to a standby but over the link."""


def application_name(key: str, upstream: str) -> str:
    """By which a standby is known to whom it follows.

    Only instances of one cluster may have names that the writer waits for; an identifier has no dot.
    """
    region, cluster, instance = key.split("/")
    is_near = upstream.rpartition("/")[0] == f"{region}/{cluster}"
    return instance if is_near else f"{region}.{cluster}.{instance}"[:63]


def declared_parameters(parameters: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Settings for PostgreSQL, and the names of parameters that have no effect here."""
    settings = {name: value for name, value in parameters.items() if name in KNOWN_PARAMETERS}
    libraries = [it.strip() for it in parameters.get("shared_preload_libraries", "").split(",")]
    settings["shared_preload_libraries"] = ",".join(it for it in libraries if it in _LIBRARIES)
    missing = [name for name in parameters if name not in settings]
    return settings, missing + [it for it in libraries if it and it not in _LIBRARIES]


def server_settings(declared: Mapping[str, str]) -> str:
    """``postgresql.conf``: the same for all servers of a cluster; the rest is in ``node.conf``."""
    return _text({**_SERVER, **declared}) + "include_if_exists = 'node.conf'\n"


def node_settings(
    *,
    address: str,
    port: int,
    archive: Path,
    instance: str,
    upstream: tuple[str, int] | None,
    name: str,
    partners: str,
) -> str:
    """``node.conf``: what differs between servers, and changes when roles do.

    Args:
        upstream: address and port of whom it follows. name: by which it is known there.
        partners: whom it waits for as a writer, as `synchronous_standby_names` gives them.
    """
    return _text(
        {
            "listen_addresses": address,
            "port": str(port),
            "archive_command": _archive_command(archive, instance),
            "primary_conninfo": _upstream(upstream, name) if upstream else "",
            "recovery_target_timeline": "latest",
            "synchronous_standby_names": partners,
        }
    )


def synchronous_standby_names(names: Iterable[str]) -> str:
    """One of them has every commit before it is acknowledged."""
    waited = ", ".join(f'"{it}"' for it in sorted(names))
    return f"ANY 1 ({waited})" if waited else ""


def _archive_command(archive: Path, instance: str) -> str:
    """Every server of the cluster keeps what is not kept yet: the first one to do so is right, as all have the same."""
    kept, draft = f'"{archive}/%f"', f'"{archive}/.{instance}.%f"'
    return f"test -f {kept} || (cp --sparse=always %p {draft} && mv {draft} {kept})"


def _upstream(upstream: tuple[str, int], name: str) -> str:
    host, port = upstream
    return (
        f"host={host} port={port} user=postgres application_name={name} connect_timeout=5 "
        "keepalives_idle=2 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=5000"
    )


def _text(settings: Mapping[str, str]) -> str:
    return "".join(f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in settings.items())
