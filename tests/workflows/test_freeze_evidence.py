"""However much evidence a case may have, one write freezes all of it with a finding, and one thaws it with the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.returns.evidence import Evidence
from chalicelib.returns.evidence_rules import evidence_rules
from chalicelib.workflows.amend import Amendment, amend_file
from chalicelib.workflows.close_case import close_case
from tests.workflows.dock import CASE, DEAR, MONDAY, Dock
from tests.workflows.settling import SettlingHouse

MOST = evidence_rules(MONDAY.date()).limits.pieces


def as_much_as_may_be(ports: Any, *, frozen: bool) -> None:
    one = Evidence(CASE, "e", "photo_item", "image/jpeg", 1, "kept", "customer", MONDAY, MONDAY, frozen=frozen)
    every = tuple(replace(one, evidence_id=f"e{n:04d}") for n in range(MOST))
    amend_file(ports, CASE, MONDAY, lambda file: Amendment(file.case, "test", {}, parts=every))


def frozen_of(ports: Any) -> list[bool]:
    return [one.frozen for one in ports.cases.file(CASE).parts.of(Evidence)]


def test_a_parcel_with_another_seal_is_taken_in_however_many_photos_were_sent_before():
    dock = Dock(DEAR)
    dock.pack()
    as_much_as_may_be(dock.ports, frozen=False)
    dock.receive(seal="S-9")
    assert frozen_of(dock.ports) == [True] * MOST


def test_a_case_with_as_much_frozen_evidence_is_closed():
    house = SettlingHouse().back()
    as_much_as_may_be(house.ports, frozen=True)
    close_case(
        house.ports, CASE, reason="settled_elsewhere", even_though=True, may_force=True, by="max", now=house.now
    )  # fmt: skip
    assert (house.stage, frozen_of(house.ports)) == ("closed", [False] * MOST)
