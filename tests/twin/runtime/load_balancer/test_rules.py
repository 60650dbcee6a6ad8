"""Rules as the guide describes them: order, wildcards, actions; and what the twin cannot do is said."""

import re
from typing import Any

import pytest

from twin.runtime.load_balancer.model import Listener, Rule, TargetGroup
from twin.runtime.load_balancer.rules import Routes, routes

Document = dict[str, Any]


def group(name: str) -> TargetGroup:
    return TargetGroup(f"arn:{name}", name, "eu-west-2", True, "round_robin", 0, 300, True, None)


GROUPS = {it.arn: it for it in (group("portal"), group("cell"))}
FORWARD = {"Type": "forward", "TargetGroupArn": "arn:portal"}


def made(conditions: list[Document], action: Document = FORWARD) -> Routes:
    listener = Listener("listener", 443, "HTTPS", (Rule(10, tuple(conditions), (action,)),))
    return routes(listener, GROUPS, 60)


def match(*conditions: Document) -> Document:
    return made(list(conditions)).routes[0]["match"]


def path(*values: str) -> Document:
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(values)}}


def header(name: str, *values: str) -> Document:
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}


@pytest.mark.parametrize(
    ("patterns", "asked", "expected"),
    [
        pytest.param(["/img/*"], "/img/a/b.png", True, id="a star passes slashes"),
        pytest.param(["/img/*"], "/img/", True, id="and is nothing, too"),
        pytest.param(["/img/*"], "/img", False, id="what stands before it must be there"),
        pytest.param(["/a?c"], "/abc", True, id="a question mark is one character"),
        pytest.param(["/a?c"], "/ac", False, id="exactly one"),
        pytest.param(["/A"], "/a", False, id="case matters"),
        pytest.param(["/a.c"], "/abc", False, id="a dot is a dot"),
        pytest.param(["/a\\*"], "/a*", True, id="a star that was escaped"),
        pytest.param(["/a\\*"], "/ab", False, id="is no wildcard"),
        pytest.param(["/a", "/b/*"], "/b/c", True, id="one of several"),
    ],
)
def test_path_patterns(patterns: list[str], asked: str, expected: bool) -> None:
    regex = match(path(*patterns))["safe_regex"]["regex"]
    assert bool(re.fullmatch(regex, asked)) is expected


@pytest.mark.parametrize(
    ("condition", "name", "value", "expected"),
    [
        (
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
            ":authority",
            "A.Example.com:8080",
            True,
        ),
        (
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com"]}},
            ":authority",
            "example.com",
            False,
        ),
        (header("User-Agent", "*Chrome*"), "user-agent", "my chrome 1", True),
        (header("User-Agent", "*Chrome*"), "user-agent", "firefox", False),
        (
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]}},
            ":method",
            "HEAD",
            True,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1*"}]}},
            ":path",
            "/a?x=2&v=12&y=3",
            True,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1*"}]}},
            ":path",
            "/v=12?xv=12",
            False,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "on"}]}},
            ":path",
            "/a?any=on",
            True,
        ),
    ],
)
def test_other_conditions(condition: Document, name: str, value: str, expected: bool) -> None:
    (found,) = match(condition)["headers"]
    assert found["name"] == name
    assert bool(re.fullmatch(found["string_match"]["safe_regex"]["regex"], value)) is expected


def test_all_conditions_of_a_rule_must_hold() -> None:
    assert match(path("/a"), header("X", "1"), header("Y", "2")) == {
        "safe_regex": {"regex": "/a"},
        "headers": [
            {"name": "x", "string_match": {"safe_regex": {"regex": "(?i)1"}}},
            {"name": "y", "string_match": {"safe_regex": {"regex": "(?i)2"}}},
        ],
    }


WAITS = {"timeout": "0s", "idle_timeout": "60.000s"}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        pytest.param(FORWARD, {"route": {"cluster": "group-portal", **WAITS}}, id="forward"),
        pytest.param(
            {
                "Type": "forward",
                "ForwardConfig": {
                    "TargetGroups": [
                        {"TargetGroupArn": "arn:portal", "Weight": 9},
                        {"TargetGroupArn": "arn:cell", "Weight": 1},
                    ]
                },
            },
            {
                "route": {
                    "weighted_clusters": {
                        "clusters": [
                            {"name": "group-portal", "weight": 9},
                            {"name": "group-cell", "weight": 1},
                        ]
                    },
                    **WAITS,
                }
            },
            id="forward by weight",
        ),
        pytest.param(
            {
                "Type": "forward",
                "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "arn:portal", "Weight": 0}]},
            },
            {"direct_response": {"status": 503}},
            id="forward to nobody",
        ),
        pytest.param(
            {
                "Type": "redirect",
                "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
            },
            {
                "redirect": {
                    "response_code": "MOVED_PERMANENTLY",
                    "scheme_redirect": "https",
                    "port_redirect": 443,
                }
            },
            id="redirect to HTTPS",
        ),
        pytest.param(
            {
                "Type": "redirect",
                "RedirectConfig": {
                    "Host": "new.example.com",
                    "Path": "/now/#{path}",
                    "Query": "",
                    "StatusCode": "HTTP_302",
                },
            },
            {
                "redirect": {
                    "response_code": "FOUND",
                    "host_redirect": "new.example.com",
                    "strip_query": True,
                    "regex_rewrite": {"pattern": {"regex": "^/(.*)$"}, "substitution": "/now/\\1"},
                }
            },
            id="redirect elsewhere",
        ),
    ],
)
def test_actions(action: Document, expected: Document) -> None:
    assert made([], action).routes == ({"match": {"prefix": "/"}, **expected},)


@pytest.mark.parametrize(
    ("conditions", "action", "words"),
    [
        (
            [{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}],
            FORWARD,
            "conditions on source-ip",
        ),
        ([], {"Type": "authenticate-oidc"}, "authenticate-oidc"),
        ([], {"Type": "forward", "TargetGroupArn": "arn:gone"}, "arn:gone"),
        (
            [],
            {"Type": "redirect", "RedirectConfig": {"Query": "a=1&#{query}", "StatusCode": "HTTP_302"}},
            "query of their own",
        ),
    ],
)
def test_what_the_twin_cannot_do_answers_503_and_is_said(
    conditions: list[Document], action: Document, words: str
) -> None:
    it = made(conditions, action)
    assert it.routes == ({"match": {"prefix": "/"}, "direct_response": {"status": 503}},)
    assert len(it.problems) == 1
    assert words in it.problems[0]


def test_a_refused_rule_refuses_only_what_it_would_have_matched() -> None:
    it = made([path("/admin/*"), {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}])
    assert it.routes[0]["match"] == {"safe_regex": {"regex": "/admin/.*"}}
