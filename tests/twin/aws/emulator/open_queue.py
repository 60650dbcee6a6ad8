"""The policy of a queue to which a service of AWS may send."""

import json

__all__ = ["open_to"]


def open_to(service: str, queue_arn: str, source_arn: str) -> str:
    """Args: service: such as ``sns``. source_arn: of the topic or rule that may."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
