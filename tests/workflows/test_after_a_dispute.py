"""After a bank gave money back: what it gave counts as given, and the rest of the case is settled all the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.errors import InvalidRequestError
from chalicelib.returns.dispute_clocks import Notice, Said
from chalicelib.returns.inspection import PieceFound
from chalicelib.workflows.keep_disputes import act_on_dispute, note_dispute
from chalicelib.workflows.read_settlements import postings_of
from chalicelib.workflows.settlement_blocks import SettlementBlocked
from tests.faults.stories import RING
from tests.workflows.settling import CASE, DAY, MONDAY, SettlingHouse, eur, paid, request_paid

STUDS = replace(RING, sku="S-18K-02", serial="GT-0002", price=eur("480.00"))
PAIR = request_paid(paid(total=eur("1675.00"), pieces=2), items=(RING, STUDS))


class Bank:
    """The desk as it notes what the bank does."""

    def __init__(self, house: SettlingHouse) -> None:
        self.house = house

    def asks(self, amount: str | None = "480.00", currency: str = "EUR") -> Bank:
        money = replace(eur(amount), currency=currency) if amount else None
        notice = Notice("visa", "13.7", MONDAY.date(), money, "CB-1")
        note_dispute(self.house.ports, CASE, notice, holder="fin", now=self.house.now)
        return self

    def gives(self, amount: str | None = None, lines: Any = None, action: Any = "lose") -> Any:
        said = Said(eur(amount) if amount else None, lines)
        return act_on_dispute(
            self.house.ports, CASE, "visa-CB-1", action, why=None, said=said, holder="fin", now=self.house.now
        )


def came(pieces: int = 2) -> SettlingHouse:
    house = SettlingHouse(PAIR)
    house.arrived()
    house.inspected(*(PieceFound(n, 1, 1, "as_sold", accepted_net_g=Decimal("5.20")) for n in range(1, pieces + 1)))
    return house


@pytest.fixture
def house() -> SettlingHouse:
    return came()


def blocked(call: Any) -> set[tuple[str | None, str]]:
    with pytest.raises(SettlementBlocked) as refused:
        call()
    return {(one.field, one.code) for one in refused.value.faults}


@pytest.mark.parametrize("action", ["lose", "give_up"])
def test_what_the_bank_gave_for_one_line_leaves_the_other_to_be_settled(house, action):
    told = Bank(house).asks().gives(lines=((2, 1),), action=action)
    assert (told["gave_back"]["amount"], told["lines"], told["lacks"]) == ("480.00", [{"line": 2, "pieces": 1}], [])
    told = house.propose()
    assert {line["line"] for line in told["lines"] if line["line"]} == {1}
    assert told["total"]["amount"] == "1195.00"
    house.approve("max", "manager")
    house.approve("lea", "lead")
    house.work()
    assert (house.settlements[0].state, house.stage) == ("done", "closed")
    back = [one.amount.amount for one in postings_of(house.file) if one.to_account == "customer"]
    assert sum(back) == Decimal("1675.00")


def test_the_line_that_the_bank_paid_for_is_settled_no_more(house):
    Bank(house).asks().gives(lines=((2, 1),))
    with pytest.raises(InvalidRequestError, match="only what came back"):
        house.propose(lines=((2, 1),))


def test_money_that_the_bank_gave_for_no_piece_is_held_to_what_was_paid(house):
    Bank(house).asks().gives("480.00", lines=())
    assert house.propose()["total"]["amount"] == "1195.00"  # 1675.00 less 480.00


def test_while_the_bank_has_not_decided_nothing_is_settled(house):
    bank = Bank(house).asks()
    assert blocked(house.propose) == {("dispute", "open_dispute")}
    bank.gives(action="answer")
    assert blocked(house.propose) == {("dispute", "open_dispute")}
    bank.gives(action="win")
    assert house.propose()["total"]["amount"] == "1675.00"


def test_after_a_loss_a_person_says_how_much_and_for_which_pieces_before_anything_is_settled(house):
    bank = Bank(house).asks(None)
    assert bank.gives()["lacks"] == ["amount_unknown", "lines_unknown"]
    assert blocked(house.propose) == {("dispute.amount", "amount_unknown"), ("dispute.lines", "lines_unknown")}
    assert bank.gives("480.00")["lacks"] == ["lines_unknown"]
    assert blocked(house.propose) == {("dispute.lines", "lines_unknown")}
    assert bank.gives(lines=((2, 1),))["lacks"] == []
    assert house.propose()["total"]["amount"] == "1195.00"


def test_what_was_said_wrongly_is_said_again_and_the_log_holds_both(house):
    bank = Bank(house).asks()
    bank.gives(lines=((1, 1),))
    bank.gives(lines=((2, 1),))
    bank.gives(lines=((2, 1),))
    said = [entry.facts["lines"] for entry in house.file.log if entry.what in ("dispute_lost", "dispute_said")]
    assert said == ["1x1", "2x1"]


def test_a_bank_that_gave_all_of_it_back_leaves_nothing_to_settle(house):
    Bank(house).asks("1675.00").gives()
    assert blocked(house.propose) == {("dispute", "bank_gave_all")}


def test_what_the_bank_gave_is_told_in_the_currency_that_was_charged(house):
    bank = Bank(house).asks(currency="USD")
    bank.gives(lines=((2, 1),))
    assert blocked(house.propose) == {("dispute.amount", "other_currency")}
    bank.gives("450.00")
    assert house.propose()["total"]["amount"] == "1195.00"


def test_a_refund_approved_before_the_bank_gave_money_is_not_paid_above_what_was_paid(house):
    house.approved()
    bank = Bank(house).asks()
    house.work()
    bank.gives(lines=())
    house.sweep(MONDAY + 2 * DAY)
    assert (house.settlements[0].state, house.world.payments.asked) == ("approved", [])
    assert house.settlements[0].problem == "more_than_is_left"
    house.withdraw()
    assert house.propose()["total"]["amount"] == "1195.00"


def test_a_replacement_approved_for_a_piece_that_the_bank_paid_for_since_does_not_go_out(house):
    house.approved(kind="replacement")
    Bank(house).asks().gives(lines=((2, 1),))
    house.work()
    assert (house.settlements[0].state, house.settlements[0].problem) == ("approved", "settled_by_the_bank")


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (Said(lines=((3, 1),)), ("lines", "no_such_line")),
        (Said(lines=((1, 2),)), ("lines", "too_many_pieces")),
        (Said(lines=((1, 1), (1, 1))), ("lines", "repeated")),
        (Said(amount=eur("0.00")), ("gave_back", "out_of_bounds")),
    ],
)
def test_only_pieces_of_the_return_are_named_and_an_amount_is_more_than_nothing(house, said, fault):
    Bank(house).asks()
    with pytest.raises(InvalidRequestError) as refused:
        act_on_dispute(house.ports, CASE, "visa-CB-1", "lose", why=None, said=said, holder="fin", now=MONDAY)
    assert [(one.field, one.code) for one in refused.value.faults] == [fault]


def test_only_what_was_lost_says_what_the_bank_gave(house):
    Bank(house).asks()
    with pytest.raises(InvalidRequestError) as refused:
        Bank(house).gives("480.00", action="win")
    assert [(one.field, one.code) for one in refused.value.faults] == [("gave_back", "not_lost")]
