"""Nothing personal leaves the sealed item: not into logs, metrics, queues, the table, problems or answers."""

from __future__ import annotations

import json
import re
from email import message_from_bytes, policy

import pytest

from tests.flows.house import SCHEDULED, a_return, everything_said
from tests.flows.journey import travel

NAME = "Ottoline Quackenbush-Æther"
PLANTED = {
    "name": f"{NAME} née Zsigmondy",
    "email": "ottoline.quackenbush+gold@mailbox-of-hers.example",
    "phone": "+33612349876",
    "language": "fr",
    "address": {
        "lines": ["17 bis impasse des Chrysocolles", "Bâtiment Q, 4e étage, code 83B29"],
        "city": "Xouaxange-sur-Aurifère",
        "region": None,
        "postal_code": "57830",
        "country": "FR",
    },
}
# What a person may put where it does not belong, and how it may be written elsewhere.
PATTERNS = (
    PLANTED["name"], NAME, "Ottoline", "Quackenbush", "Zsigmondy", "quackenbush", "ottoline",
    PLANTED["email"], "mailbox-of-hers", "ottoline.quackenbush", PLANTED["phone"], "612349876", "06 12 34 98 76",
    "0612349876", "612 34 98 76", "17 bis", "Chrysocolles", "impasse des", "Bâtiment Q", "B\\u00e2timent", "83B29",
    "4e étage", "Xouaxange", "Aurifère", "57830", "FR7630006000011234567890189", "FR76 3000 6000 0112",
    "3000600001123", "19FR12345", "X4RTBPFW4", "1985-07-14", "signed by O.Q.",
)  # fmt: skip


def found_in(text):
    """Planted words in a text, as it is and as JSON may spell it."""
    spelled = [(one, json.dumps(one)[1:-1]) for one in PATTERNS]
    return [one for one, escaped in spelled if one in text or escaped in text]


def texts(item):
    return json.dumps(item, ensure_ascii=False, default=lambda raw: raw.decode("utf-8", "replace"))


@pytest.fixture
def told_by_queues(house):
    """Every message body that was sent."""
    sent = []

    def remember(params, **_):
        sent.extend(entry["MessageBody"] for entry in params["Entries"])

    client = house.ports.queues._clients.of("sqs")
    client.meta.events.register("provide-client-params.sqs.SendMessageBatch", remember)
    return sent


def test_a_whole_return_leaves_nothing_personal_anywhere_but_in_the_sealed_item(house, told_by_queues):
    with everything_said() as said:
        answer = house.post("/v1/returns", a_return(customer=PLANTED), **{"Idempotency-Key": "key-1"})
        assert answer.status_code == 201
        case_id = answer.json_body["case_id"]
        house.run()
        case = house.case(case_id)
        for _ in travel(house, case["legs"][0]["tracking_number"]):
            house.sweep()
            house.run()
        shown = [answer.body, house.get(f"/v1/returns/{case_id}").body, house.get("/v1/returns?order=SO-1001").body]
    assert house.case(case_id)["stage"] == "arrived"
    assert house.ports.cases.person(case_id).name == PLANTED["name"]

    assert len(said.getvalue().splitlines()) > 40
    assert found_in(said.getvalue()) == []
    assert len(told_by_queues) > 25
    assert found_in("\n".join(told_by_queues)) == []
    assert found_in("\n".join(one.decode() for one in shown)) == []
    items = house.items()
    assert len(items) > 20
    assert [(item["SK"], found_in(texts(item))) for item in items if found_in(texts(item))] == []


# What a thief would like to read: no message and no log tells it; what the parcel is worth only the merchant's own
# tools and letters to its people do.
CONTENTS = ("18K yellow gold ring", "R-18K-01", "GT-000184", "0.05 ct", "diamond")
WORTH = re.compile(r"(?<![0-9a-f.])1[,. ]?180(?![0-9a-f])")  # and not a part of some id or of a second


@pytest.fixture
def told_outside(house):
    """What went to the topic and to the people of the merchant, as text."""
    sent = {"topic": [], "staff": []}
    clients = house.ports.queues._clients

    def published(params, **_):
        sent["topic"].append(f"{params['Subject']} {params['Message']}")

    def mailed(params, **_):
        mail = message_from_bytes(params["Content"]["Raw"]["Data"], policy=policy.default)
        if PLANTED["email"] not in params["Destination"]["ToAddresses"]:
            parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
            sent["staff"].append("\n".join((*(f"{name}: {value}" for name, value in mail.items()), *parts)))

    clients.of("sns").meta.events.register("provide-client-params.sns.Publish", published)
    clients.of("sesv2").meta.events.register("provide-client-params.sesv2.SendEmail", mailed)
    return sent


