"""What is declared in plain text, or with old TLS, is found."""

from pathlib import Path
from typing import Any

import pytest

from compliance.analyses import transport_security
from compliance.results import AnalysisResult
from tests.compliance.analyses.graph import TODAY, registration

LISTENER = "aws:lb/listener:Listener"
TARGETS = "aws:lb/targetGroup:TargetGroup"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
SERVICE = "aws:ecs/service:Service"
VIEWERS = "aws:cloudfront/distribution:Distribution"
REDIRECT = {
    "protocol": "HTTP",
    "port": 80,
    "defaultActions": [{"redirect": {"protocol": "HTTPS"}, "type": "redirect"}],
}
STRONG = {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}


def _run(folder: Path, type_token: str, inputs: dict[str, Any]) -> AnalysisResult:
    register = folder / "reviewed.yaml"
    register.write_text("transport_security: []\n")
    resource = registration(type_token, "it", inputs, line=5)
    return transport_security.run([resource], Path("/program"), today=TODAY, register=register)


@pytest.mark.parametrize(
    ("type_token", "inputs", "rules"),
    [
        pytest.param(LISTENER, REDIRECT, [], id="plain, to say where to go"),
        pytest.param(LISTENER, {"protocol": "HTTP", "port": 80}, ["plain-listener"], id="plain"),
        pytest.param(LISTENER, {"port": 80}, ["plain-listener"], id="plain, for none is named"),
        pytest.param(LISTENER, {}, [], id="a gateway's, which has no port"),
        pytest.param(
            "aws:alb/listener:Listener",
            {"protocol": "HTTP", "port": 80},
            ["plain-listener"],
            id="plain, by the other name",
        ),
        pytest.param(
            "aws:alb/targetGroup:TargetGroup",
            {"protocol": "HTTP"},
            ["plain-targets"],
            id="to tasks, by the other name",
        ),
        pytest.param(
            LISTENER,
            {**REDIRECT, "defaultActions": [{"redirect": {"protocol": "HTTP"}, "type": "redirect"}]},
            ["plain-listener"],
            id="plain, to say that it goes on in plain",
        ),
        pytest.param(LISTENER, STRONG, [], id="TLS 1.2 and 1.3"),
        pytest.param(LISTENER, {"protocol": "HTTPS"}, ["old-tls-listener"], id="AWS's default policy"),
        pytest.param(
            LISTENER,
            {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"},
            ["old-tls-listener"],
            id="old",
        ),
        pytest.param(TARGETS, {"protocol": "HTTP"}, ["plain-targets"], id="to tasks"),
        pytest.param(TARGETS, {"protocol": "HTTPS"}, [], id="to tasks with TLS"),
        pytest.param(
            CACHE,
            {"transitEncryptionEnabled": True, "transitEncryptionMode": "required"},
            [],
            id="cache with TLS",
        ),
        pytest.param(
            CACHE,
            {"transitEncryptionEnabled": True, "transitEncryptionMode": "preferred"},
            ["plain-cache"],
            id="either",
        ),
        pytest.param(
            PARAMETERS,
            {"family": "aurora-postgresql17", "parameters": [{"name": "rds.force_ssl", "value": "1"}]},
            [],
            id="database with TLS",
        ),
        pytest.param(
            PARAMETERS, {"family": "aurora-postgresql17"}, ["plain-database"], id="database with either"
        ),
        pytest.param(SERVICE, {"serviceConnectConfiguration": {"services": [{}]}}, ["plain-mesh"], id="mesh"),
        pytest.param(SERVICE, {"serviceConnectConfiguration": {"enabled": True}}, [], id="a caller alone"),
        pytest.param(
            VIEWERS,
            {"viewerCertificate": {}, "defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}},
            ["old-tls-viewers", "plain-viewers"],
            id="viewers",
        ),
    ],
)
def test_a_declaration_breaks_these_rules(
    tmp_path: Path, type_token: str, inputs: dict[str, Any], rules: list[str]
) -> None:
    result = _run(tmp_path, type_token, inputs)

    assert [(it["rule"], it["place"]) for it in result.findings] == [(it, "stack.py:5") for it in rules]
    assert result.holds == (not rules)
