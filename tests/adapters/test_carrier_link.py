"""The wire, against a real server on this machine that behaves as badly as it is told to."""

from __future__ import annotations

import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chalicelib.adapters.carrier_link import LARGEST_ANSWER, HttpLink
from chalicelib.carriers.contract import HttpRequest
from chalicelib.errors import CarrierOutcomeUnknown, CarrierUnavailable


class Carrier(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers), body))
        getattr(self, "answer_" + self.path.strip("/").partition("?")[0])(body)

    do_GET = do_POST  # noqa: N815 - the server's own name

    def log_message(self, *_):
        pass

    def give(self, status, body, **headers):
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_echo(self, body):
        self.give(200, body, X_Thing="1")

    def answer_error(self, body):
        self.give(503, b'{"errors":[]}', retry_after="7")

    def answer_elsewhere(self, body):
        self.give(302, b"", location="http://169.254.169.254/latest")

    def answer_packed(self, body):
        self.give(200, gzip.compress(b"{}" * 1000), content_encoding="gzip")

    def answer_bomb(self, body):
        self.give(200, gzip.compress(b"0" * (LARGEST_ANSWER + 1)), content_encoding="gzip")

    def answer_broken(self, body):
        self.give(200, b"not gzip", content_encoding="gzip")

    def answer_silence(self, body):
        self.server.hold.wait(5)
        self.close_connection = True

    def answer_hangup(self, body):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def answer_cut(self, body):
        self.give(200, b"half", **{"content-length": "99"})
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True


@pytest.fixture
def carrier():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.seen, server.hold, server.daemon_threads = [], threading.Event(), True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.hold.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def link(carrier):
    return HttpLink({"fedex": f"http://127.0.0.1:{carrier.server_port}/"}, read_timeout_s=0.3)


def asked(path, *, reads_only, method="POST", body=b'{"a":1}'):
    return HttpRequest(method, path, {"Content-Type": "application/json", "X-Id": "é".encode().hex()}, body, reads_only)


@pytest.mark.parametrize("reads_only", [True, False])
def test_bytes_go_out_and_come_back_as_they_are(link, carrier, reads_only):
    answer = link.call("fedex", asked("/echo?x=1", reads_only=reads_only, body=b"\x00\xff"))
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, b"\x00\xff", "1")
    ((method, path, headers, body),) = carrier.seen
    assert (method, path, body, headers["content-type"]) == ("POST", "/echo?x=1", b"\x00\xff", "application/json")


def test_an_error_status_is_an_answer(link):
    answer = link.call("fedex", asked("/error", reads_only=False))
    assert (answer.status, answer.headers["retry-after"]) == (503, "7")


def test_a_redirect_is_an_answer_and_never_followed(link, carrier):
    assert link.call("fedex", asked("/elsewhere", reads_only=True)).status == 302
    assert len(carrier.seen) == 1


def test_a_packed_answer_is_unpacked(link):
    assert link.call("fedex", asked("/packed", reads_only=True)).body == b"{}" * 1000


@pytest.mark.parametrize("path", ["/silence", "/hangup", "/bomb", "/cut", "/broken"])
def test_a_call_that_only_reads_and_got_no_whole_answer_may_be_made_again(link, carrier, path):
    with pytest.raises(CarrierUnavailable):
        link.call("fedex", asked(path, reads_only=True))
    assert len(carrier.seen) == 1


@pytest.mark.parametrize("path", ["/silence", "/hangup", "/bomb", "/cut", "/broken"])
def test_a_changing_call_that_got_no_whole_answer_is_unknown_and_was_made_once(link, carrier, path):
    with pytest.raises(CarrierOutcomeUnknown):
        link.call("fedex", asked(path, reads_only=False))
    assert len(carrier.seen) == 1


@pytest.mark.parametrize("reads_only", [True, False])
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://nobody.invalid"])
def test_without_a_connection_nothing_was_carried_out(url, reads_only):
    link = HttpLink({"fedex": url}, connect_timeout_s=1)
    with pytest.raises(CarrierUnavailable):
        link.call("fedex", asked("/echo", reads_only=reads_only))


@pytest.mark.parametrize("reads_only", [True, False])
def test_a_door_that_speaks_no_tls_gets_nothing(carrier, reads_only):
    link = HttpLink({"fedex": f"https://127.0.0.1:{carrier.server_port}"}, connect_timeout_s=1, read_timeout_s=1)
    with pytest.raises((CarrierUnavailable, CarrierOutcomeUnknown)):
        link.call("fedex", asked("/echo", reads_only=reads_only))
    assert carrier.seen == []


def test_a_changing_call_never_goes_out_on_a_connection_that_was_kept(link, carrier):
    link.call("fedex", asked("/echo", reads_only=True))
    before = carrier.seen.copy()
    link.call("fedex", asked("/echo", reads_only=False))
    assert len(carrier.seen) == len(before) + 1


@pytest.mark.parametrize("path", ["//evil.example.com/x", "http://evil.example.com", "x", ""])
def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_sent(link, carrier, path):
    with pytest.raises(ValueError, match="path"):
        link.call("fedex", asked(path, reads_only=True))
    assert carrier.seen == []


def test_a_carrier_without_an_address_is_unavailable(link):
    with pytest.raises(CarrierUnavailable):
        link.call("dhl", asked("/echo", reads_only=True))


def test_what_is_said_of_a_failure_holds_no_address_and_no_body(link):
    with pytest.raises(CarrierOutcomeUnknown) as told:
        link.call("fedex", asked("/hangup?token=abc", reads_only=False, body=b"Elodie"))
    assert not [word for word in ("127.0.0.1", "token", "Elodie") if word in str(told.value)]
