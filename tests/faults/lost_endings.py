"""How a run of the lost parcel may end: where the undisturbed one does, with everybody told once of everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

from chalicelib.adapters.case_items import exception_of_item
from chalicelib.adapters.deliveries import delivery_of_item
from chalicelib.alerts.changes import is_spoken
from chalicelib.alerts.deliveries import Delivery
from chalicelib.alerts.exceptions import OpenException
from chalicelib.alerts.gathered import message_id_of, short_name
from chalicelib.alerts.routing import route
from chalicelib.alerts.told import Alert
from chalicelib.notices.register import message_id
from chalicelib.workflows.case_log import broken_at
from chalicelib.workflows.delivery_ports import Letter
from tests.faults.lost_parcel import LostWorld, Run, file_of, looking
from tests.faults.stories import CLAIRE, bought

YEAR = timedelta(days=400)
Change = tuple[str, str, str]
"""One change of an exception, whatever number the log gave it: kind, episode, what was done."""


LABEL = "label_lost"
A_PERSONS = frozenset({LABEL, "waybill_unknown", "pickup_unknown"})


@dataclass(frozen=True)
class Ending:
    """Where a run ended, without its clock and without the numbers that its log happened to give."""

    parcel: tuple[Any, ...]
    acts: tuple[int, ...]
    exceptions: Counter[tuple[str, str, str, str]]
    log: Counter[tuple[str, str, tuple[tuple[str, str], ...]]]
    occasions: frozenset[tuple[str, str]]
    told: Mapping[str, Counter[Change]]
    claims: tuple[tuple[Any, ...], ...]
    packs: tuple[tuple[str, frozenset[str]], ...]
    due: frozenset[tuple[str, str]]


def ending(world: LostWorld) -> Ending:
    """Read with the gate open: looking is not part of the story."""
    with looking(world):
        file = file_of(world)
        track = world.ports.tracks.file(world.carrier.name, bought(world) or "0").tracks[0]
        sold, couriers = world.carrier.memory.shipments, world.carrier.memory.pickups
        return Ending(
            parcel=(
                file.case.stage,
                track.state.milestone,
                track.state.condition,
                len(track.events),
                len(track.effects),
            ),
            acts=(len(sold), len(couriers), world.wire.orders),
            exceptions=Counter((one.kind, one.episode, one.status, one.severity) for one in _exceptions(world)),
            log=Counter((one.what, one.by, _timeless(one.facts)) for one in file.log),
            occasions=frozenset((name, one.status) for one in file.notices for name in one.names if _is_one(name)),
            told={one.id: told(world, one.id) for one in world.ports.merchant().receiver},
            claims=tuple(
                (
                    one.claim_id,
                    one.state,
                    one.kind,
                    one.claimed,
                    *(paid.reference for paid in one.payments),
                    one.received,
                )
                for one in file.claims
            ),
            packs=tuple((one.claim_id, frozenset(one.missing)) for one in file.packs),
            due=frozenset((one.kind, one.sk) for one in world.ports.due.due(world.now + YEAR, 200)),
        )


def _is_one(name: str) -> bool:
    """A summary is a way to tell of occasions, and none itself."""
    return not name.startswith("summary")


def _timeless(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in facts.items() if name != "at"))


def assert_sound(run: Run, twice: int | None = 0) -> None:
    """What holds of every run, disturbed or not. ``twice`` is how many mails and posts may have gone a second time;
    None: any, but none a third time."""
    world = run.world
    with looking(world):
        file = file_of(world)
        assert broken_at(file.log) is None, "the case log does not verify"
        assert not world.queues.waiting
        assert not world.dead
        assert not world.lying
        assert [one.message_id for one in all_deliveries(world) if one.state != "sent"] == []
        for one in world.ports.merchant().receiver:
            assert told(world, one.id) == owed(world, one.id), f"{one.id} was told otherwise than it asked"
        letters = Counter(letter.message_id for letter in to_the_customer(world))
        written = {message_id(world.case_id, one.key) for one in file.notices if one.status == "sent"}
        assert set(letters) == written, "a mail that nobody noted, or a note of a mail that nobody got"
        again = Counter(n - 1 for n in (*letters.values(), *said_again(world).values()))
        assert twice is None or again[1] <= twice, "something was said twice and nobody died in between"
        assert set(again) <= {0, 1}


def assert_ends_well(run: Run, wanted: Ending, twice: int | None = 0) -> None:
    """As the undisturbed run; a mail or a post twice only where its sender died before noting it. What a carrier's lost
    answer may leave behind (``endings``) is a person's task more, and nothing else."""
    assert_sound(run, twice=1 if run.may_repeat else twice)
    ended, asked = _without(ending(run.world), A_PERSONS)
    assert all(done <= most for done, most in zip(ended.acts, wanted.acts, strict=True)), "the carrier acted too often"
    if LABEL in asked:
        ended = replace(ended, packs=tuple((name, lacking - {"waybill_label"}) for name, lacking in ended.packs))
    if asked - {LABEL}:  # what was not known is what a person said: it stands in the log in their words
        ended = replace(ended, log=wanted.log, occasions=ended.occasions | wanted.occasions, acts=wanted.acts)
    assert ended == wanted, difference(ended, wanted)


