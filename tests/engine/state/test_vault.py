"""Secrets in the state are ciphertext under a key of their own."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import wire
from engine.exceptions import StateCorrupt
from engine.secrets import Vault
from engine.state import Act, StateStore
from tests.engine.state.steps import intent, resource

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "secrets.key")


def test_what_is_sealed_opens_again(vault: Vault) -> None:
    @given(values)
    def check(value: Any) -> None:
        document = {"hidden": wire.secret(value), "list": [wire.secret(value)], "shown": value}
        assert vault.open(json.loads(json.dumps(vault.seal(document)))) == document

    check()


def test_a_sealed_secret_is_ciphertext_and_another_each_time(vault: Vault) -> None:
    first, second = (vault.seal({"password": wire.secret("correct horse")}) for _ in range(2))
    assert sorted(first["password"]) == sorted([wire.SIGNATURE, "ciphertext"])
    assert "correct" not in json.dumps(first)
    assert first != second


def test_the_key_is_its_owners_only_and_made_when_it_is_needed(tmp_path: Path, vault: Vault) -> None:
    assert vault.seal({"a": 1}) == {"a": 1}
    assert list(tmp_path.iterdir()) == []
    vault.seal(wire.secret("x"))
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.key"]
    assert stat.S_IMODE((tmp_path / "secrets.key").stat().st_mode) == 0o600


def test_another_vault_of_the_same_key_opens_it(tmp_path: Path, vault: Vault) -> None:
    assert Vault(tmp_path / "secrets.key").open(vault.seal(wire.secret("x"))) == wire.secret("x")


@pytest.mark.parametrize("text", ["another key", "", "no base64 !", "AAAA"])
def test_with_the_wrong_key_it_does_not_open_and_says_so(tmp_path: Path, vault: Vault, text: str) -> None:
    sealed = vault.seal(wire.secret("x"))
    key = tmp_path / "secrets.key"
    if text == "another key":
        key.unlink()
        Vault(key).seal(wire.secret("y"))
    else:
        key.write_text(text)
    with pytest.raises(StateCorrupt) as told:
        Vault(key).open(sealed)
    assert str(told.value) == (
        f"A secret in the state does not open with the key in '{key}'. "
        "Put the key back that belongs to this state, or take the twin away with 'estate down'."
    )


def test_a_damaged_secret_says_so(vault: Vault) -> None:
    sealed = vault.seal(wire.secret("x"))
    sealed["ciphertext"] = "A" * len(sealed["ciphertext"])
    with pytest.raises(StateCorrupt):
        vault.open(sealed)


def test_a_state_whose_key_is_lost_says_so(tmp_path: Path) -> None:
    state = StateStore(tmp_path).stack("shop", "main-test")
    state.begin(intent(Act.CREATE, "t", resource("a", inputs={"password": wire.secret("x")})))
    (tmp_path / "secrets.key").unlink()
    with pytest.raises(StateCorrupt, match="does not open with the key"):
        StateStore(tmp_path).stack("shop", "main-test")
