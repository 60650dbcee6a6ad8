"""What a public answer's headers lack is found, pages and API told apart."""

import pytest

from compliance.analyses.response_headers import header_findings

GOOD = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
PAGE = GOOD | {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


@pytest.mark.parametrize(
    ("headers", "rules"),
    [
        pytest.param(GOOD, [], id="an API"),
        pytest.param(PAGE, [], id="a page"),
        pytest.param({}, ["strict-transport-security", "x-content-type-options"], id="nothing"),
        pytest.param(
            GOOD | {"strict-transport-security": "max-age=300"}, ["strict-transport-security"], id="too short"
        ),
        pytest.param(
            GOOD | {"server": "nginx/1.25.3", "x-powered-by": "PHP"}, ["server", "x-powered-by"], id="banner"
        ),
        pytest.param(GOOD | {"server": "envoy"}, [], id="a name without a version"),
        pytest.param(
            GOOD | {"content-type": "text/html"},
            ["content-security-policy", "referrer-policy", "x-frame-options"],
            id="a page like an API",
        ),
        pytest.param(
            PAGE | {"Content-Security-Policy": "default-src 'self'"}, ["x-frame-options"], id="framed"
        ),
    ],
)
def test_headers_are_judged(headers: dict[str, str], rules: list[str]) -> None:
    lower = {name.lower(): value for name, value in headers.items()}

    found = [it.rule.removeprefix("header-") for it in header_findings("http://edge/", lower)]

    assert found == rules
