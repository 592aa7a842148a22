"""FedEx's way of saying what every order says: who, how heavy, how much money, under whose reference."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from chalicelib.carriers.contract import Party
from chalicelib.carriers.fedex.order_checks import phone_digits, rules, street_lines
from chalicelib.money import Money

_GRAMS_PER_KG = Decimal(1000)


def headers_for(reference: str) -> dict[str, str]:
    """Our reference goes with the call and comes back as ``customerTransactionId``."""
    return {
        "content-type": "application/json",
        "x-locale": "en_US",
        "x-customer-transaction-id": reference,
    }


def json_said(said: Mapping[str, Any]) -> bytes:
    """The body of a request: compact, names in their own letters."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def party_said(party: Party) -> dict[str, Any]:
    """A contact and an address in FedEx's words, without what is not known."""
    contact = {
        "personName": party.name,
        "phoneNumber": phone_digits(party.phone),
        "companyName": party.company,
        "emailAddress": party.email,
    }
    address = {
        "streetLines": street_lines(party.street),
        "city": party.city,
        "stateOrProvinceCode": party.state,
        "postalCode": party.postal_code,
        "countryCode": party.country,
        "residential": party.residential,
    }
    return {"contact": known(contact), "address": known(address)}


def registered_said(party: Party) -> dict[str, Any]:
    """The same with the numbers under which customs and tax offices know the party.

    FedEx has six types for all of the world's numbers; ``usage`` keeps which number it is, and of which country.
    """
    kinds = rules()["registrations"]
    tins = [
        {"number": one.number, "tinType": kinds[one.kind]["tin_type"], "usage": f"{one.kind} {one.issued_by}"}
        for one in party.registrations
    ]
    return {**party_said(party), **({"tins": tins} if tins else {})}


def payment_said(payer: str, account: str | None) -> dict[str, Any]:
    """Who pays; ``account`` only where it is that payer's: FedEx bills the account it is given."""
    if account is None:
        return {"paymentType": payer}
    return {"paymentType": payer, "payor": {"responsibleParty": {"accountNumber": {"value": account}}}}


def money_said(money: Money) -> dict[str, Any]:
    """An amount of money, exactly."""
    return {"amount": exact(money.amount), "currency": money.currency}


def kilograms(grams: Decimal) -> dict[str, Any]:
    """A weight in FedEx's words, exactly: its commodities take kilograms only, and a parcel the same unit."""
    return {"units": "KG", "value": exact(grams / _GRAMS_PER_KG)}


def exact(amount: Decimal) -> float | int:
    """The JSON number that spells this decimal: any of 15 digits, and ``order_checks`` lets no longer one through.

    ValueError for one that no binary number prints as.
    """
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    if Decimal(repr(number)) != amount:
        raise ValueError("no JSON number spells this amount")
    return number


def known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Only what is known: FedEx takes null for a value of its own."""
    return {name: value for name, value in fields.items() if value is not None}
