"""Queues of a region, and whether anything still waits in them."""

from runbooks.step import Scene

__all__ = ["not_drained"]

_WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
"""Source: docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html: exact once
producers have been silent for a minute."""

DEAD_LETTERS = "-dlq"
"""Part of the names of queues that nothing is taken from by itself (components/queue.py)."""


def not_drained(scene: Scene, region: str) -> str | None:
    """What waits where, as a sentence; dead letters are for people to look at."""
    client = scene.aws("sqs", region)
    urls = [it for page in client.get_paginator("list_queues").paginate() for it in page.get("QueueUrls", ())]
    waiting = {}
    for url in urls:
        if DEAD_LETTERS not in url:
            found = client.get_queue_attributes(QueueUrl=url, AttributeNames=list(_WAITING))["Attributes"]
            waiting[url.rpartition("/")[2]] = sum(int(found.get(it, 0)) for it in _WAITING)
    left = [f"{count} in {name}" for name, count in sorted(waiting.items()) if count]
    return f"Messages wait in {region}: {', '.join(left)}." if left else None
