import pytest

from twin.aws.emulator.monitoring.actions import State
from twin.aws.emulator.monitoring.composite import children, holds, parsed
from twin.aws.emulator.monitoring.exceptions import RuleRefused

STATES = {
    "cpu": State.ALARM,
    "disk": State.OK,
    "net": State.INSUFFICIENT_DATA,
    "a b": State.ALARM,
    'q"q': State.ALARM,
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("ALARM(cpu)", True),
        ('ALARM("cpu")', True),
        ('ALARM("a b")', True),
        (r'ALARM("q\"q")', True),
        ("ALARM(arn:aws:cloudwatch:eu-west-2:123456789012:alarm:cpu)", True),
        ("ALARM(cpu) AND ALARM(disk)", False),
        ("ALARM(cpu) OR ALARM(disk)", True),
        ("ALARM(cpu) AND NOT ALARM(disk)", True),
        ("(ALARM(disk) OR ALARM(cpu)) AND OK(disk)", True),
        ("ALARM(disk) AND ALARM(disk) OR ALARM(cpu)", True),
        ("NOT (ALARM(cpu) OR OK(disk))", False),
        ("INSUFFICIENT_DATA(net)", True),
        ("TRUE AND NOT FALSE", True),
        ("AT_LEAST(2, ALARM, (cpu, disk, net))", False),
        ("AT_LEAST(1, ALARM, (cpu, disk, net))", True),
        ("AT_LEAST(60%, NOT ALARM, (cpu, disk, net))", True),
        ("AT_LEAST(67%, NOT ALARM, (cpu, disk, net))", False),
        ('AT_LEAST("50%", OK, ("disk", "net"))', True),
        ("ALARM(nobody)", False),
    ],
)
def test_a_rule_holds(rule: str, expected: bool) -> None:
    assert holds(parsed(rule), STATES.get) is expected


def test_each_child_is_named_once() -> None:
    assert children(parsed("ALARM(b) OR OK(a) OR AT_LEAST(1, OK, (b, c))")) == ["b", "a", "c"]


@pytest.mark.parametrize(
    "rule",
    ["", "ALARM", "ALARM()", "ALARM(a) AND", "ALARM(a) ALARM(b)", "RINGING(a)", "(ALARM(a)", "AT_LEAST(3, OK, (a, b))",
     "AT_LEAST(x, OK, (a))", "AT_LEAST(1, BAD, (a))", " OR ".join(f"ALARM(a{n})" for n in range(101))],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_refused(rule: str) -> None:
    with pytest.raises(RuleRefused):
        parsed(rule)
