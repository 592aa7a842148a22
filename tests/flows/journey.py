"""The ring's way from Paris to Shenzhen in twenty scans, with a customs hold and its release."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.flows.house import House

# Hours since the one before, code, city, country, what FedEx writes.
SCANS = (
    (23, "PU", "PARIS", "FR", "Picked up"),
    (2, "AR", "PARIS", "FR", "Arrived at FedEx location"),
    (1, "DP", "PARIS", "FR", "Left FedEx origin facility"),
    (2, "AR", "ROISSY CHARLES DE GAULLE CEDEX", "FR", "Arrived at FedEx hub"),
    (3, "IT", "ROISSY CHARLES DE GAULLE CEDEX", "FR", "In transit"),
    (2, "DP", "ROISSY CHARLES DE GAULLE CEDEX", "FR", "Departed FedEx hub"),
    (3, "AR", "KOELN", "DE", "At FedEx sort facility"),
    (4, "DP", "KOELN", "DE", "Departed FedEx location"),
    (14, "AR", "GUANGZHOU", "CN", "At destination sort facility"),
    (1, "IT", "GUANGZHOU", "CN", "In transit"),
    (2, "CD", "GUANGZHOU", "CN", "Clearance delay"),
    (11, "IT", "GUANGZHOU", "CN", "In transit"),
    (9, "CC", "GUANGZHOU", "CN", "International shipment release - Import"),
    (2, "DP", "GUANGZHOU", "CN", "Left FedEx facility"),
    (4, "AR", "SHENZHEN", "CN", "At local FedEx facility"),
    (1, "IT", "SHENZHEN", "CN", "In transit"),
    (8, "AR", "SHENZHEN", "CN", "At local FedEx facility"),
    (1, "OD", "SHENZHEN", "CN", "On FedEx vehicle for delivery"),
    (2, "IT", "SHENZHEN", "CN", "In transit"),
    (1, "DL", "SHENZHEN", "CN", "Delivered"),
)
HELD_AT, RELEASED_AT = 10, 12


def travel(house: House, number: str, *, between: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Each scan happens, is pushed and is taken in; its place in ``SCANS`` comes after all is quiet again.

    ``between`` is called after every hour that passes.
    """
    for place, (hours, code, city, country, text) in enumerate(SCANS):
        for _ in range(hours):
            house.later(hours=1)
            between()
        house.scan(number, code, city, country, description=text)
        house.run()
        yield place
