"""Properties that the API keeps as attributes: a list of keys and texts."""

from collections.abc import Mapping
from typing import Any

from twin.aws.call import Call
from twin.aws.expressions import Expression, Through

__all__ = ["LISTENER", "LOAD_BALANCER", "TARGET_GROUP", "Attributes"]


class Attributes:
    """The attributes of one kind of resource.

    Args:
        modify, describe: the calls.
        target: the parameter that names the resource.
        keys: property path to attribute key and the value that AWS assumes.
    """

    def __init__(
        self,
        modify: str,
        describe: str,
        target: str,
        keys: Mapping[str, tuple[str, str]],
    ) -> None:
        self._modify, self._describe, self._target, self._keys = (
            modify,
            describe,
            target,
            keys,
        )

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(path.partition(".")[0] for path in self._keys))

    @property
    def setting(self) -> Call:
        """Puts what is declared, and AWS's assumption for what no longer is."""
        changed = Through(self._changed, "{now: inputs, was: old}")
        return Call(
            self._modify,
            {self._target: "id", "Attributes": changed},
            on=self.properties,
        )

    @property
    def reading(self) -> Call:
        """A map of the keys to the texts."""
        return Call(
            self._describe,
            {self._target: "id"},
            pick=Through(_as_map, "answer.Attributes"),
        )

    @property
    def outputs(self) -> dict[str, Expression]:
        """Properties out of the map, which the row's `also` calls ``attributes``."""
        outputs: dict[str, Any] = {}
        for path, (key, _) in self._keys.items():
            top, _, inner = path.partition(".")
            outputs[top] = _with(outputs.get(top), inner, f'attributes."{key}"')
        return outputs

    def _changed(self, given: Mapping[str, Any]) -> list[dict[str, str]]:
        now = {key: _at(given["now"], path) for path, (key, _) in self._keys.items()}
        was = {key: _at(given["was"], path) for path, (key, _) in self._keys.items()}
        assumed = dict(self._keys.values())
        values = {key: assumed[key] if now[key] is None else _text(now[key]) for key in now}
        return [
            {"Key": key, "Value": values[key]} for key in now if now[key] is not None or was[key] is not None
        ]


def _with(known: Any, inner: str, expression: str) -> Any:
    """The expressions of a nested property, with one more."""
    if not inner:
        return expression
    first, _, rest = inner.partition(".")
    known = known or {}
    return {**known, first: _with(known.get(first), rest, expression)}


