"""Streams and queues of a served emulator are noticed."""

import pytest

from twin.aws.emulator.published.ledger import LEDGER
from twin.aws.emulator.published.streams import patch


def test_what_is_put_to_and_read_from_a_stream_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.kinesis.models import KinesisBackend, kinesis_backends

    for name in ("_send_stream_metrics", "get_records"):
        monkeypatch.setattr(KinesisBackend, name, getattr(KinesisBackend, name))
    patch()
    LEDGER.take(float("inf"))
    backend = kinesis_backends["123456789012"]["eu-west-2"]
    made = "published-here"
    backend.create_stream(made, 1, None, None)
    try:
        backend.put_record("", made, "key", "", "ZGF0YQ==")
        shard = next(iter(backend.streams[made].shards))
        iterator = backend.get_shard_iterator(None, made, shard, "TRIM_HORIZON", 0, None)  # type: ignore[arg-type]
        backend.get_records(None, iterator, 10)
        noted = LEDGER.take(float("inf"))
    finally:
        backend.delete_stream(None, made)
    assert {it.resource.name for it in noted} == {made}
    told = {it.metric: it.value for it in noted}
    assert (told["IncomingRecords"], told["IncomingBytes"], told["GetRecords.Records"]) == (1, 7, 1)
    assert told["GetRecords.IteratorAgeMilliseconds"] == 0
