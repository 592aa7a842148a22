"""What holds of the watch for any parcel, at any moment, however the schedule runs."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.places import Lane
from chalicelib.shipments.fold import fold
from chalicelib.shipments.thresholds import thresholds
from chalicelib.shipments.tracking_step import apply, at_peace, looked_after
from chalicelib.shipments.watch import next_due, untold, watch
from tests.shipments.journeys import HOME, START, scan, told, track

RULES = thresholds(START.date())
TICK = timedelta(microseconds=1)
SWEEP = timedelta(minutes=15)
LANES = [Lane("FR", "CN"), Lane("FR", "SA"), Lane("CN", "US")]
MILESTONES = [
    "announced", "picked_up", "in_transit", "in_transit", "export_customs", "import_customs", "import_cleared",
    "out_for_delivery", "delivery_attempted", "ready_for_collection", "returning", None,
]  # fmt: skip
CONDITIONS = [None, "ok", "ok", "delayed", "held", "action_required", "failed"]
REASONS = [None, "customs_documents_missing", "customs_inspection", "customs_duty_due", "address_incomplete", "odd"]


@st.composite
def scans(draw, most=8):
    """Some scans of one parcel over four weeks, in any places."""
    return tuple(
        scan(
            f"s{n}", draw(st.integers(0, 24 * 28 * 4)) / 4, draw(st.sampled_from(MILESTONES)),
            draw(st.sampled_from(CONDITIONS)), draw(st.sampled_from(REASONS)),
            country=draw(st.sampled_from(["FR", "CN", "BR", "SA", None])), city=draw(st.sampled_from(["A", "B", None])),
            action_by=draw(st.sampled_from([None, "customer", "merchant", "customs"])),
        )
        for n in range(draw(st.integers(0, most)))
    )  # fmt: skip


@st.composite
def parcels(draw):
    """A parcel as it may be."""
    events = draw(scans())
    return track(
        state=fold(events, HOME), events=events, created_at=START,
        carrier=draw(st.sampled_from(["fedex", "dhl", "ems"])), lane=draw(st.sampled_from(LANES)),
        service=draw(st.sampled_from([None, "INTERNATIONAL_PRIORITY", "CN_EMS_INSURED"])),
        eta=draw(st.sampled_from([None, START + timedelta(hours=50), START + timedelta(days=20)])),
        pickup_until=draw(st.sampled_from([None, START + timedelta(hours=7)])),
    )  # fmt: skip


moments = st.timedeltas(timedelta(0), timedelta(days=60)).map(lambda since: START + since)


def said(parcel, now):
    return {(one.episode, one.severity) for one in watch(parcel, now, RULES)}


@given(parcels(), moments)
def test_nothing_comes_true_between_two_looks(parcel, now):
    due = next_due(parcel, now, RULES)
    if due is None:
        due = now + timedelta(days=400)
    assert said(parcel, due - TICK) == said(parcel, now)


@given(parcels(), moments)
def test_there_is_one_concern_of_a_kind_and_each_knows_when_it_rose(parcel, now):
    concerns = watch(parcel, now, RULES)
    assert len({one.kind for one in concerns}) == len(concerns)
    for one in concerns:
        assert one.began_at <= one.risen_at <= now
        assert one.since <= one.risen_at
        assert (one.episode, one.severity) in said(parcel, one.risen_at)
        assert one.episode not in {episode for episode, _ in said(parcel, one.began_at - TICK)}


@given(parcels(), st.lists(st.sampled_from([1, 1, 1, 4, 24, 24 * 3]), min_size=1, max_size=40))
def test_however_late_the_sweeps_come_each_trouble_is_told_once_at_the_first_sweep_after_it(parcel, gaps):
    parcel, now = replace(parcel, due_at=START + SWEEP), START
    heard = []
    for gap in gaps:
        before, now = now, now + SWEEP * gap
        if parcel.due_at is None or parcel.due_at > now:
            assert said(parcel, before) == said(parcel, now)
            continue
        heard += [(one.episode, one.severity) for one in untold(parcel, now, RULES)]
        parcel = replace(parcel, due_at=next_due(parcel, now, RULES))
    assert len(heard) == len(set(heard))
    assert said(parcel, now) - {(e, s) for e, s in heard} == set()


@given(parcels(), scans(most=3), moments)
def test_news_leaves_no_concern_untold_and_closes_only_what_was_told(parcel, more, now):
    parcel = looked_after(replace(parcel, due_at=None, poll_after=now + timedelta(days=90)), now, RULES)
    known = {one.episode for one in watch(parcel, now, RULES)}
    after = apply(parcel, told(*(event._replace(id=f"n{event.id}") for event in more)), now, "fedex", RULES)
    if after is None:
        return
    closed = {effect.body["episode"] for effect in after.effects if effect.body.get("action") == "close"}
    watched = {one.episode: one for one in watch(after, now, RULES)}
    assert known - set(watched) == {episode for episode in closed if episode in known}
    fresh = [one for episode, one in watched.items() if episode not in known]
    assert all(after.due_at is not None and after.due_at <= one.risen_at for one in fresh)
    assert all(one in untold(at_peace(after, now, RULES), now, RULES) for one in fresh)
