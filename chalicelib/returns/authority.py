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
from dataclasses import dataclass, replace
from decimal import Decimal

from chalicelib.errors import ConflictError
from chalicelib.merchant import Authority, GiftsInARow, RoleLimit, limit_in
from chalicelib.money import Money
from chalicelib.returns.settlement import Approval


class NotTheirs(ConflictError):
    """This person may not approve this settlement; the detail says who may."""

    code = "not_theirs_to_approve"


@dataclass(frozen=True, slots=True)
class Freely:
    """A gift, which no right and no promise asks for: what the case gives so with it, of pieces that cost so much, and
    how many gifts the customer had before within the months that count (None: nobody can say)."""

    given: Money
    worth: Money
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What is at stake (for an exchange the worth of the piece that goes out), the role of who proposed it, and the
    approvals that the outcome asks for however small it is."""

    stake: Money
    role: str
    least: int = 0
    freely: Freely | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """How many approvals by people other than who proposed, and the roles that must all be among them (none: any of
    them has a limit high enough)."""

    approvals: int
    roles: tuple[str, ...] = ()


def needed(ask: Ask, authority: Authority) -> Need:
    """The approvals a settlement waits for."""
    need = _by_amount(ask, authority)
    role = authority.gifts.role if authority.gifts and _is_one_too_many(ask.freely, authority.gifts) else None
    if role is None:
        return need
    if ask.role == role or role in need.roles:
        return replace(need, approvals=max(1, need.approvals))
    # A lead who may not give so much alone is joined by somebody who may.
    able = need.roles or limit_of(role, ask.stake.currency, authority, ask.freely) >= ask.stake.amount
    return Need(max(1 if able else 2, need.approvals + (1 if need.roles else 0)), (*need.roles, role))


def _by_amount(ask: Ask, authority: Authority) -> Need:
    currency, amount = ask.stake.currency, ask.stake.amount
    if amount > _highest(ask.stake, authority, ask.freely):
        return Need(max(len(authority.above), ask.least, 1), authority.above)
    four_eyes = limit_in(authority.four_eyes_above, currency)
    if four_eyes is not None and amount > four_eyes:
        return Need(max(2, ask.least))
    return Need(max(0 if amount <= limit_of(ask.role, currency, authority, ask.freely) else 1, ask.least))


def _is_one_too_many(gift: Freely | None, gifts: GiftsInARow) -> bool:
    return gift is not None and (gift.before is None or gift.before + 1 > gifts.more_than)


def _highest(stake: Money, authority: Authority, gift: Freely | None) -> Decimal:
    every = (limit_of(role.name, stake.currency, authority, gift) for role in authority.role)
    return max(every, default=Decimal(0))


def limit_of(role: str, currency: str, authority: Authority, gift: Freely | None = None) -> Decimal:
    """Up to what this role may approve in this currency; nothing where the file says none, and of a gift nothing where
    it is more than the role's share of what the pieces cost."""
    known = next((one for one in authority.role if one.name == role), None)
    if known is None or (gift is not None and _is_above_share(gift, known)):
        return Decimal(0)
    return limit_in(known.up_to, currency) or Decimal(0)


def _is_above_share(gift: Freely, role: RoleLimit) -> bool:
    return role.share_percent is not None and gift.given.amount * 100 > gift.worth.amount * role.share_percent


def may_approve(
    stake: Money,
    need: Need,
    given: Iterable[Approval],
    *,
    by: str,
    role: str,
    proposed_by: str,
    authority: Authority,
    freely: Freely | None = None,
) -> None:
    """Refuse, with ``NotTheirs``, an approval by whoever proposed it, and one that brings it no nearer: a role that is
    not asked for, or a limit too low where nobody who approved, or must yet, has one high enough."""
    if by == proposed_by:
        raise NotTheirs("whoever proposed a settlement does not approve it: ask another person")
    before = list(given)
    wanted = [one for one in need.roles if all(one != each.role for each in before)]
    for_anybody = need.approvals - len(before) - len(wanted)
    if wanted and role not in wanted and for_anybody <= 0:
        raise NotTheirs(f"this amount is approved by {', '.join(wanted)}; your role is {role or 'not named'}")
    if need.roles and set(authority.above) <= set(need.roles):
        return
    to_come = [one for one in wanted if one != role]
    is_last = need.approvals - len(before) - 1 <= len(to_come)
    roles = [role, *(one.role for one in before), *to_come]
    limits = {one.name: limit_of(one.name, stake.currency, authority, freely) for one in authority.role}
    if is_last and all(limits.get(one, Decimal(0)) < stake.amount for one in roles):
        able = [name for name, limit in limits.items() if limit >= stake.amount]
        raise NotTheirs(f"this amount wants the approval of {' or '.join(able)}; your role is {role or 'not named'}")


def is_complete(need: Need, given: Iterable[Approval]) -> bool:
    """Whether all that is needed was given, by different people."""
    approved = list(given)
    people, roles = {one.by for one in approved}, {one.role for one in approved}
    return len(people) >= need.approvals and set(need.roles) <= roles
