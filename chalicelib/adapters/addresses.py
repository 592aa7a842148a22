"""Which addresses the house may call for a receiver: those of the open internet, and no other.

A receiver's address is only text until it is resolved, and a name may say something else each time it is asked. So the
addresses that a name has are checked one by one, and the call goes to the very one that was checked.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from chalicelib.settings import ReceiverGuard

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_URL = 2048
_URL = re.compile(r"https?://[\x21-\x7e]+\Z")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}\Z|\[[0-9A-Fa-f:.]{2,45}\]\Z")
# Beyond what the standard library calls not global: relays and translators that lead to an IPv4 address of anybody's
# choice, and the address under which one cloud answers for its own machines.
_CLOSED: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "64:ff9b:1::/48", "fec0::/10", "::/96")
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefused(ValueError):
    """This address may not be called; the text says why and never repeats it."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes, taken apart: ``host`` as the certificate and the Host header name it."""

    is_tls: bool
    host: str
    port: int
    path: str

    @property
    def is_default_port(self) -> bool:
        """Whether the Host header may leave the port out."""
        return self.port == (443 if self.is_tls else 80)

    @property
    def host_header(self) -> str:
        """The Host header."""
        named = f"[{self.host}]" if ":" in self.host else self.host
        return named if self.is_default_port else f"{named}:{self.port}"


def target_of(url: str, guard: ReceiverGuard) -> Target:
    """Take a URL apart; raises ``AddressRefused``. Only https, and with the guard open http too; no user, no fragment,
    a host in ASCII (a name of other letters is written ``xn--``), printable ASCII throughout.

    >>> target_of("https://hooks.example.com/a?b=1", "shut").path
    '/a?b=1'
    """
    if len(url) > LONGEST_URL or not _URL.match(url) or "\\" in url:
        raise AddressRefused("an address is http(s):// and printable ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressRefused("the host or port cannot be read") from None
    if parts.scheme != "https" and guard == "shut":
        raise AddressRefused("only https is called")
    if "@" in parts.netloc or parts.fragment:
        raise AddressRefused("an address holds no user, no password and no fragment")
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    if not parts.hostname or not _HOST.match(host.removesuffix(":")) or port == 0:
        raise AddressRefused("the host cannot be read")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_tls = parts.scheme == "https"
    return Target(is_tls, parts.hostname, port or (443 if is_tls else 80), path)


def checked(addresses: list[str], guard: ReceiverGuard, *, is_tls: bool) -> list[str]:
    """The addresses that a name has, all of them fit to be called; raises ``AddressRefused`` if a single one is not,
    or there is none: a name with two faces is not trusted. Without TLS only this machine itself is called."""
    if not addresses:
        raise AddressRefused("the name has no address")
    for text in addresses:
        address = _read(text)
        if not is_tls and not (guard != "shut" and address.is_loopback):
            raise AddressRefused("only this machine is called without TLS")
        if guard == "shut" and not is_open(address):
            raise AddressRefused("the address is not one of the open internet")
    return addresses


def is_open(address: Address) -> bool:
    """Whether this is an address of the open internet, and so are those hidden in it.

    >>> [is_open(_read(one)) for one in ("93.184.216.34", "169.254.169.254", "::ffff:10.0.0.1", "2002:a00:1::")]
    [True, False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        hidden = _hidden_in(address)
        if hidden is not None:
            return is_open(hidden)
    if any(address.version == net.version and address in net for net in _CLOSED):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _hidden_in(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: mapped, 6to4, Teredo, NAT64."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None


def _read(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise AddressRefused("what the name stands for is no address") from None
