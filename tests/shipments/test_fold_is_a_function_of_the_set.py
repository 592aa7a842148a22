"""Any order, any repetition, any split into batches, through the packed history: one state."""

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.shipments.events import CONDITIONS, MILESTONES, Place
from chalicelib.shipments.fold import fold, merge
from chalicelib.shipments.history import pack, unpack, within_limit
from tests.examples import some
from tests.shipments.journeys import HOME, OUT, scan

EXAMPLES = 2000
COUNTRIES = st.sampled_from(["FR", "CN", "DE", "HK", None])


@st.composite
def events(draw, names=12):
    """Scans that crowd together in time, share ids, and come from several sources."""
    return scan(
        f"e{draw(st.integers(0, names))}",
        draw(st.integers(0, 40)) / 40,
        draw(st.sampled_from([*MILESTONES, None])),
        draw(st.sampled_from([*CONDITIONS, None])),
        draw(st.sampled_from(["customs_inspection", "customs_released", "weather", None])),
        country=draw(COUNTRIES),
        source=draw(st.sampled_from(["fedex", "fedex_push", "mydhl", "dhl_push"])),
        code=draw(st.sampled_from(["DP", "CD"])),
        tz_source=draw(st.sampled_from(["offset", "place", "assumed"])),
        text=draw(st.sampled_from(["", "Left", "a|b\\p\n", "é" * 90])),
        withdraws_delivery=draw(st.integers(0, 9)) == 0,
        voids=draw(st.sampled_from([(), (), (), ("DP",), ("DP", "CD")])),
    )


@settings(max_examples=some(EXAMPLES), deadline=None)
@given(st.lists(events(), max_size=14), st.data(), st.sampled_from([HOME, OUT]))
def test_every_order_repetition_and_batching_gives_one_state(told, data, leg):
    shuffled = data.draw(
        st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=5) if told else st.just([])))
    )
    expected = fold(told, leg)
    lines: list[str] = []
    rest = list(shuffled)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        batch, rest = rest[:size], rest[size:]
        lines = pack(merge(unpack(lines), batch))
    assert unpack(lines) == merge((), told)
    assert fold(unpack(lines), leg) == expected
    assert fold(shuffled, leg) == expected


@settings(max_examples=some(300), deadline=None)
@given(st.lists(events(names=60), max_size=40, unique_by=lambda event: event.id), st.data())
def test_a_full_history_is_one_history_for_any_order_of_arrival(told, data):
    most = data.draw(st.integers(1, 20))
    kept: tuple = ()
    for event in data.draw(st.permutations(told)):
        kept = within_limit(merge(kept, [event]), most).events
    assert kept == within_limit(merge((), told), most).events


@settings(max_examples=some(300), deadline=None)
@given(st.lists(events(), max_size=14), st.sampled_from([HOME, OUT]))
def test_what_is_open_what_is_past_and_the_condition_agree(told, leg):
    state = fold(told, leg)
    still_open = [one for one in state.episodes if one.until is None]
    assert still_open == ([state.episodes[-1]] if state.condition != "ok" else [])
    assert (state.hold_episode is not None) == (state.condition == "held")
    assert (state.delivered_at is not None) <= (state.milestone == "delivered")
    scans_told = [name for one in state.episodes for name in one.scans]
    assert len(scans_told) == len(set(scans_told))


@given(st.text(), st.text(min_size=1), st.text() | st.none(), st.text() | st.none())
def test_any_words_of_a_carrier_survive_the_packing(text, code, city, exception):
    event = scan("a", 1, None, exception_code=exception, code=code, text=text)
    event = event._replace(place=Place(city, None))
    assert unpack(pack([event])) == (event,)
