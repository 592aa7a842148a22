"""Receivers of the worst kinds on this machine, over HTTP or HTTPS, each under a path of its own."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HELD_S = 5


class Receiver(BaseHTTPRequestHandler):
    """Answers as its path says; ``/status/<n>`` with that status."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.seen.append((self.path, {name.lower(): text for name, text in self.headers.items()}, body))
        _, kind, *more = self.path.partition("?")[0].split("/")
        getattr(self, f"answer_{kind}")(*more)

    def log_message(self, *_: Any) -> None:
        pass

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, text in {"content-length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(body)

    def answer_status(self, status: str) -> None:
        self.give(int(status), b"well\n")

    def answer_busy(self) -> None:
        self.give(429, b"", retry_after="120", x_secret="do not keep")

    def answer_elsewhere(self, status: str) -> None:
        self.give(int(status), b"", location="http://169.254.169.254/latest/meta-data/")

    def answer_silence(self) -> None:
        self.server.hold.wait(HELD_S)
        self.close_connection = True

    def answer_late(self) -> None:
        """An answer, and a good one, after the caller has gone."""
        self.server.hold.wait(HELD_S)
        try:
            self.give(200)
        except OSError:
            self.close_connection = True

    def answer_drip(self) -> None:
        """The status line, letter by letter, so that no single wait is long."""
        self._feed(b"HTTP/1.1 200 OK" + b" " * 60_000)

    def answer_endless(self) -> None:
        """A good status, and a body that never ends."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.hold.is_set():
                self.wfile.write(b"x" * 65_536)
        except OSError:
            self.close_connection = True

    def answer_slow_body(self) -> None:
        """A good status, and a body that comes letter by letter."""
        self.send_response(200)
        self.end_headers()
        self._feed(b"x" * 60_000)

    def answer_hangup(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def answer_rubbish(self) -> None:
        self.wfile.write(b"what do you want\r\n\r\n")
        self.close_connection = True

    def answer_many_headers(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 5_000 + b"\r\n")
        self.close_connection = True

    def _feed(self, letters: bytes) -> None:
        self.close_connection = True
        try:
            for letter in letters:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
                if self.server.hold.wait(0.02):
                    return
        except OSError:
            return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A caller that goes away is what these tests are about."""


@contextmanager
def receiver(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Any]:
    """A running server; ``seen`` holds every request."""
    server: Any = _Server((host, 0), Receiver)
    server.seen, server.hold = [], threading.Event()
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.hold.set()
        server.shutdown()
        server.server_close()


def certified(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate for this name, and the file of who vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    return context, certificate