def lose(house, case_id):
    """Picked up, silent, held and acknowledged, released, lost; then a day more, its digest and its claim."""
    number = house.case(case_id)["legs"][0]["tracking_number"]
    for hours, code, city, country, text in (
        (26, "PU", "PARIS", "FR", "Picked up"), (4, "DP", "ROISSY", "FR", "Departed"),
        (36, "CD", "GUANGZHOU", "CN", "Clearance delay: " + NAME), (6, "CC", "GUANGZHOU", "CN", "Released"),
        (6, "DE", "GUANGZHOU", "CN", "Unable to locate"),
    ):  # fmt: skip
        house.later(hours=hours)
        house.sweep()
        house.run()
        house.scan(number, code, city, country, description=text)
        house.run()
    for row in house.case(case_id)["exceptions"]:
        house.post(f"/v1/exceptions/{row['exception_id']}/acknowledge", {"note": "on it"})
    house.run()
    for days in (1, 1, 2, 3):
        house.later(days=days)
        house.sweep()
        house.invoke("daily_digest", {"time": "2026-12-01T09:00:00Z", **SCHEDULED})
        house.run()
    claim = {"leg": 1, "party": "carrier", "kind": "loss", "amount": {"amount": "1180.00", "currency": "EUR"}}
    assert house.post(f"/v1/returns/{case_id}/claims", claim).status_code in (200, 201)
    house.run()


def test_a_lost_parcel_is_told_to_everybody_without_a_word_of_its_sender_or_of_what_it_holds(
    house, told_by_queues, told_outside
):
    with everything_said() as said:
        answer = house.post("/v1/returns", a_return(customer=PLANTED))
        house.run()
        lose(house, answer.json_body["case_id"])
        for queue in ("notices", "deliveries"):
            body = {"kind": queue, "case_id": NAME, "subject": PLANTED["email"], "receiver": NAME, "message_id": NAME}
            house.sqs.send_message(QueueUrl=house.queues[queue], MessageBody=json.dumps(body))
            house.deliver(queue, failing=True)
    told = {**told_outside, "queues": told_by_queues, "log": said.getvalue().splitlines()}
    for room, host in (("chat", "https://chat."), ("tools", "https://shop.")):
        told[room] = [body.decode() for url, _headers, body in house.outside.calls if url.startswith(host)]
    assert {room for room, texts_of in told.items() if len(texts_of) < 2} == set()
    for room, texts_of in told.items():
        whole = "\n".join(texts_of)
        assert found_in(whole) == [], room
        assert [one for one in CONTENTS if one.lower() in whole.lower()] == [], room
        assert room not in ("log", "topic", "chat") or WORTH.findall(whole) == [], room
    # What a carrier wrote into the text of a scan stands in the history of the parcel, and goes nowhere from there.
    kept = [item for item in house.items() if not item["SK"].startswith("TRACK#")]
    assert [(item["SK"], found_in(texts(item))) for item in kept if found_in(texts(item))] == []


# Requests that fail in many ways, each with something personal in a place of its own.
def broken_requests():
    iban, passport = "FR7630006000011234567890189", "19FR12345 X4RTBPFW4 1985-07-14"
    yield a_return(customer={**PLANTED, "email": NAME})
    yield a_return(customer={**PLANTED, "iban": iban})
    yield a_return(customer={**PLANTED, "address": {**PLANTED["address"], "country": NAME}})
    yield a_return(customer=PLANTED, kind=NAME)
    yield a_return(customer=PLANTED, return_to=NAME)
    yield a_return(customer=PLANTED, pickup={"on": passport, "from": iban, "until": "signed by O.Q."})
    yield a_return(customer=PLANTED, order={"number": "SO-1", "sold_on": PLANTED["phone"], "delivered_on": None})
    yield a_return(customer=[PLANTED])
    yield a_return(customer=PLANTED, carrier=PLANTED["email"])
    yield a_return(customer=PLANTED, items=[{"sku": iban, "price": {"amount": passport, "currency": "XXX"}}])


@pytest.mark.parametrize("body", list(broken_requests()))
def test_a_refused_request_is_not_repeated_in_its_problem_or_in_a_log(house, body):
    with everything_said() as said:
        refused = house.post("/v1/returns", body)
    assert refused.status_code == 422, refused.body
    assert found_in(refused.body.decode()) == []
    assert found_in(said.getvalue()) == []


def test_a_defect_is_logged_without_what_the_message_held(house):
    with everything_said() as said:
        for body in (json.dumps({"kind": NAME}), json.dumps({"kind": "waybill", "case_id": NAME, "leg": NAME}), NAME):
            house.sqs.send_message(QueueUrl=house.queues["steps"], MessageBody=body)
            house.deliver("steps", failing=True)
    assert "message failed" in said.getvalue()
    assert found_in(said.getvalue()) == []


def test_what_a_carrier_writes_about_the_person_who_signed_is_not_kept_in_the_history(house):
    answer = house.post("/v1/returns", a_return(customer=PLANTED))
    house.run()
    number = house.case(answer.json_body["case_id"])["legs"][0]["tracking_number"]
    house.later(hours=48)
    with everything_said() as said:
        house.fedex.scan(number, "DL", "SHENZHEN", "CN", house.now, description="Delivered")
        body, _ = house.fedex.push_body(number)
        told = json.loads(body)
        result = told["output"]["completeTrackResults"][0]["trackResults"][0]
        result["deliveryDetails"] = {"receivedByName": NAME, "signedByName": "signed by O.Q."}
        result["recipientInformation"]["contact"] = {"personName": NAME, "phoneNumber": PLANTED["phone"]}
        result["recipientInformation"]["address"]["streetLines"] = PLANTED["address"]["lines"]
        named = json.dumps(told).encode()
        assert house.webhook(named, house.fedex.signed(named)).status_code == 202
        house.run()
    assert house.case(answer.json_body["case_id"])["stage"] == "arrived"
    assert found_in(said.getvalue()) == []
    assert [item["SK"] for item in house.items() if found_in(texts(item))] == []
