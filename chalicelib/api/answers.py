"""Answer models by the names the operations give them: an allow-list of what each route may say.

The stories build plain JSON; these models document it (OpenAPI) and the tests hold every answer against them.
A field that is in no model is not part of the contract.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.api.case_answers import CancelledAnswer, CaseAnswer, CasePage, OpenedAnswer, PaperLinkAnswer
from chalicelib.api.claim_answers import ClaimAnswer, ClaimPageAnswer, ClaimsAnswer, PackOrderedAnswer
from chalicelib.api.custody_answers import (
    CustodyAnswer,
    HandOverAnswer,
    InspectionAnswer,
    InspectionsAnswer,
    ReceiptAnswer,
)
from chalicelib.api.delivery_answers import (
    DeliveryAnswer,
    DeliveryPageAnswer,
    ReceiverAnswer,
    ReceiversAnswer,
    ReplayedAnswer,
)
from chalicelib.api.dispute_answers import DisputeAnswer, DisputesAnswer
from chalicelib.api.duty_answers import DutiesAnswer, DutyAnswer, DutyPageAnswer
from chalicelib.api.estimate_answers import EstimateAnswer
from chalicelib.api.evidence_answers import (
    EvidenceAnswer,
    EvidenceLinkAnswer,
    EvidenceListAnswer,
    OfferedEvidenceAnswer,
)
from chalicelib.api.law_answers import WithdrawalAnswer
from chalicelib.api.link_answers import LinkAnswer, LinkEndedAnswer
from chalicelib.api.notice_answers import NoticePreviewAnswer, NoticesAnswer
from chalicelib.api.person_answers import ErasureAnswer, ExportLinkAnswer, ExportOrderedAnswer
from chalicelib.api.pickup_answers import PickupAnswer, WindowsAnswer
from chalicelib.api.recall_answers import RecallAnswer, RecallSalesAnswer, RecallSalesPage
from chalicelib.api.repair_answers import (
    OfferedQuoteAnswer,
    QuoteAnswer,
    RepairAnswer,
    RepairOptionsAnswer,
    RepairsAnswer,
)
from chalicelib.api.route_answers import CarriersAnswer, RoutesAnswer
from chalicelib.api.settlement_answers import (
    ClosedAnswer,
    MoneyAnswer,
    PaymentAnswer,
    SettlementAnswer,
    SettlementsAnswer,
)
from chalicelib.api.shipment_answers import (
    ExceptionAnswer,
    ExceptionCounts,
    ExceptionPage,
    ShipmentAnswer,
    ShipmentPage,
)
from chalicelib.api.tariff_answers import TariffAnswer
from chalicelib.api.told import DayText, Told
from chalicelib.api.way_out_answers import WayOutAnswer, WaysOutAnswer

__all__ = [
    "Accepted",
    "CancelledAnswer",
    "CarriersAnswer",
    "CaseAnswer",
    "CasePage",
    "ClaimAnswer",
    "ClaimPageAnswer",
    "ClaimsAnswer",
    "ClosedAnswer",
    "CustodyAnswer",
    "DeliveryAnswer",
    "DeliveryPageAnswer",
    "DisputeAnswer",
    "DisputesAnswer",
    "DutiesAnswer",
    "DutyAnswer",
    "DutyPageAnswer",
    "ErasureAnswer",
    "EstimateAnswer",
    "EvidenceAnswer",
    "EvidenceLinkAnswer",
    "EvidenceListAnswer",
    "ExceptionAnswer",
    "ExceptionCounts",
    "ExceptionPage",
    "ExportLinkAnswer",
    "ExportOrderedAnswer",
    "HandOverAnswer",
    "Health",
    "InspectionAnswer",
    "InspectionsAnswer",
    "LinkAnswer",
    "LinkEndedAnswer",
    "MoneyAnswer",
    "NoticePreviewAnswer",
    "NoticesAnswer",
    "OfferedEvidenceAnswer",
    "OfferedQuoteAnswer",
    "OpenedAnswer",
    "PackOrderedAnswer",
    "PaperLinkAnswer",
    "PaymentAnswer",
    "PickupAnswer",
    "ProblemTold",
    "QuoteAnswer",
    "RecallAnswer",
    "RecallSalesAnswer",
    "RecallSalesPage",
    "Receipt",
    "ReceiptAnswer",
    "ReceiverAnswer",
    "ReceiversAnswer",
    "RepairAnswer",
    "RepairOptionsAnswer",
    "RepairsAnswer",
    "ReplayedAnswer",
    "RoutesAnswer",
    "SettlementAnswer",
    "SettlementsAnswer",
    "ShipmentAnswer",
    "ShipmentPage",
    "TariffAnswer",
    "WayOutAnswer",
    "WaysOutAnswer",
    "WindowsAnswer",
    "WithdrawalAnswer",
]  # fmt: skip


class FaultTold(Told):
    """One thing wrong with a request: where, a stable code, and what to do about it."""

    source: str
    code: str
    field: str | None
    retryable: bool
    detail: str


class ProblemTold(Told):
    """A problem (RFC 9457). ``code`` is stable; ``errors`` lists every fault at once."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    errors: list[FaultTold]
    ship_dates: list[DayText] | None = None


class Accepted(Told):
    """Taken and kept; it is read later."""

    accepted: Literal[True]


class Receipt(Told):
    """China Post's own form of an answer to a push: ``00000`` is taken."""

    serialNo: str  # noqa: N815 - the carrier's own word
    code: Literal["00000"]
    codeMessage: str  # noqa: N815 - the carrier's own word
    senderNo: str | None = None  # noqa: N815 - the carrier's own word


class Health(Told):
    """The API answers."""

    status: Literal["ok"]
