"""How every key of the table is spelled, and nothing else is.

What a caller or a carrier named is encoded before it becomes part of a key, so that no name can forge another
key:

>>> case_pk("c1#LEG")
'CASE#c1%23LEG'
"""

from __future__ import annotations

from binascii import crc32
from datetime import date
from hashlib import sha256
from typing import Literal
from urllib.parse import quote, unquote

from chalicelib.adapters.table import Key

CASE, PLAN, PERSON = "CASE", "PLAN", "PERSON"
NOTICES = "NOTICES"
LINK = "LINK"
LEG, BOOKING, LOG, EXCEPTION, TRACK, PARKED = "LEG#", "BOOKING#", "LOG#", "EXCEPTION#", "TRACK#", "PARKED#"
PAPERS = "PAPERS#"
DUTY = "DUTY#"
CLAIM, PACK = "CLAIM#", "PACK#"
DELIVERY = "DELIVERY#"
NO_TIME = "9999-12-31T00:00:00Z"
RECEIVERS = "RECEIVERS"
DUE_SHARDS = 8
LISTING_SHARDS = 4
LONGEST_PART = 180


def part(text: str) -> str:
    """One name as part of a key: letters, digits and ``-._`` as they are; a long name as its digest."""
    encoded = quote(text, safe="", errors="surrogatepass").replace("~", "%7E")
    return encoded if len(encoded) <= LONGEST_PART else "~" + sha256(encoded.encode()).hexdigest()


def case_pk(case_id: str) -> str:
    """The partition of a case."""
    return f"CASE#{part(case_id)}"


def case_of_pk(pk: str) -> str:
    """Read what ``case_pk`` wrote."""
    return unquote(pk.removeprefix("CASE#"))


def leg_sk(n: int) -> str:
    """A leg in its case."""
    return f"{LEG}{n}"


def booking_sk(leg_n: int, kind: str, n: int = 1) -> str:
    """A booking in its case: the first of its kind for a leg, and those after it.

    >>> booking_sk(1, "pickup"), booking_sk(1, "pickup", 2)
    ('BOOKING#1#pickup', 'BOOKING#1#pickup#2')
    """
    return f"{BOOKING}{leg_n}#{part(kind)}" + (f"#{n}" if n > 1 else "")


def papers_sk(leg_n: int) -> str:
    """The papers of a leg in its case."""
    return f"{PAPERS}{leg_n}"


def duty_sk(entry_id: str) -> str:
    """An entry of the duty ledger in its case."""
    return f"{DUTY}{part(entry_id)}"


def duty_sums_pks(state: str) -> tuple[str, ...]:
    """The partitions that count the entries of one state.

    >>> duty_sums_pks("open")[0]
    'DUTIES#open#0'
    """
    return tuple(f"DUTIES#{part(state)}#{n}" for n in range(LISTING_SHARDS))


def duty_sums_pk(state: str, pk: str) -> str:
    """The partition that counts an entry of this case in this state."""
    return duty_sums_pks(state)[crc32(pk.encode()) % LISTING_SHARDS]


def case_part_sk(kind: str, part_id: str) -> str:
    """A part of a case: evidence, a receipt, a quote ...

    >>> case_part_sk("QUOTE", "1-2")
    'QUOTE#1-2'
    """
    return f"{kind}#{part(part_id)}"


def part_of_sk(sk: str) -> tuple[str, str]:
    """Read what ``case_part_sk`` wrote."""
    kind, _, part_id = sk.partition("#")
    return kind, unquote(part_id)


def claim_sk(leg_n: int, party: str | None = None) -> str:
    """The watch of a leg in its case; with a party the claim against it.

    >>> claim_sk(1), claim_sk(1, "carrier")
    ('CLAIM#1', 'CLAIM#1#carrier')
    """
    return f"{CLAIM}{leg_n}" + (f"#{part(party)}" if party else "")


def pack_sk(leg_n: int, party: str) -> str:
    """The pack of a claim in its case."""
    return f"{PACK}{leg_n}#{part(party)}"


def claim_pack_key(case_id: str, stem: str) -> str:
    """Where the evidence bucket holds the pack of a claim.

    >>> claim_pack_key("c1", "1-carrier-abababababababab")
    'claims/c1/1-carrier-abababababababab.zip'
    """
    return f"claims/{part(case_id)}/{part(stem)}.zip"


