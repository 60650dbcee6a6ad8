"""A record's name, which a program may give with or without its zone's."""

import pytest

from twin.aws.services.route53.records import full_name


@pytest.mark.parametrize(
    ("name", "zone", "full"),
    [
        ("apply", "example.org.", "apply.example.org"),
        ("apply.example.org", "example.org.", "apply.example.org"),
        ("_x.apply.example.org.", "example.org.", "_x.apply.example.org"),
        ("example.org", "example.org.", "example.org"),
        ("", "example.org.", "example.org"),
        ("badexample.org", "example.org.", "badexample.org.example.org"),
        ("*", "example.org", "*.example.org"),
    ],
)
def test_a_name_ends_with_its_zones(name: str, zone: str, full: str) -> None:
    assert full_name(name, zone) == full
