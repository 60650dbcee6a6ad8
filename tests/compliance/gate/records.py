"""Records of a scan in which everything is as it must be, to be spoiled in one way."""

from compliance.gate import Canaries, Manifest
from compliance.scanner import Document, Record, ScannerRecords, Verdict

ADDRESSES = frozenset({"aws_sqs_queue.work", "aws_s3_bucket.letters"})

MANIFEST = Manifest(
    scanner="checkov 1",
    checks_by_type={
        "aws_sqs_queue": ["CKV_AWS_27"],
        "aws_s3_bucket": ["CKV_AWS_18"],
        "aws_vpc": ["CKV2_AWS_11"],
    },
    graph_checks=frozenset({"CKV2_AWS_11"}),
)

CANARIES = Canaries(
    document={},
    fails=frozenset({("CKV_AWS_27", "aws_sqs_queue.canary")}),
    passes=frozenset({("CKV_AWS_7", "aws_kms_key.canary")}),
)

PLAN = Document(
    resources=ADDRESSES,
    records=[Record("CKV_AWS_27", "Encrypted", Verdict.PASSED, "aws_sqs_queue.work")],
    pairs=frozenset({("CKV_AWS_27", "aws_sqs_queue"), ("CKV_AWS_18", "aws_s3_bucket")}),
)

SUNG = Document(
    resources=frozenset({"aws_sqs_queue.canary", "aws_kms_key.canary"}),
    records=[
        Record("CKV_AWS_27", "Encrypted", Verdict.FAILED, "aws_sqs_queue.canary"),
        Record("CKV_AWS_7", "Rotated", Verdict.PASSED, "aws_kms_key.canary"),
    ],
)

GOOD = ScannerRecords("checkov 1", PLAN, SUNG, graph_checks=frozenset({"CKV2_AWS_11"}))


def verdict(check: str, address: str, verdict: Verdict) -> Record:
    return Record(check, "A check", verdict, address)
