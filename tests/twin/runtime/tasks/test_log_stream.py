"""The log stream of a container, by which its execution role shows that it may write logs."""

import asyncio
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.twin.runtime.fake_control_plane import Answer, FakeControlPlane
from tests.twin.runtime.tasks.test_credentials import task
from twin.runtime.aws_calls import Identity
from twin.runtime.tasks.exceptions import CannotStart
from twin.runtime.tasks.log_stream import begin_log
from twin.runtime.tasks.model import Task

EXECUTION = Identity("ASIA-execution", "s", "t")


def logging(group: str | None = "/estate/case") -> Task:
    plain = task()
    main = replace(plain.definition.main, log_group=group, log_prefix="case")
    return replace(plain, definition=replace(plain.definition, main=main))


def begun(of: Task, answer: Answer | None = None, *, is_up: bool = True) -> FakeControlPlane:
    fake = FakeControlPlane()
    if answer is not None:
        fake.answers("logs", "create_log_stream", answer)
    fake.is_up = is_up
    asyncio.run(begin_log(fake.plane, of, EXECUTION))
    return fake


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "why"}}, "CreateLogStream")


def test_the_stream_is_named_by_prefix_container_and_task() -> None:
    fake = begun(logging())
    given = {"logGroupName": "/estate/case", "logStreamName": "case/case/7"}
    assert fake.calls == [("logs", "create_log_stream", given)]
    assert fake.callers == [("create_log_stream", "ASIA-execution")]


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_stream_that_cannot_be_made_keeps_the_task_from_starting(code: str) -> None:
    with pytest.raises(
        CannotStart, match=f"^ResourceInitializationError: failed to validate logger args: .*{code}: why"
    ):
        begun(logging(), refusal(code))


def test_a_stream_that_is_there_already_is_no_fault() -> None:
    begun(logging(), refusal("ResourceAlreadyExistsException"))


def test_a_task_starts_without_a_stream_where_nobody_answers_or_it_logs_elsewhere() -> None:
    begun(logging(), is_up=False)
    assert begun(logging(group=None)).calls == []
