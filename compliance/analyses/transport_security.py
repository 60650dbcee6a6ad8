"""Encryption on the way, as the program declares it: who may still be spoken to in plain text, or with old TLS."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from compliance.analyses.finding import AnalysisFinding
from compliance.analyses.policies import place_of
from compliance.analyses.reviews import REGISTER, load_reviews, sift
from compliance.results import AnalysisResult, Severity
from engine import wire
from engine.resource import Registration

__all__ = ["NAME", "RULES", "TransportRule", "run"]

NAME = "encryption on the way"
STRONG_POLICIES = (
    "ELBSecurityPolicy-TLS13-1-2-",
    "ELBSecurityPolicy-TLS13-1-3-",
    "ELBSecurityPolicy-FS-1-2-Res-",
)
"""How the policies begin that offer TLS 1.2 and later alone. Source: Application Load Balancers guide, "Security
policies"; NCSC, "Using TLS to protect data": 1.3 preferred, 1.2 acceptable."""

STRONG_VIEWERS = ("TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
"""Source: CloudFront developer guide, "Supported protocols and ciphers between viewers and CloudFront"."""

ALB_PAGE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"
CACHE_PAGE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html"
DATABASE_PAGE = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Security.html"
MESH_PAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html"
VIEWER_PAGE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class TransportRule:
    """Attributes: breaks: what is wrong with a resource of the type, in words; '' where nothing is."""

    name: str
    type: str
    severity: Severity
    source: str
    breaks: Callable[[Inputs], str]


def run(
    registrations: Iterable[Registration], root: Path, *, today: date, register: Path = REGISTER
) -> AnalysisResult:
    """Holds where every declared way is encrypted with TLS 1.2 or later, but for what a review covers.

    Raises: RegisterWrong.
    """
    asked = [it for it in registrations if any(_type(it) == rule.type for rule in RULES)]
    sifted = sift(_findings(asked, root), load_reviews("transport_security", register), today)
    return AnalysisResult(
        name=NAME,
        tool="rules of the project",
        ran=True,
        holds=not sifted.open,
        findings=sifted.findings(),
        figures={"resources": len(asked), "rules": len(RULES), **sifted.figures()},
        could_not="What is declared was judged; no handshake was made, for nothing stands on AWS.",
    )


def _findings(resources: Sequence[Registration], root: Path) -> Iterator[AnalysisFinding]:
    for resource in resources:
        inputs = wire.plain(dict(resource.inputs))
        for rule in RULES:
            if rule.type == _type(resource) and (why := rule.breaks(inputs)):
                place = place_of(resource, root)
                yield AnalysisFinding(rule.name, why, place, rule.severity, resource.urn, "", rule.source)


def _type(resource: Registration) -> str:
    """Load balancers have two names in the provider, which make the same."""
    return resource.type.replace("aws:alb/", "aws:lb/")


def _plain_listener(inputs: Inputs) -> str:
    """Source: Terraform's AWS provider, aws_lb_listener: HTTP is the default; a Gateway Load Balancer's has no port."""
    if inputs.get("protocol", "HTTP" if "port" in inputs else "") not in ("HTTP", "TCP"):
        return ""
    redirects = [it.get("redirect", {}).get("protocol") for it in inputs.get("defaultActions", ())]
    return (
        ""
        if redirects and set(redirects) == {"HTTPS"}
        else f"Port {inputs.get('port')} is answered in plain text"
    )


def _old_listener(inputs: Inputs) -> str:
    policy = str(inputs.get("sslPolicy", ""))
    if inputs.get("protocol") not in ("HTTPS", "TLS") or policy.startswith(STRONG_POLICIES):
        return ""
    return f"The listener takes TLS older than 1.2 by policy {policy or 'of AWS, for none is named'!r}"


def _plain_targets(inputs: Inputs) -> str:
    plain = inputs.get("protocol") in ("HTTP", "TCP")
    return "From the load balancer to the tasks it is plain text" if plain else ""


def _plain_cache(inputs: Inputs) -> str:
    required = inputs.get("transitEncryptionEnabled") and inputs.get("transitEncryptionMode") == "required"
    return "" if required else "The cache takes connections without TLS"


def _plain_database(inputs: Inputs) -> str:
    if not str(inputs.get("family", "")).startswith("aurora-postgresql"):
        return ""
    forced = any(
        it.get("name") == "rds.force_ssl" and str(it.get("value")) == "1"
        for it in inputs.get("parameters", ())
    )
    return "" if forced else "The database takes connections without TLS"


def _plain_mesh(inputs: Inputs) -> str:
    mesh = inputs.get("serviceConnectConfiguration", {})
    plain = [it for it in mesh.get("services", ()) if not it.get("tls")]
    return "Between services it is plain text" if plain else ""


def _old_viewers(inputs: Inputs) -> str:
    least = inputs.get("viewerCertificate", {}).get("minimumProtocolVersion", "TLSv1")
    return "" if least in STRONG_VIEWERS else f"Viewers may come with {least}"


def _plain_viewers(inputs: Inputs) -> str:
    behaviours = [inputs.get("defaultCacheBehavior", {}), *inputs.get("orderedCacheBehaviors", ())]
    return (
        "Viewers may come in plain text"
        if any(it.get("viewerProtocolPolicy") == "allow-all" for it in behaviours)
        else ""
    )


_LISTENER = "aws:lb/listener:Listener"
_VIEWERS = "aws:cloudfront/distribution:Distribution"

RULES: Sequence[TransportRule] = (
    TransportRule("plain-listener", _LISTENER, Severity.HIGH, ALB_PAGE, _plain_listener),
    TransportRule("old-tls-listener", _LISTENER, Severity.HIGH, ALB_PAGE, _old_listener),
    TransportRule(
        "plain-targets", "aws:lb/targetGroup:TargetGroup", Severity.MEDIUM, ALB_PAGE, _plain_targets
    ),
    TransportRule(
        "plain-cache",
        "aws:elasticache/replicationGroup:ReplicationGroup",
        Severity.HIGH,
        CACHE_PAGE,
        _plain_cache,
    ),
    TransportRule(
        "plain-database",
        "aws:rds/clusterParameterGroup:ClusterParameterGroup",
        Severity.HIGH,
        DATABASE_PAGE,
        _plain_database,
    ),
    TransportRule("plain-mesh", "aws:ecs/service:Service", Severity.MEDIUM, MESH_PAGE, _plain_mesh),
    TransportRule("old-tls-viewers", _VIEWERS, Severity.HIGH, VIEWER_PAGE, _old_viewers),
    TransportRule("plain-viewers", _VIEWERS, Severity.HIGH, VIEWER_PAGE, _plain_viewers),
)
