"""Sealed values open for their own case and key and for nothing else."""

from __future__ import annotations

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.sealing import SealBroken, seal, unseal
from chalicelib.adapters.table import Update
from tests.fakes.memory_ports import memory_ports
from tests.fakes.pieces import CASE_ID, a_person, an_opening

KEY = b"k" * 32


def test_what_was_sealed_opens_again():
    assert unseal(KEY, seal(KEY, "Élodie".encode(), "c1"), "c1").decode() == "Élodie"


def test_the_same_text_sealed_twice_looks_different():
    assert seal(KEY, b"x", "c1") != seal(KEY, b"x", "c1")


@pytest.mark.parametrize(
    ("key", "case", "spoil"),
    [(b"x" * 32, "c1", 0), (KEY, "c2", 0), (KEY, "c1", 5), (KEY, "c1", 20)],
    ids=["another key", "another case", "a changed nonce", "a changed text"],
)
def test_it_does_not_open_otherwise(key, case, spoil):
    sealed = bytearray(seal(KEY, b"personal values", "c1"))
    if spoil:
        sealed[spoil] ^= 1
    with pytest.raises(SealBroken):
        unseal(key, bytes(sealed), case)


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_cut_off_value_is_broken_and_not_an_accident(length):
    with pytest.raises(SealBroken):
        unseal(KEY, seal(KEY, b"x" * 40, "c1")[:length], "c1")


def test_a_person_moved_to_another_case_with_its_key_does_not_open(store):
    store.ports.cases.open(an_opening())
    store.ports.cases.open(an_opening("01OTHER"))
    sealed = store.table.get(keys.case_pk(CASE_ID), "PERSON")
    moved = {name: sealed[name] for name in ("sealed", "wrapped")}
    store.table.update(Update(keys.case_pk("01OTHER"), "PERSON", moved))
    with pytest.raises(Exception, match=r"another case|InvalidCiphertext|does not belong"):
        store.ports.cases.person("01OTHER")
    assert store.ports.cases.person(CASE_ID) == a_person()


def test_a_carrier_token_sealed_under_rotated_credentials_is_refreshed_like_one_that_ran_out():
    world = memory_ports()
    from chalicelib.workflows.ports import CarrierToken
    from tests.fakes.pieces import NOW

    world.ports.carriers.keep_token(CarrierToken("fedex", "track", "tok", NOW, 3))
    world.secrets.values["carriers"] = {"fedex": {"account_number": "other"}}
    found = world.ports.carriers.token("fedex", "track")
    assert (found.token, found.version) == ("", 3)
    assert found.expires_at < NOW
    assert world.ports.carriers.claim_refresh("fedex", "track", found.version, NOW)
