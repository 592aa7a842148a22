"""The desk: what a route is handed to do its work, built once by ``app.py``.

A route knows no adapter and builds no client. It is given the ports (made at first use), a clock and the
stories it may tell. Everything here is a callable, so that importing the routes costs nothing: a queue worker
imports the same ``app.py`` and must not pay for the API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.workflows.ports import Ports

Story = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Stories:
    """The workflow behind each route, by the name of the workflow function."""

    open_return: Story
    read_case: Story
    paper_link: Story
    list_cases: Story
    cancel_case: Story
    prove_export: Story
    decide_return: Story
    declare_withdrawal: Story
    pickup_windows: Story
    book_pickup: Story
    change_pickup: Story
    cancel_pickup: Story
    estimate: Story
    read_tariff: Story
    record_duty: Story
    read_duties: Story
    act_on_duty: Story
    list_duties: Story
    read_claims: Story
    prepare_claim: Story
    act_on_claim: Story
    order_claim_pack: Story
    read_claim_pack: Story
    list_claims: Story
    read_custody: Story
    note_hand_over: Story
    take_in: Story
    inspect_pieces: Story
    countersign_inspection: Story
    release_inspection: Story
    read_inspections: Story
    read_settlements: Story
    propose_settlement: Story
    approve_settlement: Story
    act_on_settlement: Story
    reconcile_settlement: Story
    give_payment: Story
    note_money: Story
    close_return: Story
    offer_evidence: Story
    confirm_evidence: Story
    list_evidence: Story
    read_evidence: Story
    read_notices: Story
    choose_notices: Story
    preview_notice: Story
    prepare_recall: Story
    act_on_recall: Story
    take_recall_sales: Story
    read_recall: Story
    list_recall_sales: Story
    note_dispute: Story
    act_on_dispute: Story
    read_disputes: Story
    read_repairs: Story
    order_repair: Story
    step_repair: Story
    offer_quote: Story
    answer_quote: Story
    compare_repairs: Story
    compare_unopened: Story
    erase_person: Story
    read_erasure: Story
    lay_legal_hold: Story
    export_person: Story
    read_export: Story
    make_link: Story
    end_link: Story
    show_page: Story
    act_on_page: Story
    list_deliveries: Story
    read_delivery: Story
    replay_delivery: Story
    replay_deliveries: Story
    list_receivers: Story
    try_receiver: Story
    enable_receiver: Story
    routes: Story
    carriers: Story
    read_shipment: Story
    list_shipments: Story
    list_exceptions: Story
    count_exceptions: Story
    read_exception: Story
    act_on_exception: Story
    accept_webhook: Story
    ways_out: Story
    ask_way_out: Story
    end_way_out: Story


def workflows() -> Stories:
    """The stories as the workflows tell them; imported now, at the first request."""
    from chalicelib.customs.tariff_book import tariff_book
    from chalicelib.workflows import (
        cancel_case,
        open_return,
        prove_export,
        read_case,
        read_rates,
        serve_papers,
    )

    return Stories(
        open_return=open_return.open_return,
        read_case=read_case.read_case,
        paper_link=serve_papers.paper_link,
        list_cases=read_case.list_cases,
        cancel_case=cancel_case.cancel_case,
        prove_export=prove_export.prove_export,
        estimate=lambda ports, request: read_rates.estimate_entry(ports, request).as_json(),
        read_tariff=tariff_book,
        **_carriers(),
        **_ways_out(),
        **_decisions(),
        **_pickups(),
        **_exceptions(),
        **_ledger(),
        **_claims(),
        **_custody(),
        **_settlements(),
        **_persons(),
        **_disputes(),
        **_repairs(),
        **_recalls(),
        **_deliveries(),
        **_notices(),
        **_evidence(),
        **_links(),
    )


def _repairs() -> dict[str, Story]:
    """The stories of the bench."""
    from chalicelib.workflows import compare_repairs, read_repairs

    return {
        "read_repairs": read_repairs.read_repairs,
        "order_repair": read_repairs.ask_repair,
        "step_repair": read_repairs.step_repair,
        "offer_quote": read_repairs.offer,
        "answer_quote": read_repairs.answer,
        "compare_repairs": compare_repairs.compare_repairs,
        "compare_unopened": compare_repairs.compare_unopened,
    }


def _ways_out() -> dict[str, Story]:
    """The stories of what goes out again."""
    from chalicelib.workflows import read_ways_out

    return {
        "ways_out": read_ways_out.ways_out,
        "ask_way_out": read_ways_out.ask_way_out,
        "end_way_out": read_ways_out.end_way_out,
    }


def _carriers() -> dict[str, Story]:
    """The stories of carriers and their parcels."""
    from chalicelib.workflows import propose_ways, read_carriers, read_shipment, take_tracking

    return {
        "routes": propose_ways.routes,
        "carriers": read_carriers.carriers,
        "read_shipment": read_shipment.read_shipment,
        "list_shipments": read_shipment.list_shipments,
        "accept_webhook": take_tracking.accept_webhook,
    }


def _decisions() -> dict[str, Story]:
    """The stories of a person's decision and of a withdrawal."""
    from chalicelib.workflows import decide_return, declare_withdrawal

    return {
        "decide_return": decide_return.decide_return,
        "declare_withdrawal": declare_withdrawal.declare,
    }


