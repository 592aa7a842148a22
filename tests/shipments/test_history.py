"""The packed history is small, readable, lossless, and refuses what it did not write."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.shipments.events import MILESTONES, Place
from chalicelib.shipments.fold import merge
from chalicelib.shipments.history import HistoryUnreadable, pack, unpack, within_limit
from chalicelib.shipments.text import clip
from tests.shipments.journeys import JOURNEY, START, scan


def test_twenty_typical_scans_fit_in_2050_bytes():
    named = [event._replace(id=f"{n:016x}") for n, event in enumerate([*JOURNEY, *JOURNEY])]
    assert sum(len(line.encode()) for line in pack(named)) <= 2050


def test_a_line_can_be_read_by_a_person():
    assert pack([JOURNEY[2]]) == [
        "2026-11-24T17:00:00+01:00||XX||in_transit|||PARIS|FR|fedex|leaves|Left FedEx origin facility"
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "a|b\\c\nd\re"},
        {"text": ""},
        {"text": "已放行 📦"},
        {"reason": ""},
        {"exception_code": "08"},
        {"place": Place("", None)},
        {"place": Place("São Paulo|x", "BR")},
        {"responsible": "customs"},
        {"action_by": "merchant"},
        {"responsible": "weather", "withdraws_delivery": True},
        {"withdraws_delivery": True},
        {"voids": ("303", "336", "345")},
        {"action_by": "customs", "withdraws_delivery": True, "voids": ("704",)},
        {"tz_source": "place", "at_local": "2026-11-24T18:00:00"},
        {"tz_source": "place", "at_local": "2026-11-24T04:15:00"},
        {"tz_source": "assumed", "at_local": "24/11/2026 18:00"},
        {"tz_source": "place", "at_local": "2026-11-24T18:00:30.5"},
        {"at_local": "2026-11-24T18:00:00+08:00"},  # the carrier's offset was overruled
        {"at": START + timedelta(microseconds=1)},
        {"at_local": ""},
        {"tz_source": "place"},  # a clock with an offset, resolved by place all the same
    ],
    ids=str,
)
def test_nothing_is_lost_in_packing(change):
    event = scan("a", 1, "in_transit")._replace(**change)
    assert unpack(pack([event])) == (event,)


def test_a_place_and_source_that_do_not_change_are_written_once():
    first, second, third = pack([JOURNEY[2], JOURNEY[2]._replace(id="b"), JOURNEY[2]._replace(place=Place("", "FR"))])
    assert "|PARIS|FR|fedex|leaves|" in first
    assert '|"|"|"|b|' in second
    assert '|\\e|"|"|leaves|' in third


@given(
    st.lists(
        st.tuples(st.sampled_from(['"', '""', "\\q", "", None, "P|", "X"]), st.sampled_from(['"', None, "FR"])),
        max_size=6,
    )
)
def test_nothing_is_lost_in_packing_many_lines(places):
    events = tuple(
        scan(f"e{n}", n, "in_transit")._replace(place=Place(*place), source=place[0] or "fedex")
        for n, place in enumerate(places)
    )
    assert unpack(pack(events)) == events


def test_a_line_that_refers_to_one_before_it_is_refused_when_there_is_none():
    with pytest.raises(HistoryUnreadable):
        unpack(pack([scan("a", 1, "in_transit"), scan("b", 2, "in_transit")])[1:])


@pytest.mark.parametrize("milestone", [*MILESTONES, None])
def test_every_milestone_is_packed(milestone):
    event = scan("a", 1, milestone, "held")
    assert unpack(pack([event])) == (event,)


@pytest.mark.parametrize("line", ["", "|", "x", "2026-11-24T17:00:00|q+01:00|XX||in_transit|||P|FR|fedex|a|t"])
def test_a_line_we_did_not_write_is_refused(line):
    with pytest.raises(HistoryUnreadable):
        unpack([line])


def test_a_line_with_parts_of_a_later_version_is_still_read():
    assert unpack([pack([JOURNEY[2]])[0] + "||later"]) == (JOURNEY[2],)


def test_the_201st_event_is_counted_and_what_decides_the_state_is_kept():
    plain = [scan(f"t{n:03}", 60 + n, "in_transit") for n in range(200)]
    kept = within_limit(merge(JOURNEY, plain))
    assert (len(kept.events), kept.dropped) == (200, 10)
    assert {"pickup", "held", "released", "door"} <= {event.id for event in kept.events}
    assert "t199" in {event.id for event in kept.events}
    assert "t000" not in {event.id for event in kept.events}


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("abcdef", 3, "abc"),
        ("abc", 3, "abc"),
        ("ae\u0301x", 2, "a"),
        ("a\U0001f1eb\U0001f1f7\U0001f1e8\U0001f1f3", 4, "a\U0001f1eb\U0001f1f7"),
        ("a\U0001f44d\U0001f3fd", 2, "a"),
        ("a\U0001f469\u200d\U0001f527", 3, "a"),
        ("\u1112\u1161\u11ab", 2, "\u1112\u1161"),
        ("e" + "\u0301" * 9, 4, "e\u0301\u0301\u0301"),
        ("a\ud800", 9, "a\ufffd"),
    ],
)
def test_a_text_is_never_cut_inside_what_a_reader_sees_as_one_character(text, limit, kept):
    assert clip(text, limit) == kept
    assert clip(kept, limit) == kept
