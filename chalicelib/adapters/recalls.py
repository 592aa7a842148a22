"""Recalls in the table: ``RECALL#id`` holds the campaign with its counts, and one item for every sale it reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from urllib.parse import quote, unquote

from chalicelib.adapters import keys
from chalicelib.adapters.codec import dump, load, names_of, update_of
from chalicelib.adapters.listing import MAX_PAGE
from chalicelib.adapters.table import ABSENT, MARK, PutNew, Table, TransactionLost, Update, fresh_mark
from chalicelib.returns.recall import Campaign, Member
from chalicelib.workflows.recall_ports import MemberPage

COUNTS = frozenset({"opened", "refused"})


class TableRecalls:
    """``Recalls`` over the table; ``mark`` names each write (see ``table``)."""

    def __init__(self, table: Table, mark: Callable[[], str] = fresh_mark) -> None:
        self._table, self._mark = table, mark

    def read(self, recall_id: str) -> Campaign | None:
        """The campaign."""
        item = self._table.get(*keys.recall_key(recall_id))
        return None if item is None else load(Campaign, item)

    def save(self, campaign: Campaign) -> bool:
        """Write a campaign over the version before; its counts are counted where sales are kept."""
        pk, sk = keys.recall_key(campaign.recall_id)
        said = {name: value for name, value in dump(campaign).items() if name not in COUNTS}
        before = {"version": ABSENT if campaign.version == 1 else campaign.version - 1}
        item = {"PK": pk, "SK": sk, MARK: self._mark()} | said
        return self._table.update(update_of(item, names_of(Campaign) - COUNTS, before))

    def member(self, recall_id: str, order_number: str) -> Member | None:
        """What became of one sale."""
        item = self._table.get(keys.recall_key(recall_id)[0], keys.sale_sk(order_number))
        return None if item is None else load(Member, item)

    def keep(self, member: Member) -> None:
        """Keep what became of a sale, and count it, in one transaction. One that was refused may be opened later."""
        pk, sk = keys.recall_key(member.recall_id)
        before = self.member(member.recall_id, member.order_number)
        if before is not None and (before.state == "opened" or before == member):
            return
        item = {"PK": pk, "SK": keys.sale_sk(member.order_number)} | dump(member)
        counted = Counter[str]([member.state])
        counted.subtract([before.state] if before is not None else [])
        write = PutNew(item) if before is None else update_of(item, names_of(Member), {"state": before.state})
        try:
            self._table.transact(
                [write, Update(pk, sk, {}, add={name: count for name, count in counted.items() if count})]
            )
        except TransactionLost:
            if self.member(member.recall_id, member.order_number) is None:
                raise

    def members(self, recall_id: str, cursor: str | None, limit: int) -> MemberPage:
        """A page of the sales it reached."""
        limit = max(1, min(limit, MAX_PAGE))
        after = keys.sale_sk(unquote(cursor)) if cursor else None
        pk = keys.recall_key(recall_id)[0]
        found = self._table.partition(pk, keys.SALE, after=after, limit=limit + 1)
        page = tuple(load(Member, item) for item in found[:limit])
        more = len(found) > limit
        return MemberPage(page, quote(page[-1].order_number, safe="") if more else None)
