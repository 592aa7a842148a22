"""The pack of a claim: everything that is had of it in one ZIP, the same bytes for the same facts.

The papers of the claim are printed, the papers of the leg and the carrier's label are read as they are kept, timeline,
correspondence and checklist are written as text and JSON, and a manifest names each with its SHA-256. What is not had
is named in the manifest and on the checklist, and never put in as an empty file. The ZIP is kept under its own digest,
then its item is written: a repeat between any two calls finds what it would have made.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.clock import known_stamp, stamp, zone
from chalicelib.customs.papers.claim_papers import ASSIGNMENT, STATEMENT, VALUE, ClaimFacts, claim_papers
from chalicelib.customs.papers.facts import PaperFacts, Party
from chalicelib.errors import NotFoundError, ReturnsError, StaleVersion, UnavailableError
from chalicelib.insurance.claim_evidence import Evidence
from chalicelib.insurance.claim_starts import beginnings
from chalicelib.insurance.claim_states import Claim
from chalicelib.insurance.claims import KINDS
from chalicelib.insurance.claims_clock import Began
from chalicelib.insurance.kept import declaration_told
from chalicelib.money import Money, money_from_json
from chalicelib.workflows.carrier_orders import facility_of
from chalicelib.workflows.claim_case import ClaimCase, case_of
from chalicelib.workflows.claim_ports import Pack
from chalicelib.workflows.claim_sight import Sight, sight_of
from chalicelib.workflows.gather_papers import gather, party_of
from chalicelib.workflows.leg_plan import plan_of
from chalicelib.workflows.make_papers import ERASED, Press
from chalicelib.workflows.ports import Ports

# ZIP knows no time before 1980; the same for every file, so that the same facts are the same bytes.
EARLIEST = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
MOST_SCANS_PRINTED = 14
SCHEMA = 1
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
# The checklist's names for what is made here, and the file each becomes.
MADE = {STATEMENT: "01-claim-statement.pdf", ASSIGNMENT: "02-assignment.pdf", VALUE: "03-proof-of-value.pdf"}
HAD = {"waybill_label": "04-", "invoice": "05-", "insurance_declaration": "06-"}


@dataclass(frozen=True, slots=True)
class PackedFile:
    """One file of the pack: the item of the checklist that it is, its name and its bytes."""

    item: str
    name: str
    content: bytes


def take_pack(ports: Ports, press: Press, message: Mapping[str, Any], now: datetime) -> set[str]:
    """Make the pack of the claim that ``{kind: "claim_pack", case_id, leg, party}`` names, unless it is made since it
    was last asked for; the leg, as ``case/leg``. Raises ``NotFoundError``."""
    sight = sight_of(ports, message["case_id"], int(message["leg"]), now)
    claim = next((one for one in sight.claims if one.party == message["party"]), None)
    if claim is None:
        raise NotFoundError("this leg has no such claim")
    before = next((one for one in sight.file.packs if one.claim_id == claim.claim_id), None)
    wanted = claim.pack_wanted_at or claim.changed_at
    if before is None or before.wanted_at < wanted:
        _keep(ports, press, sight, claim, wanted, before, now)
    return {f"{claim.case_id}/{claim.leg_n}"}


def _keep(
    ports: Ports, press: Press, sight: Sight, claim: Claim, wanted: datetime, before: Pack | None, now: datetime
) -> None:
    rests = case_of(ports, sight, claim, wanted.date())
    files, lacking = _files(ports, press, rests, wanted)
    missing = {**lacking, **_not_had(rests, {one.item for one in files}, lacking)}
    content = zipped(_with_manifest(rests, files, missing, wanted))
    digest = sha256(content).hexdigest()
    key = ports.evidence.keep_claim_pack(claim.case_id, f"{claim.claim_id}-{digest[:16]}", content)
    version = before.version + 1 if before else 1
    pack = Pack(
        claim.case_id, claim.leg_n, claim.party, key, digest, len(content), now, wanted, tuple(sorted(missing)), version
    )
    if not ports.claims.save_pack(pack):
        raise StaleVersion("somebody else has made this pack")


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One ZIP of these files, by name; stored as they are, so that no version of a compressor changes its bytes.

    >>> zipped({"b": b"2", "a": b"1"}) == zipped({"a": b"1", "b": b"2"})
    True
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.external_attr, entry.create_system = READABLE, 3
            archive.writestr(entry, files[name])
    return written.getvalue()


def _files(ports: Ports, press: Press, rests: ClaimCase, wanted: datetime) -> tuple[list[PackedFile], dict[str, str]]:
    """Every file but the checklist and the manifest, and why what was to be there is not."""
    files, lacking = _printed(ports, press, rests, wanted)
    for one in rests.checklist:
        if one.have is None:
            continue
        try:
            content = ports.evidence.kept(one.have.key)
        except NotFoundError:
            lacking[one.id] = "kept, and could not be read"
            continue
        files.append(PackedFile(one.id, safe(f"{HAD.get(one.id, '09-')}{one.id}-{_short(one.have.name)}"), content))
    told = _timeline(rests.sight)
    files.append(PackedFile("timeline", "07-timeline.json", _json(told)))
    files.append(PackedFile("timeline", "07-timeline.txt", _timeline_text(rests.sight, told)))
    files.append(PackedFile("correspondence", "08-correspondence.json", _json(_correspondence(rests.sight))))
    return files, lacking


def safe(name: str) -> str:
    """A name that no file system and no program reads as anything else.

    >>> safe("../../etc/pass wd.pdf")
    '.._.._etc_pass_wd.pdf'
    """
    return _UNSAFE.sub("_", name)[:120]


def _short(name: str) -> str:
    return name if "." in name else f"{name}.pdf"


def _printed(ports: Ports, press: Press, rests: ClaimCase, wanted: datetime) -> tuple[list[PackedFile], dict[str, str]]:
    """The papers of the claim. Without the customer, whose values may be erased, none of them can be made."""
    names = [name for name in MADE if name != ASSIGNMENT or rests.right.by_assignment]
    person = ports.cases.person(rests.claim.case_id)
    if person is None:
        return [], dict.fromkeys(names, ERASED)
    merchant = ports.merchant()
    on = wanted.astimezone(zone(rests.sight.facts.our_zone)).date()
    files: list[PackedFile] = []
    try:
        leg = gather(rests.sight.file, rests.sight.leg, person, merchant, on)
        facts = _claim_facts(rests, leg, party_of(facility_of(merchant, rests.sight.leg.return_to)))
        for document in claim_papers(facts):
            files.append(PackedFile(document.name, MADE[document.name], press.render(document)))
    except (UnavailableError, StaleVersion):
        raise
    except ReturnsError as fault:
        made = {one.item for one in files}
        return files, {name: fault.code for name in names if name not in made}
    return files, {}


def _claim_facts(rests: ClaimCase, leg: PaperFacts, claimant: Party) -> ClaimFacts:
    sight, claim = rests.sight, rests.claim
    began = beginnings(sight.facts)
    cover = declaration_told(plan_of(sight.file, sight.leg).answer["cover"], sight.leg.number) or {}
    return ClaimFacts(
        leg=leg,
        claim_id=claim.claim_id,
        kind=claim.kind,
        party=claim.party,
        against=rests.against,
        claimant=claimant,
        holder=rests.right.holder,
        protective=claim.filed.protective if claim.filed else claim.kind == "loss" and not _is_lost(sight),
        claimed=claim.claimed,
        worth=sight.worth,
        freight=claim.freight,
        handed_over=_moment(began.get("accepted")),
        arrived=_moment(began.get("delivered")),
        discovered_on=claim.discovered_on or sight.facts.discovered_at.astimezone(zone(sight.facts.our_zone)).date(),
        reference=claim.filed.reference if claim.filed else None,
        policy_no=sight.policy.policy_no if sight.policy else None,
        happened=_happened(sight),
        checklist=tuple((one.text, _encloses(one)) for one in rests.checklist),
        metal_value=_money(cover.get("metal_value")),
        stones_and_work=_money(cover.get("stones_and_work")),
        valued=cover.get("valuation_basis"),
    )


def _is_lost(sight: Sight) -> bool:
    return sight.facts.track is not None and sight.facts.track.state.milestone in ("lost", "destroyed")


def _encloses(one: Evidence) -> bool:
    return one.status in ("have", "make") and not one.signed


def _moment(began: Began | None) -> str | None:
    if began is None:
        return None
    local = began.at.astimezone(zone(began.zones[0]))
    if began.assumed:
        return f"{(began.day or local.date()).isoformat()} ({began.why})"
    return f"{local.strftime('%Y-%m-%d %H:%M')} ({began.zones[0]})"


def _happened(sight: Sight) -> tuple[tuple[str, str, str], ...]:
    """The scans as they are printed: the first, and the last ones; all of them are in the timeline."""
    told = [
        (event.at_local, ", ".join(part for part in (event.place.city, event.place.country) if part), event.text)
        for event in sight.facts.scans
    ]
    left_out = len(told) - MOST_SCANS_PRINTED
    if left_out <= 0:
        return tuple(told)
    return (told[0], ("", "", f"{left_out + 1} more: see the timeline"), *told[left_out + 2 :])


def _timeline(sight: Sight) -> dict[str, Any]:
    """Every scan that was told, those that were taken back among them, with the carrier's own time."""
    track, standing = sight.facts.track, {event.id for event in sight.facts.scans}
    return {
        "carrier": sight.leg.carrier,
        "waybill": sight.leg.number,
        "events": [
            {
                "at": stamp(event.at),
                "at_local": event.at_local,
                "tz_source": event.tz_source,
                "code": event.code,
                "exception_code": event.exception_code,
                "milestone": event.milestone,
                "condition": event.condition,
                "reason": event.reason,
                "text": event.text,
                "city": event.place.city,
                "country": event.place.country,
                "source": event.source,
                "stands": event.id in standing,
            }
            for event in (track.events if track else ())
        ],
    }


