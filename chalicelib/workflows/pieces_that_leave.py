"""Whether the pieces of a parcel are those that its settlement or its repair lets go: of these skus, so many, and no
dearer. What is dearer, more or another is proposed anew with that worth, and approved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.errors import FieldFault, InvalidRequestError
from chalicelib.money import Money
from chalicelib.returns.case import Item, worth_of
from chalicelib.returns.settlement import Settlement
from chalicelib.workflows.ports import CaseFile
from chalicelib.workflows.right_to_leave import found_of, lines_of

ANEW = "propose the settlement anew with what is to go, and have it approved"


def refuse_other_pieces(
    file: CaseFile, settled: Settlement | None, items: tuple[Item, ...], known: tuple[Item, ...]
) -> None:
    """Raise ``InvalidRequestError`` with every piece that may not go. ``items`` are those a person named (none: those
    that the case knows go, and nothing is refused); ``known`` are the latter."""
    if not items:
        return
    if settled is not None and settled.sends == "replacement":
        faults = list(_not_settled(file, settled, items))
    elif settled is not None:
        faults = list(_not_sent_back(file, settled, items))
    else:
        faults = list(_not_these(items, known, worth_of(known)))
    if faults:
        raise InvalidRequestError("these are not the pieces that were approved to go", faults)


def _not_settled(file: CaseFile, settled: Settlement, items: tuple[Item, ...]) -> Iterator[FieldFault]:
    """Of another piece: by the skus and the worth that were approved, else the very lines that it replaces."""
    lines = lines_of(file, settled)
    replaced = [(file.plan.request.items[n - 1], pieces) for n, pieces in lines.items()]
    pieces, skus = sum(lines.values()), settled.replacement_skus
    if settled.replacement_worth is None and not skus:
        yield from _not_alike(items, replaced)
        yield from _not_so_many(items, pieces, pieces)
        return
    if skus:
        yield from _other_skus(items, frozenset(skus))
        yield from _too_often(items, Counter(skus), at_most=pieces if len(skus) < pieces else 0)
        yield from _not_so_many(items, len(skus), max(len(skus), pieces))
    else:
        yield from _not_so_many(items, 1, pieces)
    own = [Money(item.price.amount * n, item.price.currency) for item, n in replaced]
    yield from _dearer(items, settled.replacement_worth or _sum(own))


def _not_sent_back(file: CaseFile, settled: Settlement, items: tuple[Item, ...]) -> Iterator[FieldFault]:
    """Of the customer's own: the lines of the refusal as they came; of one that is another piece than was sold, whoever
    looked at it says what it is."""
    lines, found = lines_of(file, settled), found_of(file)
    own = {n: file.plan.request.items[n - 1] for n in lines}
    if all(n not in found or found[n].verdict != "swapped" for n in lines):
        yield from _other_skus(items, frozenset(item.sku for item in own.values()))
        yield from _other_serials(items, frozenset(item.serial for item in own.values()))
    yield from _not_so_many(items, 1, sum(lines.values()))
    yield from _dearer(items, _sum([Money(own[n].price.amount * k, own[n].price.currency) for n, k in lines.items()]))


def _not_these(items: tuple[Item, ...], known: tuple[Item, ...], worth: Money | None) -> Iterator[FieldFault]:
    yield from _other_skus(items, frozenset(item.sku for item in known))
    yield from _other_serials(items, frozenset(item.serial for item in known))
    yield from _not_so_many(items, 1, sum(item.quantity for item in known))
    yield from _dearer(items, worth)


def _not_alike(items: tuple[Item, ...], replaced: list[tuple[Item, int]]) -> Iterator[FieldFault]:
    left = Counter({(item.sku, item.price): 0 for item, _ in replaced})
    for item, pieces in replaced:
        left[item.sku, item.price] += pieces
    for at, item in enumerate(items):
        if item.sku not in {sku for sku, _ in left}:
            yield _another(at, item)
        elif (item.sku, item.price) not in left:
            told = f"it was approved as it was sold, and {item.sku} is not {item.price.amount} there: {ANEW}"
            yield FieldFault(f"items.{at}.price", "another_price", told)
        elif item.quantity > left[item.sku, item.price]:
            yield _too_many(f"items.{at}.quantity", left[item.sku, item.price])
        left[item.sku, item.price] -= item.quantity


def _other_skus(items: tuple[Item, ...], allowed: frozenset[str]) -> Iterator[FieldFault]:
    yield from (_another(at, item) for at, item in enumerate(items) if item.sku not in allowed)


def _other_serials(items: tuple[Item, ...], allowed: frozenset[str | None]) -> Iterator[FieldFault]:
    for at, item in enumerate(items):
        if item.serial is not None and item.serial not in allowed:
            told = "this is not the serial of the customer's own piece: correct it, or look at the piece again"
            yield FieldFault(f"items.{at}.serial", "another_piece", told)


def _too_often(items: tuple[Item, ...], skus: Counter[str], *, at_most: int) -> Iterator[FieldFault]:
    """No sku more often than it was approved; where fewer were named than pieces, each up to these."""
    goes: Counter[str] = Counter()
    for at, item in enumerate(items):
        goes[item.sku] += item.quantity
        if item.sku in skus and goes[item.sku] > max(skus[item.sku], at_most):
            yield _too_many(f"items.{at}.quantity", max(skus[item.sku], at_most))


def _not_so_many(items: tuple[Item, ...], least: int, most: int) -> Iterator[FieldFault]:
    goes = sum(item.quantity for item in items)
    if goes > most:
        yield _too_many("items", most)
    elif goes < least:
        told = f"{least} pieces were approved, and {goes} would go: name every one, they go in one parcel"
        yield FieldFault("items", "fewer_pieces", told)


def _dearer(items: tuple[Item, ...], most: Money | None) -> Iterator[FieldFault]:
    worth = worth_of(items)
    if most is None:
        return
    if worth is None or worth.currency != most.currency:
        yield FieldFault("items.0.price", "other_currency", f"give the prices in {most.currency}, as it was approved")
    elif worth.amount > most.amount:
        told = f"it was approved for {most.amount} {most.currency}, and this is {worth.amount}: {ANEW}"
        yield FieldFault("items.0.price", "dearer", told)


def _another(at: int, item: Item) -> FieldFault:
    return FieldFault(f"items.{at}.sku", "another_piece", f"{item.sku} is not what was approved to go: {ANEW}")


def _too_many(field: str, most: int) -> FieldFault:
    return FieldFault(field, "more_pieces", f"{most} were approved to go: {ANEW}")


def _sum(amounts: list[Money]) -> Money | None:
    """None of nothing, and of several currencies."""
    if len({one.currency for one in amounts}) != 1:
        return None
    return sum(amounts[1:], amounts[0])