def _without(ended: Ending, kinds: frozenset[str]) -> tuple[Ending, set[str]]:
    """The ending but for the exceptions of these kinds, and which there were."""
    asked = {kind for kind, *_ in ended.exceptions if kind in kinds}
    return replace(
        ended,
        exceptions=Counter({row: n for row, n in ended.exceptions.items() if row[0] not in kinds}),
        log=Counter({row: n for row, n in ended.log.items() if dict(row[2]).get("kind") not in kinds}),
        told={
            name: Counter({row: n for row, n in rows.items() if row[0] not in kinds})
            for name, rows in ended.told.items()
        },
    ), asked


def difference(ended: Any, wanted: Any) -> str:
    """The parts that are not as they should be."""
    parts = ((one.name, getattr(ended, one.name), getattr(wanted, one.name)) for one in fields(ended))
    return "; ".join(f"{name}: {_apart(seen, due)}" for name, seen, due in parts if seen != due)


def _apart(seen: Any, due: Any) -> str:
    if isinstance(seen, Counter):
        return f"too much {dict(seen - due)}, missing {dict(due - seen)}"
    if isinstance(seen, Mapping):
        return ", ".join(f"{name} {_apart(seen[name], due[name])}" for name in seen if seen[name] != due[name])
    return f"{seen} and not {due}"


def to_the_customer(world: LostWorld) -> list[Letter]:
    return [letter for letter in world.mail.sent if letter.to == CLAIRE.email]


def said_again(world: LostWorld) -> Counter[str]:
    """How often each delivery went out, by its id; a chat and the topic know none, and have what they were told."""
    posts = (headers.get("webhook-id") or body.decode() for _, headers, body in world.outbound.calls)
    letters = (letter.message_id for letter in world.mail.sent if letter.to != CLAIRE.email)
    return Counter([*posts, *letters, *(text for _, text in world.topic.said)])


def all_deliveries(world: LostWorld) -> list[Delivery]:
    return [delivery_of_item(item) for item in world.table.all_items() if item["SK"].startswith("DELIVERY#")]


def told(world: LostWorld, receiver: str) -> Counter[Change]:
    """Every change that this receiver was told of, alone or in a digest. An id that no change has ends the run."""
    named = {short_name(message_id_of(alert, receiver)): _change(alert) for alert in _alerts(world)}
    mine = [one for one in all_deliveries(world) if one.receiver == receiver]
    alone = [short_name(one.message_id) for one in mine if not one.event.startswith("digest.")]
    parts = [str(item["holds"]).split() for item in world.table.all_items() if _is_part(item, receiver)]
    return Counter(named[name] for name in (*alone, *(name for names in parts for name in names)))


def owed(world: LostWorld, receiver: str) -> Counter[Change]:
    """Every change that this receiver asked to be told of, as the histories have them."""
    receivers = world.ports.merchant().receiver
    return Counter(
        _change(alert)
        for alert in _alerts(world)
        for routed in route(alert, receivers, alert.note.at)
        if routed.receiver.id == receiver and routed.how != "no"
    )


def _alerts(world: LostWorld) -> list[Alert]:
    found = _exceptions(world)
    return [Alert(one, note) for one in found for note in one.history if is_spoken(one, note)]


def _exceptions(world: LostWorld) -> list[OpenException]:
    """All there are: those of the case, and those of receivers and carriers."""
    return [exception_of_item(item) for item in world.table.all_items() if item["SK"].startswith("EXCEPTION#")]


def _change(alert: Alert) -> Change:
    return alert.exception.kind, alert.exception.episode, alert.note.action


def _is_part(item: Mapping[str, Any], receiver: str) -> bool:
    return "holds" in item and str(item["PK"]).endswith(receiver)
