"""Load goes to an environment's own addresses, and to no other."""

import pytest

from load_tests.exceptions import LoadError, TargetRefused
from load_tests.targets import target
from tests.load_tests.plans import CATALOGUE

EDGE = "http://127.3.0.10:8080"


def of(environment: str, named: str | None = None, wanted: str | None = None) -> str:
    return target(CATALOGUE.environments[environment], named, wanted)


def test_a_twins_edge_is_what_estate_env_names() -> None:
    assert of("slice", EDGE) == EDGE
    assert of("slice", EDGE, EDGE + "/") == EDGE


def test_an_environment_on_aws_is_reached_by_its_name() -> None:
    assert of("staging") == "https://staging.estate.example"
    assert of("staging", None, "https://www.staging.estate.example") == "https://www.staging.estate.example"


@pytest.mark.parametrize(
    ("environment", "named", "wanted"),
    [
        ("slice", EDGE, "http://10.0.0.1:8080"),
        ("slice", EDGE, "http://www.example.org"),
        ("slice", EDGE, "http://localhost:8080"),
        ("slice", EDGE, "http://127.4.0.10:8080"),
        ("slice", EDGE, "http://127.3.0.10:8081"),
        ("slice", EDGE, "http://127.3.0.10:8080@example.org"),
        ("slice", EDGE, "ftp://127.3.0.10:8080"),
        ("slice", EDGE, "127.3.0.10:8080"),
        ("slice", "http://203.0.113.9", None),
        ("slice", None, EDGE),
        ("staging", None, "http://staging.estate.example"),
        ("staging", None, "https://prod.estate.example"),
        ("staging", None, "https://staging.estate.example.org"),
        ("staging", None, "https://notstaging.estate.example"),
        ("prod", None, None),
    ],
)
def test_anything_else_is_refused_in_one_sentence(
    environment: str, named: str | None, wanted: str | None
) -> None:
    with pytest.raises(TargetRefused) as caught:
        of(environment, named, wanted)

    assert isinstance(caught.value, LoadError)
    assert "\n" not in str(caught.value)


def test_production_is_not_rehearsed_on() -> None:
    with pytest.raises(TargetRefused, match="'prod' is not to be experimented on"):
        of("prod")
