"""API tokens: shown once, stored as a digest."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.adapters.tokens import TableTokens, mint
from chalicelib.errors import ConflictError
from tests.fakes.memory_table import MemoryTable
from tests.fakes.pieces import NOW

RANDOM = bytes(range(30))


def minted(table, random=RANDOM):
    return mint(table, "mei", "support", ["returns:read", "returns:write"], NOW, 90, random)


def test_a_token_is_found_by_its_id_and_proven_by_its_digest():
    table = MemoryTable()
    text = minted(table)
    start, token_id, secret = text.split("_")
    token = TableTokens(table).read(token_id)
    assert (start, len(secret)) == ("gt", 48)
    assert token.token_hash == sha256(text.encode()).hexdigest()
    assert (token.holder, token.role, token.scopes) == ("mei", "support", ("returns:read", "returns:write"))
    assert (token.created_at, token.expires_at) == (NOW, NOW + timedelta(days=90))


def test_the_table_holds_nothing_that_opens_the_door():
    table = MemoryTable()
    assert minted(table).split("_")[2] not in repr(table.all_items())


def test_an_unknown_token_is_none():
    assert TableTokens(MemoryTable()).read("000102030405") is None


def test_too_little_chance_and_a_taken_id_are_refused():
    table = MemoryTable()
    minted(table)
    with pytest.raises(ConflictError):
        minted(table)
    with pytest.raises(ValueError, match="random"):
        minted(table, b"short")


def test_a_name_in_another_spelling_is_no_other_person():
    table = MemoryTable()
    texts = [
        mint(table, holder, "lead", ["settlements:approve"], NOW, 90, bytes([n]) * 30)
        for n, holder in enumerate(("Ann Lee", " ann  lee", "ＡＮＮ LEE"))
    ]
    assert {TableTokens(table).read(text.split("_")[1]).holder for text in texts} == {"ann lee"}


@pytest.mark.parametrize("holder", ["", "  ", "goldthread", "Customer", "terms"])
def test_no_token_is_held_by_nobody_by_the_house_itself_or_by_the_customer(holder):
    with pytest.raises(ValueError, match="held by a person or a tool"):
        mint(MemoryTable(), holder, "lead", [], NOW, 90, RANDOM)
