"""Who may approve how much: a limit for each role and currency, two approvals above another, nobody their own proposal.

What somebody proposes within the limit of their own role needs nobody else, unless the outcome itself asks for it. Up
to the highest limit one other person with a limit so high approves; above ``four_eyes_above`` two do. Beyond every
limit each of the roles in ``above`` approves. A currency that the merchant file names no limit in is beyond every
limit.

>>> from chalicelib.merchant import RoleLimit
>>> needed(Ask(Money(Decimal(40), "EUR"), "agent"), Authority(role=(RoleLimit("agent", (Money(Decimal(50), "EUR"),)),)))
Need(approvals=0, roles=())
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.errors import ConflictError
from chalicelib.merchant import Authority, limit_in
from chalicelib.money import Money
from chalicelib.returns.settlement import Approval


class NotTheirs(ConflictError):
    """This person may not approve this settlement; the detail says who may."""

    code = "not_theirs_to_approve"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is at stake (for an exchange the worth of the piece that goes out), the role of who proposed it, and the
    approvals that the outcome asks for however small it is."""

    stake: Money
    role: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """How many approvals by people other than who proposed, and the roles that must all be among them (none: any of
    them has a limit high enough)."""

    approvals: int
    roles: tuple[str, ...] = ()


def needed(ask: Ask, authority: Authority) -> Need:
    """The approvals a settlement waits for."""
    currency, amount = ask.stake.currency, ask.stake.amount
    highest = max((limit_of(role.name, currency, authority) for role in authority.role), default=Decimal(0))
    if amount > highest:
        return Need(max(len(authority.above), ask.least, 1), authority.above)
    four_eyes = limit_in(authority.four_eyes_above, currency)
    if four_eyes is not None and amount > four_eyes:
        return Need(max(2, ask.least))
    return Need(max(0 if amount <= limit_of(ask.role, currency, authority) else 1, ask.least))


def limit_of(role: str, currency: str, authority: Authority) -> Decimal:
    """Up to what this role may approve in this currency; nothing where the file says none."""
    known = next((one.up_to for one in authority.role if one.name == role), ())
    return limit_in(known, currency) or Decimal(0)


def may_approve(
    stake: Money, need: Need, given: Iterable[Approval], *, by: str, role: str, proposed_by: str, authority: Authority
) -> None:
    """Refuse, with ``NotTheirs``, an approval by whoever proposed it, and one that brings it no nearer: a role that is
    not asked for, or a limit too low where nobody who approved has one high enough."""
    if by == proposed_by:
        raise NotTheirs("whoever proposed a settlement does not approve it: ask another person")
    before = list(given)
    if need.roles:
        if role not in need.roles or any(one.role == role for one in before):
            wanted = ", ".join(one for one in need.roles if all(one != each.role for each in before))
            raise NotTheirs(f"this amount is approved by {wanted}; your role is {role or 'not named'}")
        return
    roles = [role, *(one.role for one in before)]
    is_last = len(before) + 1 >= need.approvals
    if is_last and all(limit_of(one, stake.currency, authority) < stake.amount for one in roles):
        able = [one.name for one in authority.role if limit_of(one.name, stake.currency, authority) >= stake.amount]
        raise NotTheirs(f"this amount wants the approval of {' or '.join(able)}; your role is {role or 'not named'}")


def is_complete(need: Need, given: Iterable[Approval]) -> bool:
    """Whether all that is needed was given, by different people."""
    approved = list(given)
    people, roles = {one.by for one in approved}, {one.role for one in approved}
    return len(people) >= need.approvals and set(need.roles) <= roles
