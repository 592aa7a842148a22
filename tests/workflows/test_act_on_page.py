"""What a customer does on their page: once, with their own return, and only what is open to them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import InvalidRequestError, NotFoundError
from chalicelib.returns.custody import HandOver
from chalicelib.returns.evidence import Evidence
from chalicelib.returns.withdrawal import Withdrawal
from chalicelib.workflows.act_on_page import act_on_page
from tests.workflows.bench import MONDAY, Bench

DAY = timedelta(days=1)
ORDER = {"order": "SO-1001"}
YES = {**ORDER, "quote_id": "1-1"}


class Customer:
    """Somebody with a link to their return."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.ports = bench, bench.ports
        self.token = bench.ports.links.make(bench.case_id, "goldthread", MONDAY, MONDAY + 180 * DAY)

    def act(self, action, now=MONDAY, **form):
        return act_on_page(self.ports, self.token, action, form, now)

    def of(self, kind):
        return self.bench.file.parts.of(kind)


def at_home(stage="approved", **more):
    """A refund whose parcel is still with its customer."""
    return Customer(Bench("refund", "change_of_mind", stage=stage, **more))


def with_a_quote():
    bench = Bench()
    bench.order()
    bench.take_in()
    bench.offer()
    return Customer(bench)


@pytest.mark.parametrize(("action", "state"), [("quote-approve", "approved"), ("quote-refuse", "refused")])
def test_a_quote_is_answered_once_however_often_the_button_is_pressed(action, state):
    customer = with_a_quote()
    for _ in range(3):
        assert customer.act(action, **YES).said == f"quote_{state}"
    answered = [entry for entry in customer.bench.file.log if entry.what == f"quote_{state}"]

    assert [quote.state for quote in customer.bench.quotes] == [state]
    assert customer.bench.quotes[0].answered_by == "customer"
    assert len(answered) == 1


def test_after_a_no_a_yes_changes_nothing_and_says_so():
    customer = with_a_quote()
    customer.act("quote-refuse", **YES)

    assert customer.act("quote-approve", **YES).said == "changed"
    assert customer.bench.quotes[0].state == "refused"


def test_a_quote_that_ran_out_is_not_agreed_to():
    customer = with_a_quote()
    late = customer.act("quote-approve", MONDAY + 40 * DAY, **YES)

    assert late.said == "changed"
    assert "approved" not in [quote.state for quote in customer.bench.quotes]


@pytest.mark.parametrize("form", [{}, {"order": "SO-9999"}, {"order": ""}])
@pytest.mark.parametrize("action", ["open", "papers", "quote-approve", "quote-refuse"])
def test_without_the_order_number_nothing_is_opened_agreed_or_read(action, form):
    customer = with_a_quote()
    acted = customer.act(action, quote_id="1-1", name="label", **form)

    assert (acted.wrong, acted.opened, acted.url) == ("wrong", False, None)
    assert customer.bench.quotes[0].state == "offered"


def test_mistakes_are_counted_and_close_the_door():
    customer = with_a_quote()
    answers = [customer.act("open", order=f"SO-{n}").wrong for n in range(12)]

    assert answers == ["wrong"] * 10 + ["closed"] * 2
    assert customer.act("open", **ORDER).wrong == "closed"


def test_asking_without_a_number_is_no_mistake():
    customer = with_a_quote()
    for _ in range(12):
        customer.act("open")

    assert customer.act("open", **ORDER).opened


def test_a_withdrawal_is_asked_to_be_confirmed_then_declared_then_quiet():
    customer = at_home()

    assert customer.act("withdraw").confirms
    assert customer.of(Withdrawal) == ()
    for _ in range(2):
        assert customer.act("withdraw", confirmed="yes", language="fr").said == "withdrawn"
    (declared,) = customer.of(Withdrawal)
    assert (declared.declared_by, declared.declared_at, declared.language) == ("customer", MONDAY, "fr")


def test_where_there_is_no_right_none_can_be_used():
    customer = at_home(customer_country="US")

    assert customer.act("withdraw", confirmed="yes").said == "changed"
    assert customer.of(Withdrawal) == ()


def test_packing_is_noted_once():
    customer = at_home()
    customer.act("packing", seal="AB 123", weight="142,5")
    again = customer.act("packing", seal="ZZ 999")
    (row,) = customer.of(HandOver)

    assert (row.seal, str(row.grams), row.noted_by) == ("AB 123", "142.5", "customer")
    assert again.said == "changed"


def test_packing_is_noted_only_while_there_is_something_to_pack():
    customer = at_home(stage="in_transit")

    assert customer.act("packing", seal="AB 123").said == "changed"
    assert customer.of(HandOver) == ()


def wanted_of(customer):
    from chalicelib.workflows.show_page import show_page

    return show_page(customer.ports, customer.token, MONDAY).facts.wanted


def test_a_file_goes_to_the_bucket_and_comes_back_to_be_confirmed():
    customer = at_home()
    kind = wanted_of(customer)[0]
    upload = customer.act("evidence", kind=kind, language="fr").upload
    fields = dict(upload.fields)
    (piece,) = [one for one in customer.of(Evidence) if one.by_customer]

    assert (piece.kind, piece.state) == (kind, "offered")
    back = f"https://returns.example.com/v1/c/{customer.token}/evidence-confirm?evidence_id={piece.evidence_id}&language=fr"
    assert fields["success_action_redirect"] == back
    for _ in range(2):
        assert customer.act("evidence-confirm", evidence_id=piece.evidence_id).said == "evidence_received"
    assert [one.state for one in customer.of(Evidence) if one.by_customer] == ["uploaded"]


def test_only_what_is_wanted_is_taken():
    customer = at_home()

    assert customer.act("evidence", kind="spectrum").said == "changed"
    assert [one for one in customer.of(Evidence) if one.by_customer] == []


def test_a_piece_of_the_desk_or_of_another_case_is_not_there():
    customer = at_home()
    for evidence_id in ("E1", "another", "case0002"):
        with pytest.raises(NotFoundError):
            customer.act("evidence-confirm", evidence_id=evidence_id)


def test_a_paper_is_read_by_a_link_and_only_one_that_is_printed():
    customer = at_home()

    with pytest.raises(NotFoundError):
        customer.act("papers", **ORDER, name="insurance_declaration")


@pytest.mark.parametrize(
    ("action", "form"), [("quote-approve", ORDER), ("papers", ORDER), ("evidence", {}), ("evidence-confirm", {})]
)
def test_an_act_that_lacks_a_field_names_it(action, form):
    with pytest.raises(InvalidRequestError):
        at_home().act(action, **form)


@pytest.mark.parametrize("action", ["open", "withdraw", "packing", "evidence", "quote-approve"])
def test_a_link_that_opens_nothing_lets_nobody_act(action):
    bench = Bench()
    with pytest.raises(NotFoundError):
        act_on_page(bench.ports, "A" * 48, action, {}, MONDAY)