def _at(properties: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(properties, list):
            properties = properties[0] if properties else None
        properties = properties.get(part) if isinstance(properties, Mapping) else None
    return properties


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_map(attributes: list[Mapping[str, str]]) -> dict[str, str]:
    return {attribute["Key"]: attribute.get("Value", "") for attribute in attributes}


# Keys and assumed values. Source: Elastic Load Balancing API Reference, LoadBalancerAttribute,
# TargetGroupAttribute, ListenerAttribute.
LOAD_BALANCER = Attributes(
    "modify_load_balancer_attributes",
    "describe_load_balancer_attributes",
    "LoadBalancerArn",
    {
        "enableDeletionProtection": ("deletion_protection.enabled", "false"),
        "enableCrossZoneLoadBalancing": ("load_balancing.cross_zone.enabled", "true"),
        "accessLogs.enabled": ("access_logs.s3.enabled", "false"),
        "accessLogs.bucket": ("access_logs.s3.bucket", ""),
        "accessLogs.prefix": ("access_logs.s3.prefix", ""),
        "connectionLogs.enabled": ("connection_logs.s3.enabled", "false"),
        "connectionLogs.bucket": ("connection_logs.s3.bucket", ""),
        "connectionLogs.prefix": ("connection_logs.s3.prefix", ""),
        "healthCheckLogs.enabled": ("health_check_logs.s3.enabled", "false"),
        "healthCheckLogs.bucket": ("health_check_logs.s3.bucket", ""),
        "healthCheckLogs.prefix": ("health_check_logs.s3.prefix", ""),
        "idleTimeout": ("idle_timeout.timeout_seconds", "60"),
        "clientKeepAlive": ("client_keep_alive.seconds", "3600"),
        "desyncMitigationMode": ("routing.http.desync_mitigation_mode", "defensive"),
        "dropInvalidHeaderFields": (
            "routing.http.drop_invalid_header_fields.enabled",
            "false",
        ),
        "preserveHostHeader": ("routing.http.preserve_host_header.enabled", "false"),
        "enableTlsVersionAndCipherSuiteHeaders": (
            "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
            "false",
        ),
        "enableXffClientPort": ("routing.http.xff_client_port.enabled", "false"),
        "xffHeaderProcessingMode": (
            "routing.http.xff_header_processing.mode",
            "append",
        ),
        "enableHttp2": ("routing.http2.enabled", "true"),
        "enableWafFailOpen": ("waf.fail_open.enabled", "false"),
        "enableZonalShift": ("zonal_shift.config.enabled", "false"),
        "dnsRecordClientRoutingPolicy": (
            "dns_record.client_routing_policy",
            "any_availability_zone",
        ),
    },
)

TARGET_GROUP = Attributes(
    "modify_target_group_attributes",
    "describe_target_group_attributes",
    "TargetGroupArn",
    {
        "deregistrationDelay": ("deregistration_delay.timeout_seconds", "300"),
        "connectionTermination": (
            "deregistration_delay.connection_termination.enabled",
            "false",
        ),
        "slowStart": ("slow_start.duration_seconds", "0"),
        "loadBalancingAlgorithmType": ("load_balancing.algorithm.type", "round_robin"),
        "loadBalancingAnomalyMitigation": (
            "load_balancing.algorithm.anomaly_mitigation",
            "off",
        ),
        "loadBalancingCrossZoneEnabled": (
            "load_balancing.cross_zone.enabled",
            "use_load_balancer_configuration",
        ),
        "preserveClientIp": ("preserve_client_ip.enabled", "false"),
        "proxyProtocolV2": ("proxy_protocol_v2.enabled", "false"),
        "lambdaMultiValueHeadersEnabled": (
            "lambda.multi_value_headers.enabled",
            "false",
        ),
        "stickiness.enabled": ("stickiness.enabled", "false"),
        "stickiness.type": ("stickiness.type", "lb_cookie"),
        "stickiness.cookieDuration": ("stickiness.lb_cookie.duration_seconds", "86400"),
        "stickiness.cookieName": ("stickiness.app_cookie.cookie_name", ""),
        "targetGroupHealth.dnsFailover.minimumHealthyTargetsCount": (
            "target_group_health.dns_failover.minimum_healthy_targets.count",
            "1",
        ),
        "targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage": (
            "target_group_health.dns_failover.minimum_healthy_targets.percentage",
            "off",
        ),
        "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsCount": (
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
            "1",
        ),
        "targetGroupHealth.unhealthyStateRouting.minimumHealthyTargetsPercentage": (
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
            "off",
        ),
    },
)

RESPONSE_HEADERS = {
    "AccessControlAllowCredentials": "access_control_allow_credentials",
    "AccessControlAllowHeaders": "access_control_allow_headers",
    "AccessControlAllowMethods": "access_control_allow_methods",
    "AccessControlAllowOrigin": "access_control_allow_origin",
    "AccessControlExposeHeaders": "access_control_expose_headers",
    "AccessControlMaxAge": "access_control_max_age",
    "ContentSecurityPolicy": "content_security_policy",
    "StrictTransportSecurity": "strict_transport_security",
    "XContentTypeOptions": "x_content_type_options",
    "XFrameOptions": "x_frame_options",
}

LISTENER = Attributes(
    "modify_listener_attributes",
    "describe_listener_attributes",
    "ListenerArn",
    {
        "tcpIdleTimeoutSeconds": ("tcp.idle_timeout.seconds", "350"),
        "routingHttpResponseServerEnabled": (
            "routing.http.response.server.enabled",
            "true",
        ),
        **{
            f"routingHttpResponse{name}HeaderValue": (
                f"routing.http.response.{key}.header_value",
                "",
            )
            for name, key in RESPONSE_HEADERS.items()
        },
    },
)
