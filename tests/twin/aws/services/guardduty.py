"""Samples of GuardDuty."""

from tests.twin.aws.sample import Sample

DETECTOR = Sample(
    "aws:guardduty/detector:Detector",
    {"enable": True, "findingPublishingFrequency": "FIFTEEN_MINUTES"},
    changes={"findingPublishingFrequency": "ONE_HOUR"},
    outputs=("accountId", "arn"),
)

SAMPLES = (DETECTOR,)
