"""Only what somebody agreed to is experimented on: anything else is refused before anything is asked."""

import pytest

from catalogue import load_catalogue
from chaos.exceptions import ChaosError, ExperimentInvalid, NotAllowed
from chaos.place import Place
from load_tests.exceptions import TargetRefused

SLICE = {
    "ESTATE_ENVIRONMENT": "slice",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:5001",
    "ESTATE_FAULTS_URL": "http://127.0.0.1:5002",
    "ESTATE_EDGE": "http://127.1.0.10:8080",
    "ESTATE_PROFILE": "aws",
    "ESTATE_CLOCK_FACTOR": "1",
}


def test_a_twin_is_known_by_its_exports() -> None:
    place = Place.of(load_catalogue(), SLICE)
    assert place.edge == SLICE["ESTATE_EDGE"]
    assert place.path == ("portal", "cell-families")
    assert not place.books.pays
    assert place.label.real_time
    assert place.label.in_words == "This ran on a twin of 'slice' on one machine, not on AWS."


@pytest.mark.parametrize(("name", "value"), [("ESTATE_PROFILE", "quick"), ("ESTATE_CLOCK_FACTOR", "0.5")])
def test_waits_that_are_not_real_are_no_real_time(name: str, value: str) -> None:
    assert not Place.of(load_catalogue(), SLICE | {name: value}).label.real_time


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param(
            {"ESTATE_FAULTS_URL": "http://10.0.0.1:5002"}, "leads to '10.0.0.1'", id="faults elsewhere"
        ),
        pytest.param(
            {"AWS_ENDPOINT_URL": "http://example.org"}, "leads to 'example.org'", id="API elsewhere"
        ),
        pytest.param({"AWS_ENDPOINT_URL": ""}, "AWS_ENDPOINT_URL is not set", id="AWS itself"),
        pytest.param({"ESTATE_ENVIRONMENT": "prod"}, "not to be experimented on", id="production"),
        pytest.param(
            {"ESTATE_ENVIRONMENT": "staging"}, "is on AWS, and AWS_ENDPOINT_URL leads to", id="a twin's API"
        ),
    ],
)
def test_what_nobody_agreed_to_is_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(NotAllowed, match=said):
        Place.of(load_catalogue(), SLICE | changes)


def test_load_goes_to_the_environments_own_edge_only() -> None:
    with pytest.raises(TargetRefused):
        Place.of(load_catalogue(), SLICE | {"ESTATE_EDGE": "http://203.0.113.7:80"})


def test_without_exports_nobody_knows_what_is_meant() -> None:
    with pytest.raises(ExperimentInvalid, match=r"eval \"\$\(estate env ENVIRONMENT\)\""):
        Place.of(load_catalogue(), {})


def test_aws_has_no_fault_endpoint() -> None:
    place = Place.of(load_catalogue(), {"ESTATE_ENVIRONMENT": "staging"})
    with pytest.raises(ChaosError, match="AWS has no API for this fault"):
        place.endpoint()
