"""What is said when a client logs in to PostgreSQL."""

import struct
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from twin.runtime.relay.login import Answer, Ask, Forward, HangUp, Step
from twin.runtime.relay.postgres_login import PostgresLogin

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
WANTED = Answer(b"R" + struct.pack("!ii", 8, 3))


def start(user: str) -> bytes:
    body = f"user\0{user}\0database\0postgres\0\0".encode()
    return struct.pack("!ii", len(body) + 8, 196608) + body


def password(text: str) -> bytes:
    body = text.encode() + b"\0"
    return b"p" + struct.pack("!i", len(body) + 4) + body


def login() -> PostgresLogin:
    return PostgresLogin(("postgres", "estate_admin"))


def test_a_user_is_asked_for_a_token_and_the_server_hears_nothing_before_it_is_judged() -> None:
    talk = login()
    assert talk.take(start("case")) == [WANTED]
    assert talk.take(password("token")) == [Ask("case", "token")]
    assert not talk.is_over


def test_who_is_admitted_starts_at_the_server_with_what_was_said_meanwhile() -> None:
    talk = login()
    talk.take(start("case"))
    talk.take(password("token") + b"Q-first")
    assert talk.judged(is_admitted=True) == [Forward(start("case") + b"Q-first")]
    assert talk.is_over


def test_who_is_refused_reads_it_in_auroras_words_and_is_hung_up_on() -> None:
    talk = login()
    talk.take(start("case") + password("token"))
    answer, end = talk.judged(is_admitted=False)
    assert isinstance(answer, Answer)
    assert answer.data[:1] == b"E"
    assert struct.unpack("!i", answer.data[1:5])[0] == len(answer.data) - 1
    said = answer.data[5:].split(b"\0")
    assert said == [b"SFATAL", b"VFATAL", b"C28000", b'MPAM authentication failed for user "case"', b"", b""]
    assert end == HangUp()


def test_encryption_is_declined_before_the_start() -> None:
    assert login().take(SSL_REQUEST + start("case")) == [Answer(b"N"), WANTED]


def test_the_word_of_the_master_user_is_taken() -> None:
    talk = login()
    assert talk.take(SSL_REQUEST + start("estate_admin") + b"more") == [
        Answer(b"N"),
        Forward(start("estate_admin") + b"more"),
    ]
    assert talk.is_over


def test_a_request_to_cancel_passes() -> None:
    request = struct.pack("!iiii", 16, 80877102, 7, 9)
    assert login().take(request) == [Forward(request)]


def test_what_is_no_start_and_what_is_no_password_end_it() -> None:
    assert login().take(b"GET / HTTP/1.1\r\n\r\n")[-1] == HangUp()
    talk = login()
    talk.take(start("case"))
    assert talk.take(b"Q" + struct.pack("!i", 12) + b"select 1")[-1] == HangUp()
    assert talk.is_over


@settings(deadline=None)
@given(st.lists(st.integers(0, 200), max_size=6))
def test_it_does_not_matter_how_bytes_are_cut(cuts: list[int]) -> None:
    whole = SSL_REQUEST + start("case") + password("token")
    places = sorted({0, len(whole), *(it for it in cuts if it < len(whole))})
    talk, heard = login(), list[Step]()
    for begin, end in pairwise(places):
        heard += talk.take(whole[begin:end])
    assert heard == [Answer(b"N"), WANTED, Ask("case", "token")]