def _timeline_text(sight: Sight, told: Mapping[str, Any]) -> bytes:
    lines = [f"{sight.leg.carrier} {sight.leg.number or 'no waybill'}", ""]
    for event in told["events"]:
        place = ", ".join(part for part in (event["city"], event["country"]) if part)
        mark = "" if event["stands"] else " (joined or taken back)"
        lines.append(f"{event['at_local']}  {event['code']}  {place}  {event['text']}{mark}")
    return ("\n".join(lines) + "\n").encode()


def _correspondence(sight: Sight) -> dict[str, Any]:
    """What was worked on and what was sent, as names and times: what people wrote is not the other party's, nor are our
    own reminders of the claim."""
    exceptions = [one for one in sight.file.exceptions if one.leg_n == sight.leg.n and one.kind not in KINDS]
    return {
        "exceptions": [
            {
                "id": one.exception_id,
                "kind": one.kind,
                "reason": one.reason,
                "opened_at": stamp(one.opened_at),
                "resolved_at": known_stamp(one.resolved_at),
                "steps": [{"at": stamp(note.at), "what": note.action} for note in one.history],
            }
            for one in sorted(exceptions, key=lambda one: (one.opened_at, one.episode))
        ],
        "notices": [{"id": one.key, "at": stamp(one.at)} for one in sight.file.notices.entries if one.status == "sent"],
    }