def label_key(case_id: str, name: str) -> str:
    """Where the evidence bucket holds a carrier's label."""
    return f"labels/{part(case_id)}/{part(name)}"


def paper_key(case_id: str, stem: str) -> str:
    """Where the evidence bucket holds a PDF of our own.

    >>> paper_key("c1", "1-packing_sheet-abababababababab")
    'papers/c1/1-packing_sheet-abababababababab.pdf'
    """
    return f"papers/{part(case_id)}/{part(stem)}.pdf"


def erased_key(case_id: str) -> str:
    """Where the evidence bucket notes that the person of a case is erased.

    >>> erased_key("c1")
    'erased/c1'
    """
    return f"erased/{part(case_id)}"


def export_key(export_id: str) -> str:
    """Where the evidence bucket holds an export of everything about a person."""
    return f"exports/{part(export_id)}.zip"


def log_sk(n: int) -> str:
    """A line of the case log; padded so that text order is number order."""
    return f"{LOG}{n:010d}"


def number_pk(carrier: str, number: str) -> str:
    """The partition of a carrier number.

    >>> number_pk("fedex", "794612345678")
    'NUM#fedex#794612345678'
    """
    return f"NUM#{part(carrier)}#{part(number)}"


def carrier_and_number(pk: str) -> tuple[str, str]:
    """Read what ``number_pk`` wrote."""
    _, carrier, number = pk.split("#")
    return unquote(carrier), unquote(number)


def track_sk(ship_date: date, case_id: str, leg_n: int) -> str:
    """A track under its number: carriers recycle numbers, so the date of shipping and the leg tell them
    apart.
    """
    return f"{TRACK}{ship_date.isoformat()}#{part(case_id)}.{leg_n}"


def ship_date_and_leg(sk: str) -> tuple[date, str, int]:
    """Read what ``track_sk`` wrote: ship date, case id, number of the leg."""
    day, leg = sk.removeprefix(TRACK).split("#")
    case_id, _, n = leg.rpartition(".")
    return date.fromisoformat(day), unquote(case_id), int(n)


def parked_sk(digest: str) -> str:
    """A parked event under its number."""
    return f"{PARKED}{part(digest)}"


def carrier_pk(carrier: str) -> str:
    """The partition of a carrier as a whole."""
    return f"CARRIER#{part(carrier)}"


def pickup_days_sk(country: str, area: str) -> str:
    """What a carrier last said about pickups in one postal area."""
    return f"PICKUPS#{part(country)}#{part(area)}"


def sent_pk(subject: str) -> str:
    """The partition of everything that receivers are told of one subject.

    >>> sent_pk("case/c1")
    'SENT#case%2Fc1'
    """
    return f"SENT#{part(subject)}"


def delivery_sk(receiver: str, message_id: str) -> str:
    """A delivery among all of its subject."""
    return f"{DELIVERY}{part(receiver)}#{part(message_id)}"


def receiver_key(receiver: str) -> Key:
    """How a receiver of the merchant's is: one partition holds them all, for they are few and looked at together."""
    return RECEIVERS, f"RECEIVER#{part(receiver)}"


DEAD_DELIVERIES = "dead"


def sent_to(receiver: str) -> str:
    """What the deliveries to one receiver are listed by, but for dead ones.

    >>> sent_to("shop-system")
    'to.shop-system'
    """
    return f"to.{part(receiver).replace('%', '.')}"


NEWEST_RATE = "NEWEST"
SALE = "SALE#"


def recall_key(recall_id: str) -> Key:
    """A recall; the sales it reached lie in its partition.

    >>> recall_key("RC-1")
    ('RECALL#RC-1', 'RECALL')
    """
    return f"RECALL#{part(recall_id)}", "RECALL"


def sale_sk(order_number: str) -> str:
    """A sale that a recall reached."""
    return f"{SALE}{part(order_number)}"


def rate_pk(publisher: str) -> str:
    """The partition of one publisher's rates or prices, by day."""
    return f"RATE#{part(publisher)}"


def exception_key(subject_kind: str, subject: str, episode: str) -> Key | None:
    """Where an exception lives; None for a kind of subject there is not."""
    match subject_kind:
        case "case":
            pk = case_pk(subject)
        case "number":
            carrier, _, number = subject.partition("/")
            pk = number_pk(carrier, number)
        case "carrier":
            pk = carrier_pk(subject)
        case "lane":
            carrier, _, lane = subject.partition("/")
            pk = f"LANE#{part(carrier)}#{part(lane)}"
        case "rule":
            pk = f"RULE#{part(subject)}"
        case "receiver":
            pk = f"RECEIVER#{part(subject)}"
        case _:
            return None
    return pk, f"{EXCEPTION}{part(episode)}"


