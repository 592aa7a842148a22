"""Links of customers: unguessable, found by digest alone, expiring, ended by the next one, sealed beside the case."""

from __future__ import annotations

import itertools
from datetime import timedelta
from hashlib import sha256

import pytest

from chalicelib.adapters import keys
from chalicelib.adapters.links import TableLinks, digest_of, is_token, token_of
from chalicelib.errors import StaleVersion
from chalicelib.workflows.link_ports import KeptLink
from tests.fakes.memory_ports import MemoryKeys
from tests.fakes.memory_table import MemoryTable
from tests.fakes.pieces import CASE_ID, NOW, an_opening

DAYS = timedelta(days=1)
UNTIL = NOW + 180 * DAYS


@pytest.fixture
def links(ports):
    ports.cases.open(an_opening())
    return ports.links


class CountingTable(MemoryTable):
    """Counts what is read and written."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0

    def get(self, pk, sk):
        self.reads += 1
        return super().get(pk, sk)

    def update(self, write):
        self.writes += 1
        return super().update(write)

    def transact(self, writes):
        self.writes += 1
        return super().transact(writes)


def test_a_link_opens_its_case_until_it_ends(links):
    token = links.make(CASE_ID, "agent@desk", NOW, UNTIL)

    opened = links.open(token, UNTIL - timedelta(seconds=1))

    assert (opened.case_id, opened.made_by, opened.expires_at) == (CASE_ID, "agent@desk", UNTIL)
    assert links.open(token, UNTIL) is None


def test_the_link_in_force_can_be_sent_again(links):
    token = links.make(CASE_ID, "goldthread", NOW, UNTIL)

    assert links.current(CASE_ID, NOW + DAYS) == token
    assert links.current(CASE_ID, UNTIL) is None
    assert links.current("another", NOW) is None


def test_a_new_link_ends_the_one_before(links):
    first = links.make(CASE_ID, "goldthread", NOW, UNTIL)
    second = links.make(CASE_ID, "agent@desk", NOW + DAYS, UNTIL)

    assert links.open(first, NOW + DAYS) is None
    assert links.open(second, NOW + DAYS) is not None
    assert links.current(CASE_ID, NOW + DAYS) == second


def test_who_only_wants_a_link_gets_the_one_in_force(links):
    first = links.make(CASE_ID, "goldthread", NOW, UNTIL, only_if_none=True)

    assert links.make(CASE_ID, "goldthread", NOW + DAYS, UNTIL, only_if_none=True) == first
    assert links.make(CASE_ID, "goldthread", UNTIL, UNTIL + DAYS, only_if_none=True) != first


def test_a_link_taken_back_opens_nothing_and_its_token_is_gone_from_the_case(links, ports):
    token = links.make(CASE_ID, "goldthread", NOW, UNTIL)
    links.revoke(CASE_ID)
    links.revoke(CASE_ID)

    assert links.open(token, NOW) is None
    assert links.current(CASE_ID, NOW) is None
    (kept,) = ports.cases.file(CASE_ID).parts.of(KeptLink)
    assert kept.ended


def test_after_a_link_was_taken_back_a_new_one_may_be_made(links, ports):
    links.make(CASE_ID, "goldthread", NOW, UNTIL)
    links.revoke(CASE_ID)
    token = links.make(CASE_ID, "agent@desk", NOW, UNTIL)

    assert links.open(token, NOW) is not None
    assert ports.cases.file(CASE_ID).parts.of(KeptLink) == (KeptLink(CASE_ID, NOW, UNTIL, "agent@desk"),)


def test_wrong_orders_are_counted_at_the_link_and_begin_anew_with_a_new_one(links):
    token = links.make(CASE_ID, "goldthread", NOW, UNTIL)
    links.count_wrong_order(token)
    links.count_wrong_order(token)

    assert links.open(token, NOW).wrong_orders == 2
    assert links.open(links.make(CASE_ID, "agent@desk", NOW, UNTIL), NOW).wrong_orders == 0


def test_taking_back_a_link_that_never_was_does_nothing(links):
    links.revoke(CASE_ID)

    assert links.current(CASE_ID, NOW) is None


def of_table(table, start=1):
    numbers = itertools.count(start)
    return TableLinks(table, MemoryKeys(), lambda n: sha256(str(next(numbers)).encode()).digest()[:n])


def test_a_thousand_made_up_tokens_cost_no_read_and_no_write():
    table = CountingTable()
    links = of_table(table)
    good = links.make("c1", "goldthread", NOW, UNTIL)
    table.reads = table.writes = 0
    wrong = [good[:-1] + ("A" if good[-1] != "A" else "B"), good.upper(), "", "../../LINK", good + "A", "=" * 48]
    wrong += [sha256(str(n).encode()).hexdigest()[:48] for n in range(1000)]

    assert [links.open(one, NOW) for one in wrong] == [None] * len(wrong)
    assert (table.reads, table.writes) == (0, 0)


def test_an_unknown_an_expired_and_a_revoked_token_cost_the_same_one_read():
    table = CountingTable()
    links = of_table(table)
    expired = links.make("c1", "goldthread", NOW, NOW + DAYS)
    revoked = links.make("c2", "goldthread", NOW, UNTIL)
    links.revoke("c2")
    unknown = token_of(b"u" * 32)
    costs = []
    for token in (unknown, expired, revoked):
        table.reads = table.writes = 0
        assert links.open(token, NOW + 2 * DAYS) is None
        costs.append((table.reads, table.writes))

    assert costs == [(1, 0)] * 3


@pytest.mark.parametrize("place", range(48))
def test_one_mistyped_sign_is_found_before_anything_is_read(place):
    token = token_of(bytes(range(32)))
    other = "A" if token[place] != "A" else "B"

    assert not is_token(token[:place] + other + token[place + 1 :])


def test_the_table_holds_no_token():
    table = MemoryTable()
    token = of_table(table).make("c1", "goldthread", NOW, UNTIL)
    stored = [table.get(*keys.link_key(digest_of(token))), table.get(keys.case_pk("c1"), keys.LINK)]

    assert all(stored)
    assert token not in repr(stored)


def test_of_two_who_make_the_first_link_at_once_both_get_the_same():
    table = MemoryTable()
    keys_of_house = MemoryKeys()
    second = TableLinks(table, keys_of_house, lambda n: b"2" * n)

    def late(n: int) -> bytes:
        second.make("c1", "goldthread", NOW, UNTIL, only_if_none=True)
        return b"1" * n

    first = TableLinks(table, keys_of_house, late).make("c1", "goldthread", NOW, UNTIL, only_if_none=True)

    assert first == token_of(b"2" * 32)


class LostAnswer(MemoryTable):
    """Carries out a transaction and answers as if it had not."""

    def __init__(self, lost: int) -> None:
        super().__init__()
        self.lost = lost

    def transact(self, writes):
        from chalicelib.adapters.table import TransactionLost

        super().transact(writes)
        if self.lost:
            self.lost -= 1
            raise TransactionLost([0])


def test_a_link_whose_answer_was_lost_is_made_once_and_is_the_one_in_force():
    table = LostAnswer(1)
    links = of_table(table)
    token = links.make("c1", "goldthread", NOW, UNTIL)

    assert links.open(token, NOW) is not None
    assert links.current("c1", NOW) == token


class NeverWon(MemoryTable):
    def transact(self, writes):
        from chalicelib.adapters.table import TransactionLost

        raise TransactionLost([1])


def test_races_without_end_are_said_to_be_so():
    with pytest.raises(StaleVersion):
        of_table(NeverWon()).make("c1", "goldthread", NOW, UNTIL)
