"""Providers of payments: a folder where nothing is real, and Stripe by its wire format."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from chalicelib.adapters.carrier_link import HttpLink
from chalicelib.adapters.payments import ProviderPayments
from chalicelib.adapters.stripe import minor_units, units_of
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnavailable, UnavailableError
from chalicelib.money import Money
from chalicelib.workflows.payment_ports import PaymentOutcomeUnknown, PaymentUnreachable, RefundOrder
from chalicelib.workflows.ports import HttpResponse
from infra.local.stripe_simulator import StripeSimulator
from tests.fakes.memory_ports import ScriptedLink

KEY = "sk_test_goldthread"
SECRETS = {"stripe": {"api_key": KEY}}


def order(provider: str = "stripe", amount: str = "1195.00", currency: str = "EUR", n: int = 1) -> RefundOrder:
    return RefundOrder(provider, "pi_1001", f"RMA-123-456-789-S{n}", Money(Decimal(amount), currency))


# The sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> ProviderPayments:
    return ProviderPayments(ScriptedLink(), dict, str(tmp_path / "payments"))


def test_the_sandbox_writes_each_reference_down_once_however_often_it_is_told(sandbox, tmp_path):
    told = [sandbox.refund(order("sandbox")) for _ in range(3)]
    assert {(one.state, one.provider_reference) for one in told} == {("done", "sandbox_RMA-123-456-789-S1")}
    (file,) = (tmp_path / "payments").iterdir()
    assert json.loads(file.read_text())["amount"] == {"amount": "1195.00", "currency": "EUR"}
    assert sandbox.find(order("sandbox")) == told[0]


def test_ten_at_once_pay_once(sandbox, tmp_path):
    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(lambda _: sandbox.refund(order("sandbox")), range(10)))
    assert {one.state for one in told} == {"done"}
    assert len(list((tmp_path / "payments").iterdir())) == 1


def test_another_amount_under_the_same_reference_is_another_refund_and_not_paid(sandbox):
    sandbox.refund(order("sandbox"))
    with pytest.raises(PaymentOutcomeUnknown):
        sandbox.refund(order("sandbox", "1.00"))
    assert sandbox.find(order("sandbox", "1.00")) is None


@pytest.mark.parametrize(
    ("fault", "raised", "paid"),
    [
        ("unreachable", PaymentUnreachable, False),
        ("unknown_before", PaymentOutcomeUnknown, False),
        ("unknown_after", PaymentOutcomeUnknown, True),
    ],
)
def test_the_sandbox_fails_as_a_file_tells_it(sandbox, tmp_path, fault, raised, paid):
    folder = tmp_path / "payments"
    folder.mkdir()
    (folder / "fail.json").write_text(json.dumps({"*": fault}))
    with pytest.raises(raised):
        sandbox.refund(order("sandbox"))
    assert (sandbox.find(order("sandbox")) is not None) == paid


def test_the_sandbox_refuses_and_lets_wait_as_it_is_told(sandbox, tmp_path):
    folder = tmp_path / "payments"
    folder.mkdir()
    told = {order("sandbox").reference: "refused:charge_disputed", "*": "pending"}
    (folder / "fail.json").write_text(json.dumps(told))
    assert sandbox.refund(order("sandbox")).why == "charge_disputed"
    assert sandbox.refund(order("sandbox", n=2)).state == "pending"


@pytest.mark.parametrize("reference", ["../../etc/passwd", "", "a/b", ".hidden", "x" * 200])
def test_a_reference_never_leads_out_of_the_folder(sandbox, reference):
    with pytest.raises(PaymentUnreachable):
        sandbox.refund(replace(order("sandbox"), reference=reference))


def test_where_there_is_no_sandbox_none_is_asked():
    with pytest.raises(PaymentUnreachable):
        ProviderPayments(ScriptedLink(), lambda: SECRETS).refund(order("sandbox"))


def test_a_provider_that_nobody_knows_has_paid_nothing():
    with pytest.raises(PaymentUnreachable, match="cowrie"):
        ProviderPayments(ScriptedLink(), lambda: SECRETS).refund(order("cowrie"))


# Stripe


class House:
    """A simulated account behind a link."""

    def __init__(self) -> None:
        self.stripe = StripeSimulator(KEY, {"pi_1001": (500_000, "eur"), "ch_7": (1_000, "jpy")})
        self.link = ScriptedLink(lambda host, request: HttpResponse(*self._answer(request)))
        self.payments = ProviderPayments(self.link, lambda: SECRETS)

    def _answer(self, request):
        return self.stripe.handle(request.method, request.path, request.headers, request.body)

    def last(self):
        return self.link.calls[-1][1]


@pytest.fixture
def house() -> House:
    return House()


def test_a_refund_goes_form_encoded_under_our_reference_as_its_key(house):
    told = house.payments.refund(order())
    request = house.last()
    assert (told.state, told.provider_reference) == ("done", "re_" + "1".rjust(24, "0"))
    assert (request.method, request.path, request.reads_only) == ("POST", "/v1/refunds", False)
    assert request.headers["idempotency-key"] == "RMA-123-456-789-S1"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == b"payment_intent=pi_1001&amount=119500&metadata%5Breference%5D=RMA-123-456-789-S1"
    assert KEY not in repr(request)


def test_the_same_order_twice_is_one_refund(house):
    assert house.payments.refund(order()) == house.payments.refund(order())
    assert len(house.stripe.refunds) == 1


def test_an_older_reference_names_the_charge_and_yen_have_no_cents(house):
    yen = RefundOrder("stripe", "ch_7", "R-1", Money(Decimal(1000), "JPY"))
    assert house.payments.refund(yen).state == "done"
    assert house.last().body.startswith(b"charge=ch_7&amount=1000&")
    found = house.payments.find(yen)
    assert found is not None
    assert house.last().path == "/v1/refunds?charge=ch_7&limit=100"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("succeeded", "done"), ("pending", "pending"), ("requires_action", "pending"), ("failed", "refused"),
        ("canceled", "refused"),
    ],
)  # fmt: skip
def test_each_status_is_done_on_its_way_or_refused(house, status, state):
    house.stripe.statuses = [status]
    assert house.payments.refund(order()).state == state
    found = house.payments.find(order())
    assert found is not None
    assert found.state == state


@pytest.mark.parametrize(
    ("orders", "why"),
    [(["5000.00", "1.00"], "charge_already_refunded"), (["4000.00", "1001.00"], "amount_too_large")],
)
def test_what_stripe_refuses_is_told_by_its_code(house, orders, why):
    for n, amount in enumerate(orders[:-1]):
        house.payments.refund(order(amount=amount, n=n))
    refused = house.payments.refund(order(amount=orders[-1], n=9))
    assert (refused.state, refused.why) == ("refused", why)


def answered(status: int, body: object) -> tuple[int, dict[str, str], bytes]:
    return status, {}, body if isinstance(body, bytes) else json.dumps(body).encode()


ERROR = {"error": {"type": "invalid_request_error", "code": "x"}}
OTHER = {
    "id": "re_1", "object": "refund", "amount": 119500, "currency": "usd", "status": "succeeded",
    "metadata": {"reference": "RMA-123-456-789-S1"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        (answered(401, ERROR), PaymentUnreachable),
        (answered(403, ERROR), PaymentUnreachable),
        (answered(429, ERROR), PaymentUnreachable),
        (answered(409, {"error": {"type": "idempotency_error", "code": "idempotency_key_in_use"}}), None),
        (answered(400, {"error": {"type": "idempotency_error"}}), None),
        (answered(500, {"error": {"type": "api_error"}}), None),
        (answered(502, b"<html>bad gateway</html>"), None),
        (answered(404, b"<html>a page of somebody else</html>"), None),
        (answered(302, b""), None),
        (answered(200, b"{"), None),
        (answered(200, b"[]"), None),
        (answered(200, {"object": "refund", "status": "succeeded"}), None),
        (answered(200, OTHER), None),
        (answered(200, OTHER | {"currency": "eur", "amount": 1}), None),
        (answered(200, OTHER | {"currency": "eur", "status": "sung"}), None),
    ],
)
def test_what_cannot_be_known_is_unknown_and_what_was_not_taken_is_free_again(house, answer, raised):
    house.stripe.answers = [answer]
    with pytest.raises(raised or PaymentOutcomeUnknown):
        house.payments.refund(order())


@pytest.mark.parametrize(
    ("wire", "raised"),
    [(CarrierUnavailable("refused"), PaymentUnreachable), (CarrierOutcomeUnknown("cut"), PaymentOutcomeUnknown)],
)
def test_the_wire_says_whether_it_can_have_been_paid(house, wire, raised):
    def fails(_host, _request):
        raise wire

    house.link.answer = fails
    with pytest.raises(raised):
        house.payments.refund(order())
    with pytest.raises(PaymentUnreachable):
        house.payments.find(order())


def test_a_refund_is_found_by_our_reference_behind_pages_of_others(house):
    house.payments.refund(order(amount="1.00", n=7))
    for n in range(10, 45):
        house.payments.refund(order(amount="1.00", n=n))
    found = house.payments.find(order(amount="1.00", n=7))
    assert found is not None
    assert found.provider_reference == "re_" + "1".rjust(24, "0")
    assert house.payments.find(order(amount="2.00", n=7)) is None
    assert house.payments.find(order(n=99)) is None


@pytest.mark.parametrize("answer", [answered(500, b""), answered(200, b"<html>"), answered(200, {"data": None})])
def test_a_question_that_is_not_answered_says_nothing(house, answer):
    house.stripe.answers = [answer]
    with pytest.raises(PaymentUnreachable):
        house.payments.find(order())


@pytest.mark.parametrize("secrets", [{}, {"stripe": {}}, {"stripe": {"api_key": ""}}, {"stripe": "sk"}])
def test_without_a_key_nobody_is_asked(secrets):
    link = ScriptedLink()
    with pytest.raises(PaymentUnreachable):
        ProviderPayments(link, lambda: secrets).refund(order())
    assert link.calls == []


def test_a_secret_store_that_is_away_is_a_provider_that_is_away():
    def away():
        raise UnavailableError("the store is down")

    with pytest.raises(PaymentUnreachable):
        ProviderPayments(ScriptedLink(), away).refund(order())


@pytest.mark.parametrize(
    ("amount", "decimals", "units"), [("10.50", 2, 1050), ("500", 0, 500), ("5.120", 3, 5120), ("0.01", 2, 1)]
)
def test_amounts_are_whole_numbers_of_the_smallest_unit(amount, decimals, units):
    assert units_of(Decimal(amount), decimals) == units


@pytest.mark.parametrize(("amount", "decimals"), [("0.005", 2), ("1.5", 0), ("5.124", 3), ("0", 2), ("-1", 2)])
def test_half_a_coin_and_nothing_are_not_paid(amount, decimals):
    with pytest.raises(ValueError, match="smallest unit"):
        units_of(Decimal(amount), decimals)


def test_the_won_has_no_smaller_coin():
    assert minor_units(Money(Decimal(1000), "KRW")) == 1000


def test_over_a_real_socket_a_refund_is_paid_and_found():
    stripe = StripeSimulator(KEY, {"pi_1001": (500_000, "eur")})

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): text for name, text in self.headers.items()}
            status, told, said = stripe.handle(self.command, self.path, headers, body)
            self.send_response(status)
            for name, text in told.items():
                self.send_header(name, text)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _serve  # noqa: N815 - the server's own names

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        link = HttpLink({"stripe": f"http://127.0.0.1:{server.server_port}"})
        payments = ProviderPayments(link, lambda: SECRETS)
        assert payments.refund(order()) == payments.find(order())
    finally:
        server.shutdown()
        server.server_close()
