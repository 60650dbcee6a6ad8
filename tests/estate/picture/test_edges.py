"""Which ways between parts are drawn."""

from collections.abc import Callable

import pytest

from estate.picture.reading import read
from stacks.names import Layer
from tests.estate.picture.sample import (
    STANDBY,
    Program,
    allow,
    arn,
    edge,
    queue,
    reach,
    route,
    service,
    small,
    token,
)

Ways = list[tuple[str, str, str]]
ANSWER = "primary/service/answer"
ASK = "primary/service/ask"


def ways(*programs: Program) -> Ways:
    picture = read("test", [it.stack for it in programs])
    return [(it.source, it.target, str(it.kind)) for it in picture.edges]


def test_everything_that_the_small_estate_opens_is_drawn_once() -> None:
    picture = read("test", small())

    assert [(it.source, it.target, str(it.kind)) for it in picture.edges] == [
        ("primary/cell/families", "primary/queue/benefits-of-families", "uses"),
        ("primary/cell/families", "primary/service/case", "calls"),
        ("primary/edge/edge", "primary/cell/families", "routes"),
        ("primary/service/case", "primary/database/core", "uses"),
        ("primary/service/case", "primary/queue/case-work", "uses"),
    ]


def test_a_rule_at_the_callee_opens_the_same_way_as_one_at_the_caller() -> None:
    services = Program(Layer.SERVICES)
    ask, answer = service(services, "ask", []), service(services, "answer", [])
    services.resource(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "answer-from-ask",
        securityGroupId=token(answer.group),
        referencedSecurityGroupId=token(ask.group),
    )

    assert ways(services) == [(ASK, ANSWER, "calls")]


def test_what_a_policy_denies_is_no_way() -> None:
    data, services = Program(Layer.DATA), Program(Layer.SERVICES)
    work = queue(data, "work")
    allow(services, service(services, "ask", []), "ask-policy", arn(work), effect="Deny")

    assert ways(data, services) == []


def test_a_service_that_may_reach_itself_has_no_edge() -> None:
    services = Program(Layer.SERVICES)
    ask = service(services, "ask", [])
    reach(services, ask, "ask-to-itself", ask.group)

    assert ways(services) == []


def test_keys_are_used_by_everything_and_drawn_with_no_edge() -> None:
    foundation, services = Program(Layer.FOUNDATION), Program(Layer.SERVICES)
    keys = foundation.component("estate:foundation:Keys", "keys")
    key = foundation.resource("aws:kms/key:Key", "keys-personal", keys)
    allow(services, service(services, "ask", []), "ask-policy", arn(key))

    assert ways(foundation, services) == []


def test_a_listener_rule_leads_from_the_edge_to_the_service() -> None:
    platform, services = Program(Layer.PLATFORM), Program(Layer.SERVICES)
    route(services, edge(platform), service(services, "answer", []), "answer-rule")

    assert ways(platform, services) == [("primary/edge/edge", ANSWER, "routes")]


def _topic(data: Program) -> Ways:
    topic = data.component("estate:data:Topic", "topic-news")
    made = data.resource("aws:sns/topic:Topic", "topic-news-topic", topic, name="news")
    data.resource(
        "aws:sns/topicSubscription:TopicSubscription",
        "news",
        topic=arn(made),
        endpoint=arn(queue(data, "work")),
    )
    return [("primary/topic/news", "primary/queue/work", "feeds")]


def _bus(data: Program) -> Ways:
    bus = data.component("estate:data:EventBus", "bus-agency")
    made = data.resource("aws:cloudwatch/eventBus:EventBus", "bus-agency-bus", bus, name="agency")
    data.resource(
        "aws:cloudwatch/eventTarget:EventTarget",
        "agency-target",
        eventBusName=arn(made),
        arn=arn(queue(data, "work")),
    )
    return [("primary/bus/agency", "primary/queue/work", "feeds")]


@pytest.mark.parametrize("declare", [_topic, _bus], ids=["a topic", "a bus"])
def test_what_is_announced_is_delivered_to_a_queue(declare: Callable[[Program], Ways]) -> None:
    data = Program(Layer.DATA)
    expected = declare(data)

    assert ways(data) == expected


def _bucket(here: Program, there: Program) -> str:
    for program in (here, there):
        store = program.component("estate:data:DocumentStore", "bucket-letters")
        program.resource(
            "aws:s3/bucket:Bucket", "bucket-letters-bucket", store, bucket=f"letters-{program.region}"
        )
    here.resource(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "letters-replication",
        bucket="letters-eu-west-2",
        rules=[{"destination": {"bucket": f"arn:aws:s3:::letters-{STANDBY}"}}],
    )
    return "bucket/letters"


def _database(here: Program, there: Program) -> str:
    primary = here.component("estate:data:Database", "database-core")
    cluster = here.resource("aws:rds/cluster:Cluster", "database-core-cluster", primary)
    everywhere = here.component("estate:data:GlobalDatabase", "global-core")
    here.resource(
        "aws:rds/globalCluster:GlobalCluster",
        "global-core-cluster",
        everywhere,
        globalClusterIdentifier="global-core",
        sourceDbClusterIdentifier=arn(cluster),
    )
    secondary = there.component("estate:data:Database", "database-core")
    there.resource(
        "aws:rds/cluster:Cluster", "database-core-cluster", secondary, globalClusterIdentifier="global-core"
    )
    return "database/core"


def _vault(here: Program, there: Program) -> str:
    vaults = [it.component("estate:recovery:BackupVault", "vault") for it in (here, there)]
    target = there.resource("aws:backup/vault:Vault", "vault-vault", vaults[1])
    rules = [{"copyActions": [{"destinationVaultArn": arn(target, "backup", STANDBY)}]}]
    here.resource("aws:backup/plan:Plan", "vault-plan", vaults[0], rules=rules)
    return "vault/vault"


@pytest.mark.parametrize("declare", [_bucket, _database, _vault], ids=["a bucket", "a database", "a vault"])
def test_a_store_is_copied_to_its_namesake_in_the_other_region(
    declare: Callable[[Program, Program], str],
) -> None:
    here, there = Program(Layer.DATA), Program(Layer.DATA, is_standby=True)
    name = declare(here, there)

    assert ways(here, there) == [(f"primary/{name}", f"standby/{name}", "copies")]
