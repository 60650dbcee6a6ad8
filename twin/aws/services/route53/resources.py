"""Rows of Amazon Route 53."""

from twin.aws.expressions import Text, Through
from twin.aws.resource import Call, Resource, Take
from twin.aws.services.route53.records import (
    RECORD_PROPERTIES,
    create_record,
    delete_record,
    find_record,
    update_record,
    without_last_dot,
)
from twin.aws.services.route53.zones import (
    associate_further_networks,
    associate_networks,
    bare_id,
    empty_zone,
)
from twin.aws.tags import Form, Tagging

__all__ = ["RESOURCES"]


def _tags(kind: str) -> Tagging:
    target = {"ResourceType": f"'{kind}'", "ResourceId": "id"}
    return Tagging(
        form=Form.KEY_VALUE,
        create={},
        add=Call("change_tags_for_resource", {**target, "AddTags": "tags"}),
        remove=Call("change_tags_for_resource", {**target, "RemoveTagKeys": "tag_keys"}),
        present="tagging.ResourceTagSet.Tags",
        read=Call("list_tags_for_resource", target),
    )


_ALARM = {"Name": "inputs.cloudwatchAlarmName", "Region": "inputs.cloudwatchAlarmRegion"}

RESOURCES = (
    Resource(
        token="aws:route53/zone:Zone",
        service="route53",
        id=Through(bare_id, "answer.HostedZone.Id"),
        create=Call(
            "create_hosted_zone",
            {
                "Name": "inputs.name",
                "CallerReference": "token",
                "DelegationSetId": "inputs.delegationSetId",
                "HostedZoneConfig": {"Comment": "inputs.comment", "PrivateZone": "!(!inputs.vpcs)"},
                "VPC": {
                    "VPCId": "inputs.vpcs[0].vpcId",
                    "VPCRegion": "inputs.vpcs && (inputs.vpcs[0].vpcRegion || region) || null",
                },
            },
        ),
        updates=(Call("update_hosted_zone_comment", {"Id": "id", "Comment": "inputs.comment"}),),
        after_create=associate_further_networks,
        before_update=associate_networks,
        read=Call("get_hosted_zone", {"Id": "id"}, pick="answer"),
        before_delete=empty_zone,
        delete=(Call("delete_hosted_zone", {"Id": "id"}),),
        outputs={
            "arn": Text("arn:aws:route53:::hostedzone/{id}"),
            "zoneId": "id",
            "name": Through(without_last_dot, "item.HostedZone.Name"),
            "comment": "item.HostedZone.Config.Comment",
            "nameServers": "item.DelegationSet.NameServers",
            "primaryNameServer": "item.DelegationSet.NameServers[0]",
            "delegationSetId": "item.DelegationSet.Id",
            "vpcs": "item.VPCs[].{vpcId: VPCId, vpcRegion: VPCRegion}",
        },
        defaults={"comment": "Managed by Pulumi"},
        replaces=frozenset({"name", "delegationSetId"}),
        ignored={"forceDestroy": "deletion reads it"},
        hook_reads=frozenset({"vpcs"}),
        tagging=_tags("hostedzone"),
    ),
    Resource(
        token="aws:route53/record:Record",
        service="route53",
        id="join('_', [inputs.zoneId, inputs.name, inputs.type, inputs.setIdentifier][?@])",
        after_create=create_record,
        refresh=True,
        before_update=update_record,
        read=Call(
            "list_resource_record_sets",
            {"HostedZoneId": "inputs.zoneId", "StartRecordName": "outputs.fqdn || inputs.name"},
            pick="answer.ResourceRecordSets",
        ),
        after_read=find_record,
        before_delete=delete_record,
        outputs={
            "fqdn": Through(without_last_dot, "item.Name"),
            "ttl": "item.TTL",
            "records": "item.Values",
            "aliases": "item.AliasTarget && [item.AliasTarget.{zoneId: HostedZoneId, name: DNSName, "
            "evaluateTargetHealth: EvaluateTargetHealth}]",
            "failoverRoutingPolicies": "item.Failover && [{type: item.Failover}]",
            "weightedRoutingPolicies": "item.Weight != null && [{weight: item.Weight}] || null",
            "latencyRoutingPolicies": "item.Region && [{region: item.Region}]",
            "geolocationRoutingPolicies": "item.GeoLocation && [item.GeoLocation.{continent: ContinentCode, "
            "country: CountryCode, subdivision: SubdivisionCode}]",
            "multivalueAnswerRoutingPolicy": "item.MultiValueAnswer",
        },
        replaces=frozenset({"zoneId", "name", "type", "setIdentifier"}),
        unread={
            "allowOverwrite": "creation reads it",
            "name": "the description has it in full; fqdn is compared",
        },
        hook_reads=RECORD_PROPERTIES,
    ),
    Resource(
        token="aws:route53/healthCheck:HealthCheck",
        service="route53",
        id="answer.HealthCheck.Id",
        create=Call(
            "create_health_check",
            {"CallerReference": "token", "HealthCheckConfig": {"AlarmIdentifier": _ALARM}},
            takes=Take.ALL,
            within="HealthCheckConfig",
            pick="answer.HealthCheck.HealthCheckConfig",
        ),
        updates=(
            Call(
                "update_health_check", {"HealthCheckId": "id", "AlarmIdentifier": _ALARM}, takes=Take.CHANGED
            ),
        ),
        read=Call("get_health_check", {"HealthCheckId": "id"}, pick="answer.HealthCheck.HealthCheckConfig"),
        delete=(Call("delete_health_check", {"HealthCheckId": "id"}),),
        outputs={
            "arn": Text("arn:aws:route53:::healthcheck/{id}"),
            "cloudwatchAlarmName": "item.AlarmIdentifier.Name",
            "cloudwatchAlarmRegion": "item.AlarmIdentifier.Region",
        },
        renames={
            "childHealthThreshold": "HealthThreshold",
            "fqdn": "FullyQualifiedDomainName",
            "invertHealthcheck": "Inverted",
        },
        defaults={"disabled": False, "invertHealthcheck": False},
        replaces=frozenset(
            {"type", "measureLatency", "referenceName", "requestInterval", "routingControlArn"}
        ),
        ignored={
            "referenceName": "it would be part of the caller's reference, which derives from the step here",
            "triggers": "their change makes Pulumi put an alarm's present settings into the check",
        },
        tagging=_tags("healthcheck"),
    ),
)
