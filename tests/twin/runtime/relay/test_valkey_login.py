"""What is said when a client logs in to Valkey."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.runtime.relay.login import Answer, Ask, Forward, HangUp, Step
from twin.runtime.relay.valkey_login import ValkeyLogin


def command(*words: str) -> bytes:
    parts = "".join(f"${len(it.encode())}\r\n{it}\r\n" for it in words)
    return f"*{len(words)}\r\n{parts}".encode()


AUTH, PING = command("AUTH", "sessions-case", "token"), command("PING")
REFUSED = Answer(b"-WRONGPASS invalid username-password pair or user is disabled.\r\n")


def login() -> ValkeyLogin:
    return ValkeyLogin(("sessions-legacy",))


@pytest.mark.parametrize(
    "said",
    [
        AUTH,
        command("auth", "sessions-case", "token"),
        command("HELLO", "3", "AUTH", "sessions-case", "token", "SETNAME", "case"),
        b"AUTH sessions-case token\r\n",
    ],
    ids=["auth", "lower case", "hello", "inline"],
)
def test_a_log_in_is_judged_before_the_server_hears_of_it(said: bytes) -> None:
    talk = login()
    assert talk.take(said) == [Ask("sessions-case", "token")]
    assert talk.judged(is_admitted=True) == [Forward(said)]
    assert talk.is_over


def test_a_password_without_a_user_is_the_default_users() -> None:
    assert login().take(command("AUTH", "token")) == [Ask("default", "token")]


def test_who_is_refused_may_try_again() -> None:
    talk = login()
    talk.take(AUTH)
    assert talk.judged(is_admitted=False) == [REFUSED]
    assert talk.take(AUTH) == [Ask("sessions-case", "token")]
    assert talk.judged(is_admitted=True) == [Forward(AUTH)]


def test_what_was_said_meanwhile_comes_after_the_log_in() -> None:
    talk = login()
    assert talk.take(AUTH + PING) == [Ask("sessions-case", "token")]
    assert talk.judged(is_admitted=True) == [Forward(AUTH + PING)]


def test_before_the_log_in_the_server_answers_for_itself() -> None:
    talk = login()
    assert talk.take(PING + AUTH) == [Forward(PING), Ask("sessions-case", "token")]


def test_the_word_of_a_user_with_a_password_is_taken() -> None:
    talk = login()
    said = command("AUTH", "sessions-legacy", "secret")
    assert talk.take(said + PING) == [Forward(said), Forward(PING)]
    assert talk.is_over


@pytest.mark.parametrize(
    "said", [b"*-1\r\n" + AUTH, b"*1\r\n:1\r\n", b"x" * 70_000], ids=["negative", "no string", "endless"]
)
def test_what_is_no_command_ends_it_before_the_server_can_read_it_otherwise(said: bytes) -> None:
    talk = login()
    assert talk.take(said)[-1] == HangUp()
    assert talk.is_over


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), max_size=6))
def test_it_does_not_matter_how_bytes_are_cut(cuts: list[int]) -> None:
    whole = PING + AUTH
    places = sorted({0, len(whole), *(it for it in cuts if it < len(whole))})
    talk, heard = login(), list[Step]()
    for begin, end in pairwise(places):
        heard += talk.take(whole[begin:end])
    assert heard == [Forward(PING), Ask("sessions-case", "token")]
