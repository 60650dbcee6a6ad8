"""A program's new password is made by Secrets Manager."""

from tests.twin.aws.sample import CONFIG
from twin.aws.provider import EmulatorProvider

TOKEN = "aws:secretsmanager/getRandomPassword:getRandomPassword"


def test_a_password_is_as_asked_for_and_another_each_time(provider: EmulatorProvider) -> None:
    asked = {"passwordLength": 40, "excludePunctuation": True}
    first, second = (provider.invoke(TOKEN, asked, CONFIG)["randomPassword"] for _ in range(2))
    assert (len(first), first.isalnum()) == (40, True)
    assert first != second


def test_the_password_is_not_its_own_id(provider: EmulatorProvider) -> None:
    answer = provider.invoke(TOKEN, {}, CONFIG)
    assert answer["id"] != answer["randomPassword"]
