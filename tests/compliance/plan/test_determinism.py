"""The same program gives the same bytes, whatever order Python keeps sets in."""

from pathlib import Path

from compliance.plan import write
from tests.compliance.program.driver import planned, written_program

PROGRAM = """
key = aws.kms.Key("key")
for name in sorted({"north", "south", "east"}):
    queue = aws.sqs.Queue(name, kms_master_key_id=key.arn, tags={"b": "2", "a": "1"})
    aws.sqs.QueuePolicy(name, queue_url=queue.url, policy=pulumi.Output.all(key.arn, queue.arn).apply(json.dumps))
pulumi.ComponentResource("shop:index:Cell", "cell")
"""


def test_the_plan_is_the_same_to_the_byte(tmp_path: Path) -> None:
    folder = written_program(tmp_path, PROGRAM)
    seen = set()
    for seed in ("0", "1", "4242"):
        path = tmp_path / f"{seed}.json"
        write(planned(folder, {"PYTHONHASHSEED": seed}), path)
        seen.add(path.read_bytes())
    assert len(seen) == 1


def test_the_document_is_on_one_line(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    write(planned(written_program(tmp_path, PROGRAM)), path)
    assert path.read_text().count("\n") == 1
