"""The facts of a leg for tests: an 18K ring going home from Paris to Shenzhen, unless a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.customs.facts import History, Repair
from chalicelib.customs.papers.facts import ClaimedRelief, ExportProof, PaperFacts, Party, Piece
from chalicelib.customs.papers.make import papers_for
from chalicelib.customs.papers.paper import Paper
from chalicelib.money import Money
from chalicelib.places import Lane
from tests.customs.asking import line

ON = date(2026, 11, 22)
CUSTOMER = Party(
    None, "Camille Durand", ("12 rue de la Paix",), "Paris", None, "75002", "FR", "+33 1 00", "c@example.com"
)
SHOP = Party(
    "Lingnan Atelier Ltd", "Li Wei", ("Shennan Road 1",), "Shenzhen", "Guangdong", "518000", "CN", "+86 755",
    "r@example.com",
    (("USCC", "91440300MA5EXAMPLE", "CN"),),
)  # fmt: skip
PROOF = ExportProof("INV-7", date(2026, 9, 1), "fedex", "794600000001", date(2026, 9, 3), "26CN1", "9610")
PAST = History(exported_on=date(2026, 9, 3), export_reference="26CN1", export_mode="9610", same_state=True)
REPAIRED = Repair(
    under_warranty=False, replaced=False, charge=Money(Decimal(180), "EUR"), parts=Money(Decimal(40), "EUR")
)
COVER = {"insured_by": "Atlas", "policy_no": "P-1", "insured_value": {"amount": "1180.00", "currency": "EUR"}}


def leg_facts(**said: Any) -> PaperFacts:
    """The facts, with what the test says put in."""
    ring = Piece(line({"value": "1180 EUR", "net_weight_g": Decimal("5.2")}), "R-1", "7113191900", Decimal(12), "A123")
    usual = PaperFacts(
        case_id="case-1", rma="RMA-1", leg=1, direction="home", purpose="refund_return", reason="quality",
        lane=Lane("FR", "CN"), made_on=ON, carrier="fedex", service="INTERNATIONAL_PRIORITY", channel="express",
        waybill="794612345678", shipper=CUSTOMER, consignee=SHOP, importer=SHOP, incoterm="DAP", pieces=(ring,),
        gross_weight_g=Decimal(420), freight=None, insurance=None, export=PROOF, order_number="O-9",
        sold_on=date(2026, 8, 30), language="fr", page="A4", history=PAST, cover=COVER,
    )  # fmt: skip
    return replace(usual, **said)


def repaired(**said: Any) -> PaperFacts:
    """A ring on its way back from the workshop."""
    return leg_facts(
        **{
            "purpose": "repaired_back", "direction": "out", "lane": Lane("CN", "FR"), "shipper": SHOP,
            "consignee": CUSTOMER, "importer": None, "repair": REPAIRED, **said,
        }
    )  # fmt: skip


def worth(value: str, **said: Any) -> tuple[Piece, ...]:
    """One piece of this worth."""
    (ring,) = leg_facts().pieces
    return (replace(ring, line=line({"value": value, "net_weight_g": Decimal("5.2"), **said})),)


def claim(code: str, status: str = "proven", *missing: str) -> ClaimedRelief:
    """A relief of the estimate."""
    return ClaimedRelief(code, status, "a form", "importer", date(2027, 3, 3), missing)


def paper(name: str, facts: PaperFacts) -> Paper:
    """The paper of this name."""
    return next(one for one in papers_for(facts, ON) if one.name == name)


def text_of(made: Paper) -> str:
    """Everything the paper says, as one text."""
    return repr(made.document)
