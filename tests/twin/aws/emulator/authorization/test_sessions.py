"""Credentials that say whose they are, and cannot be made up."""

import base64
import json
from dataclasses import asdict, replace
from pathlib import Path

from tests.twin.aws.emulator.authorization.documents import ROLE
from twin.aws.emulator.authorization.sessions import KEY_BYTES, Session, Sessions, kept_key

SESSION = Session(ROLE, "task", 1_800_000_000, "boot", "AROA1")
KEY = b"k" * KEY_BYTES


def test_a_session_is_known_again_by_another_emulator_with_the_same_key() -> None:
    issued = Sessions(KEY).issue(SESSION)
    assert Sessions(KEY).session(issued.access_key_id, issued.token) == SESSION
    assert issued.access_key_id.startswith("ASIA")
    assert (len(issued.access_key_id), len(issued.secret_access_key)) == (20, 40)


def test_no_two_sessions_have_the_same_key() -> None:
    sessions = Sessions(KEY)
    assert sessions.issue(SESSION).access_key_id != sessions.issue(SESSION).access_key_id


def test_a_token_of_another_key_is_none() -> None:
    issued = Sessions(b"x" * KEY_BYTES).issue(SESSION)
    assert Sessions(KEY).session(issued.access_key_id, issued.token) is None


def test_a_token_with_another_access_key_is_none() -> None:
    sessions = Sessions(KEY)
    assert sessions.session(sessions.issue(SESSION).access_key_id, sessions.issue(SESSION).token) is None


def test_a_token_whose_content_was_changed_is_none() -> None:
    sessions = Sessions(KEY)
    issued = sessions.issue(SESSION)
    raw = base64.b64decode(issued.token)
    forged = json.dumps([issued.access_key_id, asdict(replace(SESSION, expires_at=9_999_999_999))])
    token = base64.b64encode(raw[:KEY_BYTES] + forged.encode()).decode()
    assert sessions.session(issued.access_key_id, token) is None
    assert sessions.session(issued.access_key_id, "no token at all") is None
    assert sessions.session(issued.access_key_id, "") is None


def test_a_folder_keeps_one_key_which_only_its_owner_may_read(tmp_path: Path) -> None:
    key = kept_key(tmp_path)
    assert (len(key), kept_key(tmp_path)) == (KEY_BYTES, key)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]