def subject_of(pk: str) -> dict[str, str]:
    """What an exception is about, read back from its partition as far as the key tells it.

    >>> subject_of("CASE#c1"), subject_of("NUM#fedex#794612345678")["subject"]
    ({'subject_kind': 'case', 'subject': 'c1', 'case_id': 'c1'}, 'fedex/794612345678')
    """
    kind, _, rest = pk.partition("#")
    subject = "/".join(unquote(one) for one in rest.split("#"))
    told = {"subject_kind": _SUBJECT_KINDS[kind], "subject": subject}
    return told | ({"case_id": subject} if kind == "CASE" else {})


_SUBJECT_KINDS = {
    "CASE": "case", "NUM": "number", "CARRIER": "carrier", "LANE": "lane", "RULE": "rule", "RECEIVER": "receiver",
}  # fmt: skip


def tally_key(carrier: str, lane: str | None, kind: str) -> Key:
    """Where exceptions of one kind are counted, of a carrier or of one lane of it.

    >>> tally_key("fedex", "FR-CN", "customs_hold")
    ('CARRIER#fedex', 'TALLY#customs_hold#FR-CN')
    """
    return carrier_pk(carrier), f"TALLY#{part(kind)}" + (f"#{part(lane)}" if lane else "")


def pointer_pk(kind: str, value: str) -> str:
    """The partition of everything that an order number, invoice, serial or customer digest points to."""
    return f"REF#{part(kind)}#{part(value)}"


def answer_key(scope: str, key: str) -> Key:
    """The stored answer of an Idempotency-Key."""
    return f"ANSWER#{part(scope)}#{part(key)}", "ANSWER"


def digest_pk(receiver: str) -> str:
    """The partition of what waits for a receiver of the merchant's."""
    return f"DIGEST#{part(receiver)}"


def receiver_of_pk(pk: str) -> str:
    """Read what ``digest_pk`` wrote."""
    return unquote(pk.removeprefix("DIGEST#"))


def digest_sk(at: str) -> str:
    """The digest of one time, in the due index while something waits for it."""
    return f"DIGEST#{at}"


def slot_prefix(at: str) -> str:
    """What everything begins with that one digest is made of."""
    return f"SLOT#{at}#"


def waiting_sk(at: str, message: str) -> str:
    """One change that waits for a digest."""
    return f"{slot_prefix(at)}W#{part(message)}"


def part_sk(at: str, n: int) -> str:
    """What one part of a digest holds."""
    return f"{slot_prefix(at)}P#{n:06d}"


def storm_sk(until: str, window: str) -> str:
    """What a receiver was told in one window of time."""
    return f"STORM#{until}#{part(window)}"


def token_key(token_id: str) -> Key:
    """An API token."""
    return f"TOKEN#{part(token_id)}", "TOKEN"


def link_key(digest: str) -> Key:
    """What the link of a customer opens, by the digest of its token."""
    return f"LINK#{part(digest)}", LINK


def due_shard(pk: str) -> str:
    """Which part of the due index an item of this partition is in."""
    return f"DUE#{crc32(pk.encode()) % DUE_SHARDS}"


def due_shards() -> tuple[str, ...]:
    """All parts of the due index."""
    return tuple(f"DUE#{n}" for n in range(DUE_SHARDS))


ListingKind = Literal["case", "track", "exception", "duty", "leg", "delivery", "claim", "part"]


def listed_as(kind: ListingKind, value: str, pk: str) -> str:
    """Which part of a listing an item of this partition is in.

    >>> listed_as("track", "held", "NUM#fedex#794612345678")
    'track:held#0'
    """
    return f"{kind}:{value}#{crc32(pk.encode()) % LISTING_SHARDS}"


def arriving_at(facility_id: str, day: date) -> str:
    """What the legs that count towards one address on one day are listed by.

    >>> arriving_at("SZX-1", date(2026, 11, 24))
    'SZX-1.2026-11-24'
    """
    return f"{part(facility_id).replace('%', '.')}.{day.isoformat()}"


def listing(kind: ListingKind, value: str) -> tuple[str, ...]:
    """All parts of a listing."""
    return tuple(f"{kind}:{part(value)}#{n}" for n in range(LISTING_SHARDS))
