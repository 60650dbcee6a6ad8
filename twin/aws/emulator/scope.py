"""Whom and where a request is meant for, read from its signature."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qs

__all__ = ["ENDPOINT_HEADER", "Scope", "access_key", "session_token", "signing_scope"]

ENDPOINT_HEADER = "x-estate-source-vpce"
"""Id of the VPC endpoint that a request came by; the way to the emulator sets it, as AWS's network would know it."""


class Scope(NamedTuple):
    """What a request was signed for. Both are empty where it was not signed."""

    region: str
    service: str
    """The signing name, such as ``elasticloadbalancing``, which need not be boto3's name."""


def signing_scope(environ: Mapping[str, Any]) -> Scope:
    """The scope in ``Credential=<key>/<date>/<region>/<service>/aws4_request``; key and date are left out."""
    parts = _credential(environ)
    return Scope(parts[2], parts[3]) if len(parts) == 5 else Scope("", "")


def access_key(environ: Mapping[str, Any]) -> str:
    """The access key's id that signed the request, which says whose account it acts in."""
    return _credential(environ)[0]


def session_token(environ: Mapping[str, Any]) -> str:
    """The token of temporary credentials, empty where there is none."""
    return environ.get("HTTP_X_AMZ_SECURITY_TOKEN") or _signed_query(environ, "X-Amz-Security-Token")


def _credential(environ: Mapping[str, Any]) -> list[str]:
    """From the header, or from the query of a URL that was signed beforehand."""
    _, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    return (rest.split(",")[0] or _signed_query(environ, "X-Amz-Credential")).split("/")


def _signed_query(environ: Mapping[str, Any], name: str) -> str:
    query = environ.get("QUERY_STRING", "")
    return parse_qs(query).get(name, [""])[0] if f"{name}=" in query else ""
