"""A waiver holds until its last day, for what it names, and is missed where it is not needed."""

from datetime import date, timedelta

from compliance.results import Finding, Outcome, Waiver
from compliance.waivers import apply
from tests.compliance.plans import resource

TODAY = date(2026, 11, 22)
QUEUES = "estate:data:Queue"


def urn(name: str, component: str = QUEUES, kind: str = "aws:sqs/queue:Queue") -> str:
    return f"urn:pulumi:data-test::estate::{component}${kind}::{name}"


def finding(
    name: str, check: str = "CKV_AWS_27", outcome: Outcome = Outcome.FAILED, component: str = QUEUES
) -> Finding:
    address = f"aws_sqs_queue.{name}"
    return Finding(
        check, "Encrypted", outcome, resource(address, urn(name, component), f"{component} {name}")
    )


def waiver(glob: str, check: str = "CKV_AWS_27", expires: date = TODAY, ticket: str = "DEBT-001") -> Waiver:
    added = TODAY - timedelta(days=30)
    return Waiver(check, glob, "cloud-platform", "It is fixed with the next version.", ticket, added, expires)


def outcomes(found: list[Finding], *waivers: Waiver) -> list[Outcome]:
    return [it.outcome for it in apply(waivers, found, TODAY).findings]


def test_one_that_expires_today_holds() -> None:
    waived = apply([waiver(urn("work"), expires=TODAY)], [finding("work")], TODAY)
    assert [it.outcome for it in waived.findings] == [Outcome.WAIVED]
    assert waived.findings[0].waiver == waiver(urn("work"))
    assert waived.expired == []


def test_one_that_expired_yesterday_does_not_and_is_told() -> None:
    expired = waiver(urn("work"), expires=TODAY - timedelta(days=1))
    waived = apply([expired], [finding("work")], TODAY)
    assert [it.outcome for it in waived.findings] == [Outcome.FAILED]
    assert (waived.expired, waived.unused) == ([expired], [])


def test_one_that_is_not_needed_is_told() -> None:
    unused = [waiver(urn("gone")), waiver(urn("work"), check="CKV_AWS_26", ticket="DEBT-002")]
    waived = apply(unused, [finding("work"), finding("gone", outcome=Outcome.PASSED)], TODAY)
    assert waived.unused == unused


def test_one_that_expired_and_is_not_needed_is_unused_only() -> None:
    old = waiver(urn("gone"), expires=TODAY - timedelta(days=1))
    waived = apply([old], [finding("work")], TODAY)
    assert (waived.unused, waived.expired) == ([old], [])


def test_a_glob_covers_two_urns_and_no_third() -> None:
    found = [finding("work-a"), finding("work-b"), finding("other")]
    assert outcomes(found, waiver(urn("work-*"))) == [Outcome.WAIVED, Outcome.WAIVED, Outcome.FAILED]


def test_another_check_on_the_same_resource_still_fails() -> None:
    found = [finding("work"), finding("work", check="CKV_AWS_26")]
    assert outcomes(found, waiver(urn("work"))) == [Outcome.WAIVED, Outcome.FAILED]


def test_what_passed_is_not_waived() -> None:
    assert outcomes([finding("work", outcome=Outcome.PASSED)], waiver("urn:pulumi:*")) == [Outcome.PASSED]


def test_a_glob_over_two_types_of_component_waives_nothing_and_breaks_the_gate() -> None:
    found = [finding("work"), finding("work", component="estate:data:Topic")]
    waived = apply([waiver("urn:pulumi:*::work")], found, TODAY)
    assert [it.outcome for it in waived.findings] == [Outcome.FAILED, Outcome.FAILED]
    assert not waived.narrow.holds
    assert "DEBT-001 matches estate:data:Queue, estate:data:Topic" in waived.narrow.detail


def test_the_type_of_component_is_the_innermost_ones() -> None:
    nested = [finding("a", component=f"estate:platform:Edge${QUEUES}"), finding("b")]
    assert outcomes(nested, waiver(f"*{QUEUES}*")) == [Outcome.WAIVED, Outcome.WAIVED]


def test_outside_components_a_glob_covers_one_type_of_resource() -> None:
    def bare(name: str, kind: str) -> Finding:
        address = f"{kind}.{name}"
        found = resource(address, f"urn:pulumi:data-test::estate::{kind}::{name}")
        return Finding("CKV_AWS_27", "Encrypted", Outcome.FAILED, found)

    queues = [bare("a", "aws:sqs/queue:Queue"), bare("b", "aws:sqs/queue:Queue")]
    assert apply([waiver("urn:*")], queues, TODAY).narrow.holds
    assert not apply([waiver("urn:*")], [*queues, bare("a", "aws:sns/topic:Topic")], TODAY).narrow.holds


def test_a_decision_is_about_one_type_of_component_however_many_urns_it_names() -> None:
    found = [finding("a"), finding("b", component="estate:data:Topic")]
    decision = [waiver(urn("a")), waiver(urn("b", "estate:data:Topic"))]

    waived = apply(decision, found, TODAY)

    assert not waived.narrow.holds
    assert "DEBT-001" in waived.narrow.detail
    assert [it.outcome for it in waived.findings] == [Outcome.FAILED, Outcome.FAILED]


def test_the_first_of_two_that_match_counts_and_neither_is_unused() -> None:
    first, second = waiver(urn("work"), ticket="DEBT-001"), waiver(urn("*"), ticket="DEBT-002")
    waived = apply([first, second], [finding("work")], TODAY)
    assert waived.findings[0].waiver == first
    assert waived.unused == []