def _not_had(rests: ClaimCase, enclosed: set[str], lacking: Mapping[str, str]) -> dict[str, str]:
    """What the checklist wants and the pack has not, with whom to ask."""
    absent = (one for one in rests.checklist if one.id not in enclosed and one.id not in lacking)
    unsigned = {one.id: f"to be signed by {one.whom}" for one in rests.checklist if one.signed and one.id in enclosed}
    return {one.id: f"to be got from {one.whom or 'merchant'}" for one in absent} | unsigned


def _with_manifest(
    rests: ClaimCase, files: list[PackedFile], missing: Mapping[str, str], wanted: datetime
) -> dict[str, bytes]:
    """All files by name, with the checklist and the list of what is there and what is not."""
    listed = [*files, PackedFile("checklist", "00-checklist.txt", _checklist_text(rests, files, missing))]
    claim = rests.claim
    manifest = {
        "schema": SCHEMA,
        "case_id": claim.case_id,
        "rma": rests.sight.file.case.rma,
        "claim_id": claim.claim_id,
        "kind": claim.kind,
        "against": rests.against,
        "made_for": stamp(wanted),
        "files": [
            {"name": one.name, "item": one.item, "sha256": sha256(one.content).hexdigest(), "size": len(one.content)}
            for one in sorted(listed, key=lambda one: one.name)
        ],
        "missing": [{"item": name, "why": missing[name]} for name in sorted(missing)],
    }
    return {one.name: one.content for one in listed} | {"manifest.json": _json(manifest)}


def _checklist_text(rests: ClaimCase, files: list[PackedFile], missing: Mapping[str, str]) -> bytes:
    return ("\n".join(_checklist_lines(rests, files, missing)) + "\n").encode()


def _checklist_lines(rests: ClaimCase, files: list[PackedFile], missing: Mapping[str, str]) -> Iterator[str]:
    claim = rests.claim
    yield f"Claim {claim.claim_id} for {claim.kind} against {rests.against}"
    yield ""
    for one in rests.checklist:
        names = ", ".join(sorted(each.name for each in files if each.item == one.id))
        had = names and one.id not in missing  # an assignment that nobody has signed proves nothing
        yield f"[{'x' if had else ' '}] {one.text}{f': {names}' if names else ''}"
        if one.id in missing:
            yield f"      {missing[one.id]}"


def _money(shape: Mapping[str, str] | None) -> Money | None:
    return money_from_json(dict(shape)) if shape else None


def _json(shape: Any) -> bytes:
    return (json.dumps(shape, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n").encode()
