"""Calls to receivers: real ones on this machine that behave as badly as they can, and addresses that hide others."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from chalicelib.adapters import outbound
from chalicelib.adapters.addresses import AddressRefused, checked, is_open, target_of
from chalicelib.adapters.outbound import GuardedOutbound
from chalicelib.errors import OutboundFailed
from tests.adapters.receivers import certified, receiver

NAME = "hooks.example.test"
HERE = "127.0.0.1"
QUICK = (3.0, 0.5, 0.4, 1.0)


@pytest.fixture
def shop():
    with receiver() as server:
        yield server


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return certified(tmp_path_factory.mktemp("tls"), NAME)


def open_guard(**more):
    """What the local stage has: this machine may be called, over HTTP too."""
    return GuardedOutbound("private_addresses_allowed", times_s=QUICK, **more)


def posted(server, path, **more):
    return open_guard(**more).post(f"http://{HERE}:{server.server_port}{path}", {"webhook-id": "msg_1"}, b'{"a":1}')


def word_of(call):
    with pytest.raises(OutboundFailed) as failed:
        call()
    return failed.value.word


def test_the_bytes_go_out_as_they_are_with_their_headers(shop):
    answer = posted(shop, "/status/204?x=1")

    ((path, headers, body),) = shop.seen
    assert (answer.status, answer.headers) == (204, {})
    assert (path, body, headers["webhook-id"]) == ("/status/204?x=1", b'{"a":1}', "msg_1")
    assert headers["host"] == f"{HERE}:{shop.server_port}"


@pytest.mark.parametrize("status", [200, 400, 404, 410, 500, 503])
def test_any_status_is_an_answer(shop, status):
    assert posted(shop, f"/status/{status}").status == status


def test_of_the_headers_only_when_to_come_again_is_kept(shop):
    assert posted(shop, "/busy").headers == {"retry-after": "120"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_an_answer_and_never_followed(shop, status):
    assert posted(shop, f"/elsewhere/{status}").status == status
    assert len(shop.seen) == 1


@pytest.mark.parametrize(
    ("path", "word"),
    [("/silence", "timeout"), ("/late", "timeout"), ("/drip", "timeout"), ("/hangup", "hung_up"),
     ("/rubbish", "hung_up"), ("/many_headers", "hung_up")],
)  # fmt: skip
def test_a_receiver_that_gives_no_answer_is_let_go_in_time_and_was_called_once(shop, path, word):
    assert word_of(lambda: posted(shop, path)) == word
    assert len(shop.seen) == 1


@pytest.mark.parametrize("path", ["/endless", "/slow_body"])
def test_a_body_without_end_changes_nothing_of_a_good_status(shop, path):
    assert posted(shop, path).status == 200


class Body:
    """An answer's body that counts what is asked of it."""

    def __init__(self):
        self.asked, self.closed = [], False

    def read(self, amount=None):
        self.asked.append(amount)
        raise OSError("cut off")

    def close(self):
        self.closed = True


def test_no_more_of_an_answer_is_read_than_is_polite_and_its_end_changes_nothing():
    body = Body()
    outbound.throw_away(body)

    assert (body.asked, body.closed) == ([4096], True)


def test_where_nobody_listens_there_is_no_connection():
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        port = taken.getsockname()[1]

        assert word_of(lambda: open_guard().post(f"http://{HERE}:{port}/", {}, b"")) == "no_connection"


def test_the_next_address_of_a_name_is_tried_where_the_first_does_not_answer(shop):
    out = open_guard(resolve=lambda _host, _port: ["127.0.0.2", HERE])

    assert out.post(f"http://{NAME}:{shop.server_port}/status/200", {}, b"").status == 200


def test_a_name_that_nobody_knows_is_not_resolved():
    def unknown(_host, _port):
        raise socket.gaierror(-2, "Name or service not known")

    assert word_of(lambda: open_guard(resolve=unknown).post("https://nobody.example/", {}, b"")) == "not_resolved"


def test_a_resolver_that_hangs_is_not_waited_for():
    hold = threading.Event()

    def hangs(_host, _port):
        hold.wait(5)
        return [HERE]

    out = GuardedOutbound("shut", resolve=hangs, times_s=(0.05, *QUICK[1:]))
    assert word_of(lambda: out.post("https://slow.example/", {}, b"")) == "not_resolved"
    hold.set()


