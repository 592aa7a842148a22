"""What may be taken off a refund: the policy's fees on a policy return, a proven loss against a right, often nothing.

A fee of the shop's policy is never set against a statutory right: there only the real loss counts, and a person who can
prove it must say which. Nothing is taken off for the way home where the seller bears it, nor for wear where the
customer was never told of the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.merchant import limit_in
from chalicelib.money import Money
from chalicelib.returns.amount_facts import NONE, Basis, Deduction
from chalicelib.returns.settlement import SettlementLine
from chalicelib.returns.settlement_rules import Bears, Borne


def faults_of(basis: Basis, deductions: Sequence[Deduction]) -> list[FieldFault]:
    """Everything wrong with what somebody wants taken off."""
    return [fault for n, one in enumerate(deductions) if (fault := _deduction_fault(basis, f"deductions.{n}", one))]


def _deduction_fault(basis: Basis, where: str, one: Deduction) -> FieldFault | None:
    row = row_of(basis, one.code)
    if one.amount.currency != basis.currency or one.amount.amount <= 0:
        return FieldFault(f"{where}.amount", "out_of_bounds", f"an amount above nothing in {basis.currency}")
    if row.does == "never" or (one.code == "return_freight" and basis.freight_paid_by != "customer"):
        return FieldFault(f"{where}.code", "never_taken_off", f"no {one.code} is taken off on the ground {basis.on}")
    if one.code == "worn" and basis.on == "withdrawal" and basis.told_of_right is False:
        told = "the customer was not told of the right to withdraw and owes nothing for wear"
        return FieldFault(f"{where}.code", "never_taken_off", told)
    if row.does == "fee":
        fee = _policy_fee(basis, one)
        if fee is None or one.amount.amount > fee:
            told = (
                f"the policy of the order gives {'no fee for it' if fee is None else f'{fee} {basis.currency} at most'}"
            )
            return FieldFault(f"{where}.amount", "above_policy_fee", told)
    if row.does == "real_loss" and not one.why:
        return FieldFault(f"{where}.why", "required", "only a real loss is taken off: say which, and how it was found")
    return None


def row_of(basis: Basis, code: Borne) -> Bears:
    """The row that says whether it may be taken off; raises ``InvalidRequestError`` where none does."""
    row = basis.rules.borne(code, basis.on, basis.right_id, basis.country)
    if row is None:
        fault = FieldFault("deductions", "never_taken_off", f"no rule takes {code} off on the ground {basis.on}")
        raise InvalidRequestError("this cannot be taken off", [fault])
    return row


def _policy_fee(basis: Basis, one: Deduction) -> Decimal | None:
    """The most the policy takes for it; a missing gift costs what it sells for."""
    if one.code == "gift":
        gifts = basis.payment.gifts if basis.payment else None
        retail = [gift.retail for gift in gifts or () if gift.retail and gift.retail.currency == basis.currency]
        return sum((each.amount for each in retail), NONE) if retail else None
    fees = {"certificate": "cert_fee", "box": "box_fee"}
    return limit_in(getattr(basis.policy, fees[one.code]), basis.currency) if basis.policy else None


def taken_off(basis: Basis, one: Deduction) -> SettlementLine:
    """The line of it, negative."""
    row = row_of(basis, one.code)
    amount = Money(-one.amount.amount, one.amount.currency).rounded()
    return SettlementLine(one.code, amount, basis.rules.cite(row), basis.rules.source_of(row), line=one.line)
