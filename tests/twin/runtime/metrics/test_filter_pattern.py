"""Filter patterns match what the CloudWatch Logs user guide says that they match.

The examples and what they match are the guide's: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/
FilterAndPatternSyntax.html
"""

import json

import pytest

from twin.runtime.metrics.exceptions import PatternUnknown
from twin.runtime.metrics.filter_pattern import compiled

TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
    }
)
USERS = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [
            {"id": 2, "email": "John.Doe@example.com"},
            {"id": 3, "email": "Jane.Doe@example.com"},
        ],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    }
)
LATENCY = json.dumps({"latency": 700, "code": "E12", "level": "ERROR", "users": [1, 2]})


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ("", "anything", True),
        ("ERROR", "[ERROR] A fatal exception has occurred", True),
        ("ERROR", "[error] small", False),
        ('"ERROR" -Exiting', "Exiting with ERRORCODE: -1", False),
        ("ERROR Exception", "[ERROR] Caught IllegalArgumentException", True),
        ("ERROR Exception", "[ERROR] Caught", False),
        ('"two words"', "here are two words", True),
        ('"two words"', "two other words", False),
        ("?ERROR ?WARN", "WARN message", True),
        ("?ERROR ?WARN", "INFO message", False),
        ('{ $.eventType = "UpdateTrail" }', TRAIL, True),
        ("{ $.sourceIPAddress != 123.123.* }", TRAIL, True),
        ("{ $.sourceIPAddress != 111.111.* }", TRAIL, False),
        ('{ $.arrayKey[0] = "value" }', TRAIL, True),
        ("{ $.objectList[1].id = 2 }", TRAIL, True),
        ("{ $.SomeObject IS NULL }", TRAIL, True),
        ("{ $.SomeOtherObject NOT EXISTS }", TRAIL, True),
        ("{ $.ThisFlag IS TRUE }", TRAIL, True),
        ("{ $.ThisFlag IS FALSE }", TRAIL, False),
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', USERS, True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', USERS, False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }',
            USERS,
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) && '
            "$.actions[2] = nomatch }",
            USERS,
            False,
        ),
        ("{ $.users = 1 }", USERS, False),
        ("{ $.users != 1 }", USERS, False),
        ("{ $.latency >= 500 }", LATENCY, True),
        ("{ $.latency < 7e2 }", LATENCY, False),
        ("{ $.latency > +1000 }", LATENCY, False),
        ("{ $.latency = * }", LATENCY, True),
        ("{ $.missing = * }", LATENCY, False),
        ("{ $.code = E* }", LATENCY, True),
        ('{ $.level = "ERROR" }', LATENCY, True),
        ('{ $.level = "ERROR" }', '{"level": "WARN", "why": "ERROR"}', False),
        ('{ $.level = "ERROR" }', "ERROR in plain text", False),
        ('{ $.level = "ERROR" }', '{"level": "ERROR"', False),
    ],
)
def test_a_pattern_matches_as_documented(pattern: str, event: str, expected: bool) -> None:
    assert compiled(pattern).matches(event) is expected


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("[ip, user]", "space-delimited"),
        ("%ERR[0-9]%", "regular expressions"),
        ("{ $.code = %E[0-9]% }", "regular expressions"),
        ('{ $.level = "ERROR"', "brace is not closed"),
        ('"open', "quotation mark is not closed"),
        ("{ ($.level = a }", "bracket is not closed"),
        ("{ level = a }", "'level' is no selector"),
        ("{ $.level ~ a }", "'~' is no operator"),
        ("{ $.level > a }", "compares numbers"),
        ("{ $.level IS MAYBE }", "not by 'MAYBE'"),
        ("{ $.level = a b }", "'b' is not expected"),
        ("{ $.level }", "an operator is missing"),
    ],
)
def test_what_is_not_read_here_is_refused_with_a_sentence(pattern: str, why: str) -> None:
    with pytest.raises(PatternUnknown, match="is not read on the twin") as error:
        compiled(pattern)
    assert why in str(error.value)
