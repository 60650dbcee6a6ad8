"""Samples of Certificate Manager."""

from tests.twin.aws.sample import Ref, Sample

CERTIFICATE = Sample(
    "aws:acm/certificate:Certificate",
    {
        "domainName": "apply.example.org",
        "subjectAlternativeNames": ["status.example.org"],
        "validationMethod": "DNS",
        "keyAlgorithm": "EC_prime256v1",
    },
    outputs=("arn", "domainValidationOptions", "status"),
)
VALIDATION = Sample(
    "aws:acm/certificateValidation:CertificateValidation",
    {"certificateArn": Ref("certificate", "arn")},
    needs={"certificate": CERTIFICATE},
    stays=True,
)

SAMPLES = (CERTIFICATE, VALIDATION)
