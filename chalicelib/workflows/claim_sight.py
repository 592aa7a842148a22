"""One leg as its claims see it: what its carrier has said, what is wrong with it, who insures it, what it is worth.

Read anew at each look, so that a corrected scan, a released hold or a policy that was changed is worked with at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.alerts import escalation
from chalicelib.alerts.exceptions import OpenException
from chalicelib.errors import NotFoundError
from chalicelib.insurance.claim_starts import ARRIVED, ParcelFacts
from chalicelib.insurance.claim_states import BY_THE_RULES, ENDED, Claim, Party, Watch
from chalicelib.insurance.claims import KINDS, Policy, Standing, kind_of, standing, told_discovered
from chalicelib.merchant import Merchant
from chalicelib.money import Money
from chalicelib.places import Lane
from chalicelib.returns.case import worth_of
from chalicelib.shipments.leg import Leg, Track
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.parcels import is_taken_in, receipts_of
from chalicelib.workflows.ports import CaseFile, Ports

# The parcel is in our hands, whatever its carrier has told.
TAKEN_IN = frozenset({"received", "inspected", "in_repair"})
# Where a place of ours is no longer known: the day that ends first on Earth.
EARLIEST_ZONE = "Etc/GMT-14"


@dataclass(frozen=True, slots=True)
class Sight:
    """A leg of a case at one moment."""

    file: CaseFile
    leg: Leg
    facts: ParcelFacts
    policy: Policy | None
    troubles: tuple[OpenException, ...]
    worth: Money
    watch: Watch | None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims of this leg."""
        return tuple(one for one in self.file.claims if one.leg_n == self.leg.n)

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who may have to answer for it."""
        return ("carrier", "insurer") if self.policy else ("carrier",)

    @property
    def named_troubles(self) -> tuple[str, ...]:
        """What is wrong, by kind and by reason."""
        return tuple(dict.fromkeys(name for one in self.troubles for name in (one.kind, one.reason) if name))

    def standing(self, claim: Claim) -> Standing:
        """The clocks of a claim today."""
        return standing(claim.party, claim.kind, told_discovered(self.facts, claim), self.policy)

    def reminders(self) -> tuple[OpenException, ...]:
        """What was told of the claims of this leg, resolved or not."""
        prefix = f"claim-{self.leg.n}-"
        return tuple(one for one in self.file.exceptions if one.kind in KINDS and one.episode.startswith(prefix))


def sight_of(ports: Ports, case_id: str, leg_n: int, now: datetime) -> Sight:
    """Read a leg; raises ``NotFoundError`` without the case or the leg."""
    file = ports.cases.file(case_id)
    leg = next((one for one in file.legs if one.n == leg_n), None) if file else None
    if file is None or leg is None:
        raise NotFoundError("no case has this leg")
    return see(ports, file, leg, now)


def see(ports: Ports, file: CaseFile, leg: Leg, now: datetime) -> Sight:
    """A leg of a case that was read."""
    merchant = ports.merchant()
    watch = next((one for one in file.watches if one.leg_n == leg.n), None)
    track = _track(ports, leg)
    receipts = receipts_of(file, leg.n)
    by_stage = leg.direction == "home" and file.case.stage in TAKEN_IN
    taken_in = is_taken_in(file, leg.n) if receipts else by_stage
    # What we found when we opened it is no better for our having it.
    came = min((one.received_at for one in receipts), default=None) if taken_in else None
    seen_at = came or _seen_well_at(track, taken_in=taken_in, now=now)
    troubles = _troubles(file, leg, seen_at, now)
    facility = merchant.facility_called(leg.return_to)
    facts = ParcelFacts(
        leg=leg,
        track=track,
        opened_at=file.case.created_at,
        discovered_at=_discovered_at(file, leg, troubles, watch, now),
        our_zone=facility.time_zone if facility else EARLIEST_ZONE,
        regions=_regions(file, merchant, leg),
        taken_in=taken_in,
    )
    worth = worth_of(plan_of(file, leg).request.items) or leg.customs_value
    return Sight(file, leg, facts, policy_of(file, leg, merchant), troubles, worth, watch)


def policy_of(file: CaseFile, leg: Leg, merchant: Merchant) -> Policy | None:
    """The policy that was planned for the parcel of this leg; its notice days as planned or as the merchant file has
    them now, whichever is shorter."""
    cover: Mapping[str, Any] = plan_of(file, leg).answer.get("cover") or {}
    number = cover.get("policy_no")
    if number is None:
        return None
    ours = next((one.notice_days for one in merchant.insurer if one.policy_no == number), None)
    known = [days for days in (cover.get("notice_days"), ours) if days is not None]
    return Policy(number, str(cover["insured_by"]), min(known, default=None))


def _troubles(file: CaseFile, leg: Leg, seen_well_at: datetime | None, now: datetime) -> tuple[OpenException, ...]:
    """What is wrong with this leg and may end in a claim; a cancelled parcel was never handed over. A person who has
    done with an exception has not found the parcel: it is wrong until the parcel is seen again, or has come."""
    if file.case.stage == "cancelled":
        return ()
    rules = escalation.rules(now.date())
    of_leg = (one for one in file.exceptions if one.leg_n == leg.n)
    may_cost = (one for one in of_leg if rules.may_end_in_a_claim(one.kind, one.reason, one.severity))
    return tuple(one for one in may_cost if _stands(one, seen_well_at))


def _stands(one: OpenException, seen_well_at: datetime | None) -> bool:
    by_a_person = one.status == "resolved" and one.resolved_by != BY_THE_RULES
    return one.status != "resolved" or (by_a_person and (seen_well_at is None or seen_well_at <= one.opened_at))


def _seen_well_at(track: Track | None, *, taken_in: bool, now: datetime) -> datetime | None:
    """When the parcel was last seen on its way, or is known to have come; None: never."""
    if taken_in or (track is not None and track.state.milestone in ARRIVED):
        return now
    return track.state.last_scan_at if track is not None else None


def _discovered_at(
    file: CaseFile, leg: Leg, troubles: tuple[OpenException, ...], watch: Watch | None, now: datetime
) -> datetime:
    """When we learnt that something is wrong. While a claim stands a later trouble moves it no further off: an insurer
    counts from the first word. That it was only late, or held, is no word of a loss."""
    costly = [one for one in troubles if kind_of(_names(one), now.date(), arrived=False) != "delay"]
    known = [one.opened_at for one in costly or troubles]
    standing_claims = (one for one in file.claims if one.leg_n == leg.n and one.state not in ENDED)
    if watch is not None and (not known or any(one.kind != "delay" for one in standing_claims)):
        known.append(watch.discovered_at)
    return min(known, default=now)


def _names(one: OpenException) -> tuple[str, ...]:
    return (one.kind, one.reason) if one.reason else (one.kind,)


def _track(ports: Ports, leg: Leg) -> Track | None:
    if leg.number is None:
        return None
    tracks = ports.tracks.file(leg.carrier, leg.number).tracks
    return next((one for one in tracks if (one.case_id, one.leg_n) == (leg.case_id, leg.n)), None)


def _regions(file: CaseFile, merchant: Merchant, leg: Leg) -> dict[str, str | None]:
    """The regions of both ends by country; of two places in one country, none where they differ."""
    request, facility = file.plan.request, merchant.facility_called(leg.return_to)
    found: dict[str, str | None] = {request.customer_country: request.customer_region}
    if facility is not None:
        ours = facility.region
        found[facility.country] = ours if found.get(facility.country, ours) == ours else None
    return {country: region for country, region in found.items() if country in _ends(leg.lane)}


def _ends(lane: Lane) -> tuple[str, str]:
    return lane.origin, lane.destination
