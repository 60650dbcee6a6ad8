"""A listener's rules as Envoy's routes: the same order, the same wildcards, the same answers.

Source: Application Load Balancers guide, "Listener rules for your Application Load Balancer" (conditions, actions).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twin.runtime.envoy.fragments import Resource, duration, header, header_regex
from twin.runtime.load_balancer.model import Listener, Rule, TargetGroup

__all__ = ["Routes", "routes"]

Document = Mapping[str, Any]


class _Unsupported(Exception):
    """The twin does not do what the rule says; the text says which part."""


@dataclass(frozen=True)
class Routes:
    """Attributes: problems: a sentence for each rule that is answered with a 503, because the twin cannot do it."""

    routes: tuple[Resource, ...]
    problems: tuple[str, ...]


def routes(listener: Listener, groups: Mapping[str, TargetGroup], idle_timeout_seconds: float) -> Routes:
    """Envoy's routes of the listener, in the order of the rules' priorities.

    Args: groups: by ARN.
    """
    made: list[Resource] = []
    problems: list[str] = []
    for rule in listener.rules:
        try:
            made.append(_route(rule, groups, idle_timeout_seconds))
        except _Unsupported as error:
            problems.append(f"Rule {rule.priority} of port {listener.port} answers 503: {error}.")
            made.append(_refusal(rule))
    return Routes(tuple(made), tuple(problems))


def _route(rule: Rule, groups: Mapping[str, TargetGroup], idle_timeout_seconds: float) -> Resource:
    if rule.actions and rule.actions[0]["Type"].startswith("authenticate"):
        raise _Unsupported(f"the twin does not do {rule.actions[0]['Type']}")
    action = rule.actions[-1]
    act = _ACTIONS.get(action["Type"])
    if act is None:
        raise _Unsupported(f"the twin does not know actions of type {action['Type']!r}")
    return {"match": _match(rule.conditions), **act(action, groups, idle_timeout_seconds)}


def _refusal(rule: Rule) -> Resource:
    """What can be matched of the rule is refused; where nothing can, so is everything that comes this far."""
    matches = [_partial_match(condition) for condition in rule.conditions]
    known = [it for it in matches if it is not None]
    match = _joined(known) if known else {"prefix": "/"}
    return {"match": match, "direct_response": {"status": 503}}


# Conditions


def _match(conditions: Sequence[Document]) -> Resource:
    return _joined([_condition(it) for it in conditions])


def _joined(headers: Sequence[Resource]) -> Resource:
    """Conditions on the path alone are told as such, for it is what Envoy is fast at."""
    match: Resource = {"prefix": "/"}
    paths = [it for it in headers if "path" in it]
    if len(paths) > 1:
        raise _Unsupported("it has two conditions on the path")
    if paths:
        match = {"safe_regex": {"regex": paths[0]["path"]}}
    if others := [it for it in headers if "path" not in it]:
        match["headers"] = others
    return match


def _partial_match(condition: Document) -> Resource | None:
    try:
        return _condition(condition)
    except _Unsupported:
        return None


def _condition(condition: Document) -> Resource:
    field = condition["Field"]
    read = _CONDITIONS.get(field)
    if read is None:
        raise _Unsupported(f"the twin does not do conditions on {field}")
    return read(condition)


def _values(condition: Document, member: str) -> list[str]:
    found = condition.get(member, {})
    if found.get("RegexValues"):
        raise _Unsupported("the twin does not do conditions by regular expression")
    return list(found.get("Values") or condition.get("Values") or ())


def _path(condition: Document) -> Resource:
    """Case matters; the query is no part of it."""
    return {"path": _any_of(_values(condition, "PathPatternConfig"))}


def _host(condition: Document) -> Resource:
    hosts = _any_of(_values(condition, "HostHeaderConfig"))
    return header_regex(":authority", f"(?i)(?:{hosts})(?::[0-9]+)?")


def _http_header(condition: Document) -> Resource:
    name = condition["HttpHeaderConfig"]["HttpHeaderName"]
    return header_regex(name.lower(), f"(?i){_any_of(_values(condition, 'HttpHeaderConfig'))}")


def _method(condition: Document) -> Resource:
    methods = _values(condition, "HttpRequestMethodConfig")
    return header_regex(":method", "|".join(re.escape(it) for it in methods))


def _query(condition: Document) -> Resource:
    """One of the pairs is somewhere in the query."""
    pairs = condition["QueryStringConfig"]["Values"]
    wanted = "|".join(_pair(it) for it in pairs)
    return header_regex(":path", f"(?i)[^?]*\\?(?:.*&)?(?:{wanted})(?:&.*)?")


def _pair(pair: Mapping[str, str]) -> str:
    key = _wildcards(pair["Key"], "[^&=]") if pair.get("Key") else "[^&=]*"
    return f"{key}={_wildcards(pair['Value'], '[^&]')}"


def _any_of(patterns: Sequence[str]) -> str:
    return "|".join(_wildcards(it, ".") for it in patterns)


def _wildcards(pattern: str, character: str) -> str:
    """``*`` is any number of characters, ``?`` is one, and a backslash takes either's meaning away."""
    parts = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    signs = {"*": f"{character}*", "?": character}
    return "".join(signs.get(it) or re.escape(it[-1]) for it in parts)