def _pickups() -> dict[str, Story]:
    """The stories of the courier."""
    from chalicelib.workflows import change_pickup, pickup_windows

    return {
        "pickup_windows": pickup_windows.pickup_windows,
        "book_pickup": change_pickup.book_pickup,
        "change_pickup": change_pickup.change_pickup,
        "cancel_pickup": change_pickup.cancel_pickup,
    }


def _exceptions() -> dict[str, Story]:
    """The stories of the work list."""
    from chalicelib.workflows import read_exceptions, work_exceptions

    return {
        "list_exceptions": read_exceptions.list_exceptions,
        "count_exceptions": read_exceptions.count_exceptions,
        "read_exception": read_exceptions.read_exception,
        "act_on_exception": work_exceptions.act_on_exception,
    }


def _ledger() -> dict[str, Story]:
    """The stories of the duty ledger."""
    from chalicelib.workflows import keep_ledger, read_ledger

    return {
        "record_duty": keep_ledger.record_duty,
        "read_duties": read_ledger.read_duties,
        "act_on_duty": keep_ledger.act_on_duty,
        "list_duties": read_ledger.list_duties,
    }


def _recalls() -> dict[str, Story]:
    """The stories of recalls."""
    from chalicelib.workflows import run_recall

    return {
        "prepare_recall": run_recall.prepare_recall,
        "act_on_recall": run_recall.act_on_recall,
        "take_recall_sales": run_recall.take_sales,
        "read_recall": run_recall.read_recall,
        "list_recall_sales": run_recall.list_sales,
    }


def _disputes() -> dict[str, Story]:
    """The stories of payment disputes."""
    from chalicelib.workflows import keep_disputes

    return {
        "note_dispute": keep_disputes.note_dispute,
        "act_on_dispute": keep_disputes.act_on_dispute,
        "read_disputes": keep_disputes.read_disputes,
    }


def _persons() -> dict[str, Story]:
    """The stories of a customer's own values."""
    from chalicelib.workflows import erase_person, export_person

    return {
        "erase_person": erase_person.ask_erasure,
        "read_erasure": erase_person.read_erasure,
        "lay_legal_hold": erase_person.lay_hold,
        "export_person": export_person.ask_export,
        "read_export": export_person.export_link,
    }


def _claims() -> dict[str, Story]:
    """The stories of claims against carriers and insurers."""
    from chalicelib.workflows import read_claims

    return {
        "read_claims": read_claims.read_claims,
        "prepare_claim": read_claims.prepare_claim,
        "act_on_claim": read_claims.act_on,
        "order_claim_pack": read_claims.order_pack,
        "read_claim_pack": read_claims.pack_link,
        "list_claims": read_claims.list_claims,
    }


def _settlements() -> dict[str, Story]:
    """The stories of what a return ends with."""
    from chalicelib.workflows import close_case, give_payment, keep_settlement, note_money, read_settlements

    return {
        "read_settlements": read_settlements.read_settlements,
        "propose_settlement": keep_settlement.propose,
        "approve_settlement": keep_settlement.approve,
        "act_on_settlement": keep_settlement.act,
        "reconcile_settlement": keep_settlement.reconcile,
        "give_payment": give_payment.give_payment,
        "note_money": note_money.note_money,
        "close_return": close_case.close_case,
    }


def _custody() -> dict[str, Story]:
    """The stories of the receiving dock."""
    from chalicelib.workflows import hand_over, inspect_pieces, read_custody, sign_inspection, take_in

    return {
        "read_custody": read_custody.read_custody,
        "note_hand_over": hand_over.note_hand_over,
        "take_in": take_in.take_in,
        "inspect_pieces": inspect_pieces.inspect_pieces,
        "countersign_inspection": sign_inspection.countersign,
        "release_inspection": sign_inspection.release,
        "read_inspections": read_custody.read_inspections,
    }


def _notices() -> dict[str, Story]:
    """The stories of what the customer is told."""
    from chalicelib.workflows import read_notices

    return {
        "read_notices": read_notices.read_notices,
        "choose_notices": read_notices.choose_notices,
        "preview_notice": read_notices.preview_notice,
    }


def _links() -> dict[str, Story]:
    """The stories of the customer's link, and of the page behind it."""
    from chalicelib.workflows import act_on_page, keep_link, show_page

    return {
        "make_link": keep_link.make_link,
        "end_link": keep_link.end_link,
        "show_page": show_page.show_page,
        "act_on_page": act_on_page.act_on_page,
    }


def _evidence() -> dict[str, Story]:
    """The stories of what is given as evidence."""
    from chalicelib.workflows import read_evidence, take_evidence

    return {
        "offer_evidence": take_evidence.offer,
        "confirm_evidence": take_evidence.confirm,
        "list_evidence": read_evidence.list_evidence,
        "read_evidence": read_evidence.evidence_link,
    }


def _deliveries() -> dict[str, Story]:
    """The stories of what the merchant's receivers are sent."""
    from chalicelib.workflows import read_deliveries, replay_deliveries

    return {
        "list_deliveries": read_deliveries.list_deliveries,
        "read_delivery": read_deliveries.read_delivery,
        "replay_delivery": replay_deliveries.replay_delivery,
        "replay_deliveries": replay_deliveries.replay_deliveries,
        "list_receivers": read_deliveries.list_receivers,
        "try_receiver": replay_deliveries.try_receiver,
        "enable_receiver": replay_deliveries.enable_receiver,
    }


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route works with."""

    ports: Callable[[], Ports]
    now: Callable[[], datetime]
    stories: Callable[[], Stories]
