"""The token with which somebody logs in to a database or a cache: a request that was signed and is never sent.

Sources: Aurora user guide, "IAM database authentication" and "Connecting to your DB cluster using IAM authentication",
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.html; ElastiCache user guide,
"Authenticating with IAM", https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from twin.aws.emulator.authorization.exceptions import MalformedToken

__all__ = ["LIFETIME_SECONDS", "LoginToken", "is_signed_with", "read_token"]

LIFETIME_SECONDS = 900
"""At the most, whatever a token says. Source: both guides: a token is valid for 15 minutes."""

_SCOPE_PARTS = 5


@dataclass(frozen=True)
class LoginToken:
    """Attributes:
    host: for which it was signed, as it stands there.
    service, region: of the signature's scope.
    session_token: empty for long-term credentials.
    expires_at: seconds since the epoch.
    text: as it was presented.
    """

    host: str
    action: str
    user: str
    service: str
    region: str
    access_key_id: str
    session_token: str
    expires_at: float
    text: str


def read_token(text: str) -> LoginToken:
    """What the token says of itself; nothing of it is verified. Raises: MalformedToken"""
    url = urlsplit(f"https://{text}")
    given = dict(parse_qsl(url.query))
    scope = given.get("X-Amz-Credential", "").split("/")
    if not url.netloc or len(scope) != _SCOPE_PARTS:
        raise MalformedToken("it is no signed request")
    return LoginToken(
        host=url.netloc,
        action=given.get("Action", ""),
        user=given.get("DBUser") or given.get("User", ""),
        service=scope[3],
        region=scope[2],
        access_key_id=scope[0],
        session_token=given.get("X-Amz-Security-Token", ""),
        expires_at=_expires_at(given),
        text=text,
    )


def is_signed_with(token: LoginToken, secret: str) -> bool:
    """Whether its signature is that of the secret access key."""
    url, _, signature = f"https://{token.text}".partition("&X-Amz-Signature=")
    request = AWSRequest("GET", url)
    request.context["timestamp"] = dict(parse_qsl(urlsplit(url).query)).get("X-Amz-Date", "")
    credentials = Credentials(token.access_key_id, secret, token.session_token or None)
    signer = SigV4QueryAuth(credentials, token.service, token.region)
    wanted = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return hmac.compare_digest(str(wanted).encode(), signature.encode())


def _expires_at(given: Mapping[str, str]) -> float:
    try:
        signed_at = datetime.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
        return signed_at + min(int(given["X-Amz-Expires"]), LIFETIME_SECONDS)
    except (KeyError, ValueError):
        raise MalformedToken("it does not say from when and for how long it is valid") from None
