"""Loopback addresses: a block a twin, and a number a zone."""

import pytest

from twin.runtime import addresses
from twin.runtime.addresses import claim
from twin.runtime.exceptions import NoAddressesLeft

ZONES = (("eu-west-2a", "eu-west-2b", "eu-west-2c"), ("eu-west-1a",))


def test_an_address_shows_its_zone_and_the_standby_begins_at_21() -> None:
    claimed = claim(ZONES)
    block = claimed.block
    assert [claimed.of(zone, 80) for region in ZONES for zone in region] == [
        f"127.{block}.1.80",
        f"127.{block}.2.80",
        f"127.{block}.3.80",
        f"127.{block}.21.80",
    ]
    assert claimed.zone_of(f"127.{block}.21.80") == "eu-west-1a"
    assert claimed.zone_of(claimed.edge) is None


def test_two_twins_have_different_blocks_for_as_long_as_both_live() -> None:
    first, second = claim(ZONES), claim(ZONES)
    assert first.block != second.block
    assert first.claim
    first.claim.close()
    assert claim(ZONES).block == first.block


def test_where_every_block_is_taken_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    first = claim(ZONES)
    monkeypatch.setattr(addresses, "_BLOCKS", first.block + 1)
    with pytest.raises(NoAddressesLeft, match="Take one of them down first"):
        claim(ZONES)
