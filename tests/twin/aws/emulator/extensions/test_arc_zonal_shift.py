"""A load balancer's traffic is shifted away from one zone, for a time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.twin.aws.emulator.conftest import Served
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extensions.arc_managed_resource import shown_shift
from twin.aws.emulator.extensions.arc_zonal_shift import expires_in_seconds

COMMENT = "drill"


def _balancer(served: Served, name: str, enabled: str = "true") -> str:
    elbv2 = served.clients("elbv2")
    subnets = [served.world["subnet_a"], served.world["subnet_b"]]
    arn = str(elbv2.create_load_balancer(Name=name, Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"])
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "zonal_shift.config.enabled", "Value": enabled}]
    )
    return arn


def _zone(served: Served, letter: str) -> str:
    zones = served.clients("ec2").describe_availability_zones(ZoneNames=[f"eu-west-2{letter}"])
    return str(zones["AvailabilityZones"][0]["ZoneId"])


def _start(served: Served, arn: str, **given: Any) -> Any:
    asked = {"awayFrom": _zone(served, "a"), "expiresIn": "30m", "comment": COMMENT, **given}
    return served.clients("arc-zonal-shift").start_zonal_shift(resourceIdentifier=arn, **asked)


@pytest.mark.parametrize(
    ("given", "seconds"), [("1m", 60), ("120m", 7200), ("20h", 72000), ("72h", 259200), ("4320m", 259200)]
)
def test_an_expiry_is_minutes_or_hours(given: str, seconds: int) -> None:
    assert expires_in_seconds(given) == seconds


@pytest.mark.parametrize("given", ["", "0m", "30", "30s", "1d", "73h", "4321m", "1.5h", "-1h", " 1h", "01h"])
def test_an_expiry_beyond_three_days_or_in_another_form_is_refused(given: str) -> None:
    with pytest.raises(AwsError) as raised:
        expires_in_seconds(given)
    assert (raised.value.code, raised.value.members) == (
        "ValidationException",
        {"reason": "InvalidExpiresIn"},
    )


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [("ACTIVE", 99.9, "ACTIVE"), ("ACTIVE", 100.0, "EXPIRED"), ("CANCELED", 200.0, "CANCELED")],
)
def test_a_shift_expires_when_its_time_is_over(status: str, now: float, expected: str) -> None:
    assert shown_shift({"status": status, "expiryTime": 100.0}, now)["status"] == expected


@pytest.mark.parametrize("zone", ["id", "name"])
def test_a_shift_is_shown_with_its_resource_until_it_is_cancelled(mended: Served, zone: str) -> None:
    arn, client, identifier = (
        _balancer(mended, f"shift-{zone}"),
        mended.clients("arc-zonal-shift"),
        _zone(mended, "a"),
    )
    shift = _start(mended, arn, awayFrom=identifier if zone == "id" else "eu-west-2a")
    assert (shift["status"], shift["awayFrom"], shift["comment"]) == ("ACTIVE", identifier, COMMENT)
    assert (shift["expiryTime"] - shift["startTime"]).total_seconds() == 1800
    resource = client.get_managed_resource(resourceIdentifier=arn)
    assert resource["appliedWeights"] == {identifier: 0.0, _zone(mended, "b"): 1.0}
    assert [(it["zonalShiftId"], it["appliedStatus"]) for it in resource["zonalShifts"]] == [
        (shift["zonalShiftId"], "APPLIED")
    ]
    assert client.cancel_zonal_shift(zonalShiftId=shift["zonalShiftId"])["status"] == "CANCELED"
    resource = client.get_managed_resource(resourceIdentifier=arn)
    assert (set(resource["appliedWeights"].values()), resource["zonalShifts"]) == ({1.0}, [])
    listed = client.list_zonal_shifts(resourceIdentifier=arn)["items"]
    assert [(it["status"], it["shiftType"]) for it in listed] == [("CANCELED", "ZONAL_SHIFT")]
    assert client.list_zonal_shifts(resourceIdentifier=arn, status="ACTIVE")["items"] == []


def test_a_resource_has_one_active_shift(extended: Served) -> None:
    arn, client = _balancer(extended, "single"), extended.clients("arc-zonal-shift")
    first = _start(extended, arn)
    with pytest.raises(client.exceptions.ConflictException) as raised:
        _start(extended, arn, awayFrom=_zone(extended, "b"))
    assert raised.value.response["reason"] == "ZonalShiftAlreadyExists"
    assert raised.value.response["zonalShiftId"] == first["zonalShiftId"]
    client.cancel_zonal_shift(zonalShiftId=first["zonalShiftId"])
    assert _start(extended, arn, awayFrom=_zone(extended, "b"))["status"] == "ACTIVE"


def test_an_active_shift_is_prolonged_and_an_ended_one_is_not(extended: Served) -> None:
    arn, client = _balancer(extended, "prolonged"), extended.clients("arc-zonal-shift")
    shift = _start(extended, arn)
    updated = client.update_zonal_shift(zonalShiftId=shift["zonalShiftId"], expiresIn="2h", comment="longer")
    assert updated["comment"] == "longer"
    assert 7190 < (updated["expiryTime"] - shift["startTime"]).total_seconds() < 7300
    client.cancel_zonal_shift(zonalShiftId=shift["zonalShiftId"])
    for operation, given in (("update_zonal_shift", {"comment": "late"}), ("cancel_zonal_shift", {})):
        with pytest.raises(client.exceptions.ConflictException) as raised:
            getattr(client, operation)(zonalShiftId=shift["zonalShiftId"], **given)
        assert raised.value.response["reason"] == "ZonalShiftStatusNotActive"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param({"awayFrom": "euw1-az1"}, "InvalidAz", id="another region's zone"),
        pytest.param({"awayFrom": "eu-west-2c"}, "InvalidAz", id="a zone that it is not in"),
        pytest.param({"expiresIn": "4d"}, "InvalidExpiresIn", id="expiry"),
    ],
)
def test_a_shift_that_cannot_be_is_refused(extended: Served, given: dict[str, str], reason: str) -> None:
    client = extended.clients("arc-zonal-shift")
    name = f"refused-{reason}-{given.get('awayFrom', '')}"
    with pytest.raises(client.exceptions.ValidationException) as raised:
        _start(extended, _balancer(extended, name[:32].strip("-")), **given)
    assert raised.value.response["reason"] == reason


def test_a_load_balancer_that_does_not_take_part_is_not_found(extended: Served) -> None:
    client, arn = extended.clients("arc-zonal-shift"), _balancer(extended, "aside", "false")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        _start(extended, arn)
    listed = client.list_managed_resources()["items"]
    assert arn not in [it["arn"] for it in listed]


def test_an_absent_shift_is_not_found(extended: Served) -> None:
    client = extended.clients("arc-zonal-shift")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.cancel_zonal_shift(zonalShiftId="absent-shift")


def test_settings_of_practice_runs_are_kept(extended: Served) -> None:
    client, arn = extended.clients("arc-zonal-shift"), _balancer(extended, "practice")
    alarms = [{"type": "CLOUDWATCH", "alarmIdentifier": "arn:aws:cloudwatch:eu-west-2:123456789012:alarm:a"}]
    with pytest.raises(client.exceptions.ConflictException):
        client.update_zonal_autoshift_configuration(resourceIdentifier=arn, zonalAutoshiftStatus="ENABLED")
    client.create_practice_run_configuration(resourceIdentifier=arn, outcomeAlarms=alarms)
    client.update_practice_run_configuration(resourceIdentifier=arn, blockedDates=["2026-12-25"])
    client.update_zonal_autoshift_configuration(resourceIdentifier=arn, zonalAutoshiftStatus="ENABLED")
    shown = client.get_managed_resource(resourceIdentifier=arn)
    assert shown["zonalAutoshiftStatus"] == "ENABLED"
    assert shown["practiceRunConfiguration"] == {"outcomeAlarms": alarms, "blockedDates": ["2026-12-25"]}
    with pytest.raises(client.exceptions.ConflictException):
        client.delete_practice_run_configuration(resourceIdentifier=arn)
    client.update_zonal_autoshift_configuration(resourceIdentifier=arn, zonalAutoshiftStatus="DISABLED")
    client.delete_practice_run_configuration(resourceIdentifier=arn)
    assert "practiceRunConfiguration" not in client.get_managed_resource(resourceIdentifier=arn)
    assert client.list_autoshifts()["items"] == []


def test_what_is_not_emulated_of_it_says_so(extended: Served) -> None:
    client = extended.clients("arc-zonal-shift")
    with pytest.raises(ClientError) as raised:
        client.start_practice_run(resourceIdentifier="arn:aws:x", awayFrom="euw2-az1", comment=COMMENT)
    assert raised.value.response["Error"]["Code"] == "NotImplemented"