_CONDITIONS: Mapping[str, Callable[[Document], Resource]] = {
    "path-pattern": _path,
    "host-header": _host,
    "http-header": _http_header,
    "http-request-method": _method,
    "query-string": _query,
}


# Actions


def _forward(action: Document, groups: Mapping[str, TargetGroup], idle_timeout_seconds: float) -> Resource:
    """The load balancer waits for a target as long as it sends something, and does not try another."""
    weights = dict(_weights(action))
    if unknown := [arn for arn in weights if arn not in groups]:
        raise _Unsupported(f"target group {unknown[0]} is not there, or its targets are not known by address")
    if _is_sticky(action):
        raise _Unsupported("the twin does not do stickiness between target groups")
    positive = {groups[arn].cluster: weight for arn, weight in weights.items() if weight}
    waits = {"timeout": "0s", "idle_timeout": duration(idle_timeout_seconds)}
    if not positive:
        return {"direct_response": {"status": 503}}
    if len(positive) == 1:
        return {"route": {"cluster": next(iter(positive)), **waits}}
    shares = [{"name": name, "weight": weight} for name, weight in positive.items()]
    return {"route": {"weighted_clusters": {"clusters": shares}, **waits}}


def _weights(action: Document) -> Iterator[tuple[str, int]]:
    groups = action.get("ForwardConfig", {}).get("TargetGroups") or ()
    if not groups:
        yield action["TargetGroupArn"], 1
    for it in groups:
        yield it["TargetGroupArn"], int(it.get("Weight", 1))


def _is_sticky(action: Document) -> bool:
    return bool(action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {}).get("Enabled"))


def _fixed_response(action: Document, *_: object) -> Resource:
    given = action["FixedResponseConfig"]
    answer: Resource = {"status": int(given["StatusCode"])}
    if body := given.get("MessageBody"):
        answer["body"] = {"inline_string": body}
    kind = header("content-type", given.get("ContentType") or "text/plain")
    return {"direct_response": answer, "response_headers_to_add": [kind]}


def _redirect(action: Document, *_: object) -> Resource:
    """Members that name their own placeholder stay what they are in the request."""
    given = action["RedirectConfig"]
    told: Resource = {"response_code": _REDIRECTS[given["StatusCode"]]}
    protocol, host, port = (given.get(it, f"#{{{it.lower()}}}") for it in ("Protocol", "Host", "Port"))
    if protocol != "#{protocol}":
        told["scheme_redirect"] = protocol.lower()
    if host != "#{host}":
        told["host_redirect"] = _without_placeholders(host)
    if port != "#{port}":
        told["port_redirect"] = int(port)
    return {"redirect": told | _redirected_path(given)}


def _redirected_path(given: Document) -> Resource:
    path, query = given.get("Path", "/#{path}"), given.get("Query", "#{query}")
    told: Resource = {}
    if query == "":
        told["strip_query"] = True
    elif query != "#{query}":
        raise _Unsupported("the twin does not do redirects with a query of their own")
    if path != "/#{path}":
        substitution = path.replace("\\", "\\\\").replace("#{path}", "\\1")
        told["regex_rewrite"] = {
            "pattern": {"regex": "^/(.*)$"},
            "substitution": _without_placeholders(substitution),
        }
    return told


def _without_placeholders(text: str) -> str:
    if "#{" in text:
        raise _Unsupported(f"the twin does not do a redirect to {text!r}")
    return text


_REDIRECTS = {"HTTP_301": "MOVED_PERMANENTLY", "HTTP_302": "FOUND"}

_ACTIONS: Mapping[str, Callable[[Document, Mapping[str, TargetGroup], float], Resource]] = {
    "forward": _forward,
    "fixed-response": _fixed_response,
    "redirect": _redirect,
}
