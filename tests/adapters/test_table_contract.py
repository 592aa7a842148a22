"""What every table promises, whatever it is made of."""

from __future__ import annotations

import pytest

from chalicelib.adapters.table import ABSENT, Delete, IndexEntry, PutNew, TransactionLost, Update


def item(sk="A", pk="CASE#1", **said):
    return {"PK": pk, "SK": sk, **said}


def due(n, at, pk="NUM#x"):
    return item(f"TRACK#{n}", pk, due_shard="DUE#1", due_at=at)


def test_what_is_put_is_read_back_as_plain_values(table):
    values = {
        "text": "Élodie",
        "n": 12,
        "no": False,
        "nothing": None,
        "bytes": b"\x00\xff",
        "list": [1, "a", {"b": []}],
    }
    assert table.put_new(item(**values))
    assert table.get("CASE#1", "A") == item(**values)


def test_what_is_not_there_is_none(table):
    assert table.get("CASE#1", "A") is None


def test_an_item_is_put_only_where_there_is_none(table):
    assert table.put_new(item(n=1))
    assert not table.put_new(item(n=2))
    assert table.get("CASE#1", "A") == item(n=1)


def test_a_put_that_was_carried_out_and_never_answered_counts_as_won_when_sent_again(table):
    assert table.put_new(item(n=1, wrote="m1"))
    assert table.put_new(item(n=1, wrote="m1"))
    assert not table.put_new(item(n=1, wrote="m2"))


def test_an_update_sets_removes_counts_and_leaves_what_it_does_not_know(table):
    table.put_new(item(n=1, old="x", from_a_newer_version="kept"))
    assert table.update(Update("CASE#1", "A", {"n": 2}, ["old", "never_there"], {"n": 1}, {"attempts": 1}))
    assert table.get("CASE#1", "A") == item(n=2, from_a_newer_version="kept", attempts=1)


def test_an_update_of_what_is_not_as_expected_changes_nothing(table):
    table.put_new(item(n=1))
    assert not table.update(Update("CASE#1", "A", {"n": 3}, expect={"n": 2}))
    assert not table.update(Update("CASE#1", "A", {"n": 3}, expect={"n": ABSENT}))
    assert not table.update(Update("CASE#1", "B", {"n": 3}, expect={"n": 2}))
    assert table.get("CASE#1", "A") == item(n=1)
    assert table.get("CASE#1", "B") is None


def test_an_update_that_expects_nothing_to_be_there_makes_the_item(table):
    assert table.update(Update("CASE#1", "A", {"n": 1}, expect={"n": ABSENT}))
    assert table.get("CASE#1", "A") == item(n=1)


def test_an_update_that_was_carried_out_and_never_answered_counts_as_won_when_sent_again(table):
    table.put_new(item(n=1))
    mine = Update("CASE#1", "A", {"n": 2, "wrote": "m1"}, expect={"n": 1})
    assert table.update(mine)
    assert table.update(mine)
    assert not table.update(Update("CASE#1", "A", {"n": 2, "wrote": "m2"}, expect={"n": 1}))


def test_attributes_with_reserved_names_can_be_written(table):
    reserved = {
        "number": "1",
        "status": "open",
        "value": "2",
        "count": 1,
        "condition": "ok",
        "at": "x",
        "by": "y",
    }
    table.put_new(item())
    assert table.update(Update("CASE#1", "A", reserved, expect={"status": ABSENT}))
    assert table.update(Update("CASE#1", "A", {"status": "done"}, ["value"], {"status": "open"}))


def test_a_deleted_item_is_gone_and_deleting_it_again_is_quiet(table):
    table.put_new(item())
    table.delete("CASE#1", "A")
    table.delete("CASE#1", "A")
    assert table.get("CASE#1", "A") is None


def test_a_partition_comes_in_order_and_only_what_was_asked(table):
    for sk in ("LOG#2", "LOG#1", "CASE", "LOG#3"):
        table.put_new(item(sk))
    table.put_new(item("LOG#1", pk="CASE#2"))
    assert [one["SK"] for one in table.partition("CASE#1")] == ["CASE", "LOG#1", "LOG#2", "LOG#3"]
    assert [one["SK"] for one in table.partition("CASE#1", "LOG#")] == ["LOG#1", "LOG#2", "LOG#3"]
    assert [one["SK"] for one in table.partition("CASE#1", "LOG#", after="LOG#1", limit=1)] == ["LOG#2"]
    assert [one["SK"] for one in table.partition("CASE#1", after="LOG#2", newest_first=True)] == [
        "LOG#1",
        "CASE",
    ]
    assert table.partition("CASE#3") == []