def test_a_proxy_of_the_environment_is_not_asked(shop, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert posted(shop, "/status/200").status == 200


def trusting(certificate):
    return lambda: ssl.create_default_context(cafile=str(certificate))


def test_over_tls_the_checked_address_is_called_and_the_certificate_held_to_the_name(tls):
    context, certificate = tls
    asked = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with receiver(context) as server:
        out = open_guard(resolve=lambda _host, _port: [HERE], tls=trusting(certificate))

        answer = out.post(f"https://{NAME}:{server.server_port}/status/200", {}, b"{}")

    context.sni_callback = None
    assert (answer.status, asked) == (200, [NAME])
    assert server.seen[0][1]["host"] == f"{NAME}:{server.server_port}"


@pytest.mark.parametrize("other", ["other.example.test", HERE, "sub.hooks.example.test"])
def test_a_certificate_for_another_name_ends_it_before_anything_is_sent(tls, other):
    context, certificate = tls
    with receiver(context) as server:
        out = open_guard(resolve=lambda _host, _port: [HERE], tls=trusting(certificate))

        assert word_of(lambda: out.post(f"https://{other}:{server.server_port}/status/200", {}, b"{}")) == "tls_failed"

    assert server.seen == []


def test_a_certificate_that_nobody_vouches_for_ends_it_too(tls):
    with receiver(tls[0]) as server:
        out = open_guard(resolve=lambda _host, _port: [HERE])

        assert word_of(lambda: out.post(f"https://{NAME}:{server.server_port}/status/200", {}, b"{}")) == "tls_failed"

    assert server.seen == []


def test_a_door_that_speaks_no_tls_gets_nothing(shop):
    out = open_guard(resolve=lambda _host, _port: [HERE])

    assert word_of(lambda: out.post(f"https://{NAME}:{shop.server_port}/", {}, b"")) in {"tls_failed", "timeout"}
    assert shop.seen == []


def test_a_door_that_never_shakes_hands_is_let_go():
    with socket.create_server((HERE, 0)) as silent:
        out = open_guard(resolve=lambda _host, _port: [HERE])
        word = word_of(lambda: out.post(f"https://{NAME}:{silent.getsockname()[1]}/", {}, b""))

    assert word in {"timeout", "no_connection"}


def test_a_name_that_changes_its_face_after_the_check_is_called_where_it_was_checked(shop):
    """DNS rebinding: the name is resolved once, and never again by the connection."""
    faces = iter([["93.184.216.34"], [HERE], [HERE]])
    asked = []

    def rebinding(_host, _port):
        asked.append(1)
        return next(faces)

    out = GuardedOutbound("shut", resolve=rebinding, times_s=(1.0, 0.05, 0.05, 0.1))
    word = word_of(lambda: out.post(f"https://rebind.example:{shop.server_port}/status/200", {}, b""))

    assert word in {"no_connection", "timeout", "hung_up"}
    assert (asked, shop.seen) == ([1], [])


NOT_OPEN = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.170", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "168.63.129.16",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:127.0.0.1", "::10.0.0.1", "::7f00:1",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::", "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "2001:0:a9fe:a9fe:0:0:f5ff:fffe",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_OPEN)
def test_an_address_that_is_not_of_the_open_internet_is_refused(address):
    with pytest.raises(AddressRefused):
        checked([address], "shut", is_tls=True)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
                "2a00:1450:4001::1", "::ffff:93.184.216.34", "2002:5db8:d822::", "64:ff9b::5db8:d822"],
)  # fmt: skip
def test_an_address_of_the_open_internet_is_called(address):
    assert checked([address], "shut", is_tls=True) == [address]


def test_a_name_with_two_faces_is_not_trusted():
    with pytest.raises(AddressRefused):
        checked(["93.184.216.34", "10.0.0.1"], "shut", is_tls=True)


@pytest.mark.parametrize("addresses", [[], ["nonsense"], ["fe80::1%eth0"], ["0x7f000001"]])
def test_what_is_no_address_is_not_called(addresses):
    with pytest.raises(AddressRefused):
        checked(addresses, "shut", is_tls=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "file:///etc/passwd", "//hooks.example.com/",
        "https:/hooks.example.com", "https://", "https:///x", "https://user@hooks.example.com/",
        "https://user:word@hooks.example.com/", "https://hooks.example.com@10.0.0.1/", "https://@10.0.0.1/",
        "https://hooks.example.com\\@10.0.0.1/", "https://hooks.example.com/#x", "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/", "https://hooks.example.com:x/", "https://hooks example.com/",
        "https://hooks.example.com/\r\nHost: evil", "https://hooks.example.com/\x00", "https://bücher.example/",
        "https://１２７.0.0.1/", "https://ⓛocalhost/", "https://[::1%25eth0]/", "https://[::1", "https://a%2eb/",
        "HTTPS://hooks.example.com/", "https://hooks.example.com/" + "x" * 3000, "", "javascript:alert(1)",
        "https://169.254.169.254:80:443/",
    ],
)  # fmt: skip
def test_a_url_that_is_not_plainly_one_is_refused(url):
    with pytest.raises(AddressRefused):
        target_of(url, "shut")


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "0x7f000001", "2130706433", "0177.0.0.1", "127.1",
     "localhost", "localhost.", "0", "[::]", "[::1]", "[fd00:ec2::254]", "017700000001", "0x7f.1"],
)  # fmt: skip
def test_however_it_is_spelled_a_private_host_is_not_called(host):
    """With the system's own resolver, which knows more spellings than anybody remembers."""
    word = word_of(lambda: GuardedOutbound("shut", times_s=QUICK).post(f"https://{host}/", {}, b""))

    assert word in {"address_refused", "not_resolved"}


@pytest.mark.parametrize("host", ["xn--bcher-kva.example", "hooks.example.com", "a_b.example.com", "93.184.216.34"])
def test_a_plain_host_is_taken_as_it_is(host):
    assert target_of(f"https://{host}:8443/a//b?c=%20", "shut").host == host


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "93.184.216.34"])
def test_even_the_local_stage_calls_without_tls_this_machine_alone(address):
    with pytest.raises(AddressRefused):
        checked([address], "private_addresses_allowed", is_tls=False)


def test_only_the_open_guard_knows_http():
    assert target_of("http://localhost:4580/x", "private_addresses_allowed").port == 4580
    with pytest.raises(AddressRefused):
        target_of("http://localhost:4580/x", "shut")


def test_a_failure_never_repeats_the_address():
    with pytest.raises(OutboundFailed) as failed:
        GuardedOutbound("shut").post("https://token-in-the-path:1@hooks.example.com/T000/B000", {}, b"")

    assert "example" not in str(failed.value)
    assert failed.value.__cause__ is None


def test_every_public_address_family_is_judged_by_what_it_leads_to():
    import ipaddress

    for address in NOT_OPEN:
        assert not is_open(ipaddress.ip_address(address)), address
