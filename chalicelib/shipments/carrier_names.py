"""What carriers are called: as they call themselves, and as customers know them.

Rules: ``shipments/rules/carrier_names.toml``.

>>> carrier_name("ems"), carrier_name("ups")
('China Post EMS', 'UPS')
>>> carrier_called("dhl"), carrier_called("ems"), carrier_called("post"), carrier_called("ups")
('DHL Express', 'EMS', None, None)
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.rulebook import dictionary


def carrier_name(carrier: str) -> str:
    """A carrier as it calls itself; its code in capitals where the house has no name for it."""
    return _names("name").get(carrier, carrier.upper())


def carrier_called(carrier: str) -> str | None:
    """A carrier as customers know it; None where we have no word for it."""
    return _names("to_customers").get(carrier, _names("name").get(carrier)) or None


def _names(table: str) -> Mapping[str, str]:
    found: Mapping[str, str] = dictionary("shipments", "carrier_names")[table]
    return found