def test_a_partition_longer_than_one_page_is_read_to_its_end(table):
    for n in range(8):
        table.put_new(item(f"LOG#{n}", text="x" * 300_000))
    assert [one["SK"] for one in table.partition("CASE#1")] == [f"LOG#{n}" for n in range(8)]


def test_many_items_are_read_in_the_order_asked_and_those_gone_are_left_out(table):
    for n in range(130):
        table.put_new(item(f"LEG#{n}"))
    wanted = [("CASE#1", f"LEG#{n}") for n in (129, 500, *range(129), 5)]
    found = table.batch_get(wanted)
    assert [one["SK"] for one in found] == ["LEG#129", *(f"LEG#{n}" for n in range(129))]
    assert table.batch_get([]) == []


def test_a_transaction_writes_all(table):
    table.put_new(item("OLD"))
    table.put_new(item("A", n=1))
    table.transact([Update("CASE#1", "A", {"n": 2}, expect={"n": 1}), PutNew(item("B")), Delete("CASE#1", "OLD")])
    assert [one["SK"] for one in table.partition("CASE#1")] == ["A", "B"]
    assert table.get("CASE#1", "A") == item("A", n=2)


def test_a_transaction_whose_conditions_do_not_hold_writes_nothing_and_says_which(table):
    table.put_new(item("A", n=1))
    table.put_new(item("C"))
    with pytest.raises(TransactionLost) as lost:
        table.transact([Update("CASE#1", "A", {"n": 2}, expect={"n": 9}), PutNew(item("B")), PutNew(item("C"))])
    assert lost.value.failed == (0, 2)
    assert table.get("CASE#1", "B") is None


def test_a_transaction_of_none_or_of_more_than_a_hundred_is_refused(table):
    with pytest.raises(ValueError, match="100"):
        table.transact([])
    with pytest.raises(ValueError, match="100"):
        table.transact([PutNew(item(f"N#{n}")) for n in range(101)])


def test_a_float_is_refused(table):
    with pytest.raises(ValueError, match="float"):
        table.put_new(item(weight=0.1))


def test_an_index_holds_what_has_its_attributes_and_nothing_else(table):
    table.put_new(item("A", n=1))
    table.put_new(due(1, "2026-11-22T10:00:00Z"))
    assert table.index("due", "DUE#1", limit=9) == [IndexEntry("NUM#x", "TRACK#1", "2026-11-22T10:00:00Z")]
    table.update(Update("NUM#x", "TRACK#1", {}, ["due_shard", "due_at"]))
    assert table.index("due", "DUE#1", limit=9) == []
    table.update(Update("NUM#x", "TRACK#1", {"due_shard": "DUE#2", "due_at": "2026-11-22T11:00:00Z"}))
    assert [entry.at for entry in table.index("due", "DUE#2", limit=9)] == ["2026-11-22T11:00:00Z"]


def test_an_index_is_read_in_order_up_to_a_time_and_from_beyond_an_entry(table):
    for n in range(5):
        table.put_new(due(n, f"2026-11-22T1{n}:00:00Z"))
    entries = table.index("due", "DUE#1", limit=9, until="2026-11-22T13:00:00Z")
    assert [entry.sk for entry in entries] == ["TRACK#0", "TRACK#1", "TRACK#2", "TRACK#3"]
    beyond = table.index("due", "DUE#1", limit=2, until="2026-11-22T13:00:00Z", after=entries[1])
    assert [entry.sk for entry in beyond] == ["TRACK#2", "TRACK#3"]
    newest = table.index("due", "DUE#1", limit=2, newest_first=True)
    assert [entry.sk for entry in newest] == ["TRACK#4", "TRACK#3"]
    older = table.index("due", "DUE#1", limit=2, newest_first=True, after=newest[-1])
    assert [entry.sk for entry in older] == ["TRACK#2", "TRACK#1"]


def test_entries_of_the_same_instant_are_paged_without_loss_or_repeat(table):
    for n in range(7):
        table.put_new(due(n, "2026-11-22T10:00:00Z"))
    seen, after = [], None
    while page := table.index("due", "DUE#1", limit=2, after=after):
        seen += [entry.sk for entry in page]
        after = page[-1]
    assert sorted(seen) == [f"TRACK#{n}" for n in range(7)]
