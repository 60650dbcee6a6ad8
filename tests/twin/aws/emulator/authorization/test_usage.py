"""Which permissions were used, and which never."""

from tests.twin.aws.emulator.authorization.documents import QUEUE, ROLE, allow, deny, policy
from twin.aws.emulator.authorization.decision import Ruling
from twin.aws.emulator.authorization.usage import MOST_REFUSALS, Usage, role_document

POLICY = policy(allow(["sqs:SendMessage", "sqs:Receive*", "sqs:PurgeQueue"], Sid="Queue"), deny("s3:*", "*"))


def test_a_statement_says_how_often_it_allowed_what_and_what_was_never_used() -> None:
    usage = Usage()
    for action in ("sqs:SendMessage", "sqs:SendMessage", "sqs:ReceiveMessage"):
        usage.allowed(ROLE, [Ruling(POLICY, POLICY.statements[0])], action, 7.0)
    document = role_document(ROLE, [POLICY], usage)
    queue, denial = document["statements"]
    assert (queue["sid"], queue["allowed"], queue["used"]) == (
        "Queue",
        3,
        {"sqs:ReceiveMessage": 1, "sqs:SendMessage": 2},
    )
    assert (queue["unused"], denial["unused"]) == (["sqs:PurgeQueue"], [])
    assert document["unused"] == [{"policy": "p", "sid": "Queue", "actions": ["sqs:PurgeQueue"]}]
    assert usage.last_used(ROLE) == {"sqs:SendMessage": 7.0, "sqs:ReceiveMessage": 7.0}


def test_a_refusal_is_counted_with_action_resource_and_reason() -> None:
    usage = Usage()
    for at in (1.0, 2.0):
        usage.refused(ROLE, "sqs:PurgeQueue", QUEUE, "because", at)
    usage.refused("another", "sqs:PurgeQueue", QUEUE, "because", 3.0)
    assert role_document(ROLE, [], usage)["refused"] == [
        {"action": "sqs:PurgeQueue", "resource": QUEUE, "reason": "because", "count": 2, "at": 2.0}
    ]


def test_the_oldest_refusals_are_forgotten() -> None:
    usage = Usage()
    for number in range(MOST_REFUSALS + 1):
        usage.refused(ROLE, "sqs:PurgeQueue", str(number), "because", 1.0)
    kept = [it["resource"] for it in usage.refusals(ROLE)]
    assert (len(kept), kept[0], kept[-1]) == (MOST_REFUSALS, "1", str(MOST_REFUSALS))
