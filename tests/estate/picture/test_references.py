"""Which resource a piece of text means."""

import json

import pytest

from estate.picture.references import Located, References
from stacks.names import Layer
from tests.estate.picture.sample import PRIMARY, QUEUE, STANDBY, Program, arn, token

DATA = Program(Layer.DATA)
STANDBY_DATA = Program(Layer.DATA, is_standby=True)
ORDERS = DATA.resource(QUEUE, "orders", name="partner-health-fife")
COPY = STANDBY_DATA.resource(QUEUE, "orders", name="partner-health-fife")
OTHERS = DATA.resource(QUEUE, "others", name="partner-government-dwp")
BUCKET = DATA.resource("aws:s3/bucket:Bucket", "lake", bucket="lake-123456789012-eu-west-2")


@pytest.fixture(scope="module")
def references() -> References:
    return References(
        Located(each, program.region) for program in (DATA, STANDBY_DATA) for each in program.registrations
    )


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        pytest.param(token(ORDERS, "url"), [ORDERS], id="a token of any output"),
        pytest.param(arn(ORDERS, "sqs"), [ORDERS], id="an ARN around a token"),
        pytest.param(
            json.dumps({"Resource": [arn(OTHERS), arn(ORDERS)]}), [OTHERS, ORDERS], id="tokens in JSON"
        ),
        pytest.param({"a": [token(ORDERS)], "b": token(ORDERS, "arn")}, [ORDERS], id="each once"),
        pytest.param(f"arn:aws:sqs:{PRIMARY}:1:partner-health-fife", [ORDERS], id="an ARN of this region"),
        pytest.param(f"arn:aws:sqs:{STANDBY}:1:partner-health-fife", [COPY], id="an ARN of the other region"),
        pytest.param(f"arn:aws:sqs:{PRIMARY}:1:partner-*", [ORDERS, OTHERS], id="a pattern"),
        pytest.param("arn:aws:s3:::lake-123456789012-eu-west-2/*", [BUCKET], id="objects of a bucket"),
        pytest.param(f"arn:aws:sns:{PRIMARY}:1:partner-health-fife", [], id="another service"),
        pytest.param(f"arn:aws:sqs:{PRIMARY}:1:*", [], id="everything is nothing in particular"),
        pytest.param("partner-health-fife", [], id="a name alone"),
        pytest.param("pending-000000000000", [], id="a token of nothing known"),
    ],
)
def test_text_means_the_resources_that_it_names(
    references: References, value: object, meant: list[str]
) -> None:
    assert list(references.meant_by(value)) == meant
