"""What is written down of a name is read as it was."""

import pytest

from compliance.names import Name, Shape
from compliance.names.notation import read, written

NAMES = {
    "delaySeconds": Name("delaySeconds", "delay_seconds"),
    "topic=topic_arn": Name("topic", "topic_arn"),
    "tags%": Name("tags", "tags", Shape.MAP),
    "logging@s3/Logging": Name("logging", "logging", Shape.BLOCK, "s3/Logging"),
    "rules=rule[]s3/Rule~2": Name("rules", "rule", Shape.BLOCKS, "s3/Rule~2"),
    "specification%@lex/Specification": Name(
        "specification", "specification", Shape.BLOCK_MAP, "lex/Specification"
    ),
    "queues[1]": Name("queues", "queues", Shape.SCALAR_IN_LIST),
    "policy$": Name("policy", "policy", Shape.DOCUMENT),
    "newest?": Name("newest", "newest", is_guessed=True),
}


@pytest.mark.parametrize(("text", "name"), NAMES.items(), ids=str)
def test_a_name_is_read_as_it_was_written(text: str, name: Name) -> None:
    assert written(name) == text
    assert read(text) == name


def test_what_is_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        read("a=b=c")
