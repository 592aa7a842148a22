"""The pack of a claim: one ZIP, the same for the same facts, with everything that is had and nothing that is not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.adapters import keys
from chalicelib.errors import NotFoundError, PaperPending
from chalicelib.workflows.claim_ports import PACK_TO_MAKE
from chalicelib.workflows.pack_claim import take_pack, zipped
from chalicelib.workflows.read_claims import order_pack, pack_link
from tests.fakes.presses import PRESS
from tests.workflows.claim_house import DAY, TAKEN, ClaimHouse


def prepared(**changed: Any) -> ClaimHouse:
    house = ClaimHouse(**changed)
    house.taken()
    house.world.now = TAKEN + 3 * DAY
    house.trouble()
    house.act("prepare")
    return house


def opened(house: ClaimHouse, party: str = "carrier") -> dict[str, bytes]:
    pack = next(one for one in house.file.packs if one.party == party)
    with zipfile.ZipFile(io.BytesIO(house.world.evidence.objects[pack.key])) as archive:
        assert archive.testzip() is None
        return {one.filename: archive.read(one) for one in archive.infolist()}


def test_preparing_a_claim_has_its_pack_made_with_every_paper_that_is_had():
    files = opened(prepared())
    assert sorted(files) == [
        "00-checklist.txt", "01-claim-statement.pdf", "02-assignment.pdf", "03-proof-of-value.pdf",
        "04-waybill_label-waybill.pdf", "05-invoice-return_invoice.pdf", "07-timeline.json", "07-timeline.txt",
        "08-correspondence.json", "manifest.json",
    ]  # fmt: skip
    assert all(files.values()), "nothing in it is empty"


def test_the_manifest_has_the_digest_of_each_file_and_the_list_of_what_is_missing():
    house = prepared()
    files = opened(house)
    manifest = json.loads(files["manifest.json"])
    told = {one["name"]: (one["sha256"], one["size"]) for one in manifest["files"]}
    assert told == {
        name: (sha256(body).hexdigest(), len(body)) for name, body in files.items() if name != "manifest.json"
    }
    missing = {one["item"]: one["why"] for one in manifest["missing"]}
    assert missing["packing_photos"] == "to be got from customer"
    assert missing["assignment"] == "to be signed by customer"
    assert tuple(sorted(missing)) == house.file.packs[0].missing
    assert manifest["claim_id"] == "1-carrier"


def test_the_insurer_s_pack_holds_its_declaration_and_no_assignment():
    house = prepared()
    house.act("prepare", "insurer")
    # The press of these tests prints no declaration: it is asked for, and no empty file stands for it.
    files = opened(house, "insurer")
    missing = {one["item"] for one in json.loads(files["manifest.json"])["missing"]}
    assert "02-assignment.pdf" not in files
    assert "insurance_declaration" in missing


def test_the_same_facts_are_the_same_bytes():
    assert prepared().file.packs[0].sha256 == prepared().file.packs[0].sha256


def test_files_have_one_time_one_order_and_no_compression():
    house = prepared()
    with zipfile.ZipFile(io.BytesIO(house.world.evidence.objects[house.file.packs[0].key])) as archive:
        listed = archive.infolist()
    assert [one.filename for one in listed] == sorted(one.filename for one in listed)
    assert {one.date_time for one in listed} == {(1980, 1, 1, 0, 0, 0)}
    assert {one.compress_type for one in listed} == {zipfile.ZIP_STORED}
    assert zipped({"a": b"1"})[:2] == b"PK"


def test_a_pack_asked_for_again_without_news_is_made_once_more_of_what_is_so_now():
    house = prepared()
    first = house.file.packs[0]
    house.world.now += DAY
    order_pack(house.ports, "case0001", "1-carrier", holder="boss@desk", now=house.now)
    house.world.pump()
    again = house.file.packs[0]
    assert (again.version, again.wanted_at > first.wanted_at) == (2, True)


def test_the_message_twice_makes_it_once():
    house = prepared()
    before = house.file.packs
    for _ in range(2):
        take_pack(house.ports, PRESS, message(), house.now + DAY)
    assert house.file.packs == before


def message(party: str = "carrier") -> dict[str, Any]:
    return {"kind": PACK_TO_MAKE, "case_id": "case0001", "leg": 1, "party": party}


def test_the_link_is_good_for_five_minutes_and_waits_while_the_pack_is_made():
    house = prepared()
    link = pack_link(house.ports, "case0001", "1-carrier", house.now)
    assert (link.media_type, link.filename) == ("application/zip", f"claim-{house.file.case.rma}-1-carrier.zip")
    assert (link.expires_at - house.now).total_seconds() == 300
    order_pack(house.ports, "case0001", "1-carrier", holder="boss@desk", now=house.now + DAY)
    with pytest.raises(PaperPending):
        pack_link(house.ports, "case0001", "1-carrier", house.now + DAY)


@pytest.mark.parametrize("claim_id", ["1-insurer", "2-carrier", "9-nobody"])
def test_a_pack_nobody_asked_for_is_not_found(claim_id):
    house = prepared()
    with pytest.raises(NotFoundError):
        pack_link(house.ports, "case0001", claim_id, house.now)


def erased(house: ClaimHouse) -> None:
    house.ports.cases.erase("case0001")


def label_gone(house: ClaimHouse) -> None:
    for key in [key for key in house.world.evidence.objects if key.startswith("labels/")]:
        del house.world.evidence.objects[key]


@pytest.mark.parametrize(
    ("meanwhile", "absent", "why"),
    [(erased, "claim_statement", "customer_erased"), (label_gone, "waybill_label", "kept, and could not be read")],
)
def test_what_cannot_be_had_any_more_is_listed_and_the_rest_is_packed(
    meanwhile: Callable[[ClaimHouse], None], absent: str, why: str
):
    house = prepared()
    meanwhile(house)
    order_pack(house.ports, "case0001", "1-carrier", holder="boss@desk", now=house.now + DAY)
    house.world.now += DAY
    house.world.pump()
    files = opened(house)
    assert {one["item"]: one["why"] for one in json.loads(files["manifest.json"])["missing"]}[absent] == why
    assert "07-timeline.json" in files


def test_correspondence_holds_names_and_times_and_no_word_of_anybody():
    house = prepared()
    text = opened(house)["08-correspondence.json"].decode()
    (trouble,) = [one for one in json.loads(text)["exceptions"] if one["kind"] == "possible_loss"]
    assert set(trouble["steps"][0]) == {"at", "what"}
    assert "boss@desk" not in text


def test_a_claim_there_is_not_ends_in_the_dead_letters():
    house = prepared()
    with pytest.raises(NotFoundError):
        take_pack(house.ports, PRESS, message("insurer") | {"leg": 2}, house.now)


def test_a_pack_lies_under_its_case_by_its_digest():
    house = prepared()
    (pack,) = house.file.packs
    assert pack.key == keys.claim_pack_key("case0001", f"1-carrier-{pack.sha256[:16]}")


def test_the_other_party_is_told_neither_of_our_reminders_nor_of_our_last_day():
    house = prepared()
    house.until("2026-12-22")
    assert house.reminders
    house.act("prepare", amount=house.leg.customs_value)
    files = opened(house)
    assert b"claim_" not in files["08-correspondence.json"]
    assert b"Last day" not in files["00-checklist.txt"]


def test_an_assignment_that_nobody_has_signed_is_not_ticked():
    assert "[ ] Assignment of the right to claim" in opened(prepared())["00-checklist.txt"].decode()
