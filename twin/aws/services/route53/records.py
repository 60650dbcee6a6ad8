"""What the table cannot say of records: they have no id, and are made, changed and removed by one call."""

from typing import Any

from twin.aws.expressions import inputs_read
from twin.aws.resource import Call
from twin.aws.step import Step

__all__ = [
    "RECORD_PROPERTIES",
    "create_record",
    "delete_record",
    "find_record",
    "update_record",
    "without_last_dot",
]

_TEXTS = ("TXT", "SPF")
"""Types whose values Route 53 has in quotes, and Pulumi without."""

_RECORD_SET = {
    "Name": "name",
    "Type": "inputs.type",
    "TTL": "inputs.ttl",
    "ResourceRecords": "values[].{Value: @}",
    "AliasTarget": "inputs.aliases[0].{HostedZoneId: zoneId, DNSName: name, EvaluateTargetHealth: "
    "evaluateTargetHealth}",
    "SetIdentifier": "inputs.setIdentifier",
    "HealthCheckId": "inputs.healthCheckId",
    "Failover": "inputs.failoverRoutingPolicies[0].type",
    "Weight": "inputs.weightedRoutingPolicies[0].weight",
    "Region": "inputs.latencyRoutingPolicies[0].region",
    "GeoLocation": "inputs.geolocationRoutingPolicies[0].{ContinentCode: continent, CountryCode: country, "
    "SubdivisionCode: subdivision}",
    "MultiValueAnswer": "inputs.multivalueAnswerRoutingPolicy || null",
}

_CHANGE = Call(
    "change_resource_record_sets",
    {
        "HostedZoneId": "inputs.zoneId",
        "ChangeBatch": {"Changes": [{"Action": "action", "ResourceRecordSet": _RECORD_SET}]},
    },
)

RECORD_PROPERTIES = inputs_read(dict(_CHANGE.params)) | {"name", "records", "allowOverwrite"}
"""What `_CHANGE` carries, as it is or rewritten. Routing by CIDR block or proximity has no place in it."""


def without_last_dot(name: str) -> str:
    """``example.org.`` is ``example.org`` to Pulumi."""
    return name.removesuffix(".")


def create_record(step: Step) -> None:
    _put(step, "UPSERT" if step.inputs.get("allowOverwrite") else "CREATE")


def update_record(step: Step) -> None:
    _put(step, "UPSERT")


def _put(step: Step, action: str) -> None:
    zone = step.api("get_hosted_zone", Id=step.inputs["zoneId"])["HostedZone"]["Name"]
    step.outputs["fqdn"] = full_name(step.inputs["name"], zone)
    step.call(_CHANGE, action=action, name=step.outputs["fqdn"], values=_values(step.inputs) or None)


def full_name(name: str, zone: str) -> str:
    """The record's name with the zone's, which a program may leave out."""
    name, zone = without_last_dot(name), without_last_dot(zone)
    inside = name == zone or name.endswith(f".{zone}")
    return name if inside else f"{name}.{zone}" if name else zone


def _values(inputs: dict[str, Any]) -> list[str]:
    values = inputs.get("records") or []
    return [f'"{value}"' for value in values] if inputs["type"] in _TEXTS else values


def find_record(step: Step) -> None:
    """The item is the set of this name, type and identifier."""
    key = (
        without_last_dot(step.outputs.get("fqdn") or step.inputs["name"]),
        step.inputs["type"],
        step.inputs.get("setIdentifier"),
    )
    step.item = next((one for one in step.item if _key(one) == key), None)
    if step.item is not None:
        values = [one["Value"] for one in step.item.get("ResourceRecords", [])]
        quoted = step.item["Type"] in _TEXTS
        step.item["Values"] = (
            [value.removeprefix('"').removesuffix('"') for value in values] if quoted else values
        )


def _key(record_set: dict[str, Any]) -> tuple[str, str, str | None]:
    return without_last_dot(record_set["Name"]), record_set["Type"], record_set.get("SetIdentifier")


def delete_record(step: Step) -> None:
    """The set is gone. Route 53 removes only what is given exactly as it is."""
    step.item = step.call(step.row.read) if step.row.read else None
    find_record(step)
    if step.item is None:
        return
    step.item.pop("Values")
    change = {"Action": "DELETE", "ResourceRecordSet": step.item}
    step.api(
        "change_resource_record_sets", HostedZoneId=step.inputs["zoneId"], ChangeBatch={"Changes": [change]}
    )
