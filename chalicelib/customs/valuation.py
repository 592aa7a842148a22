"""What the goods are worth to customs: one currency, one basis, line by line.

FOB systems (US) leave international freight and insurance out, CIF systems (CN, EU, GB) put them in: CIF =
FOB + international freight + insurance (WTO Customs Valuation Agreement, article 8.2). A zero invoice is
never the customs value. A value in another currency needs a dated rate; without one there is no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from chalicelib.customs.facts import EstimateRequest, RateQuote
from chalicelib.customs.rate_choice import NOTHING, OLD_AFTER, customs_rate, market_rate
from chalicelib.money import Money, decimals_of, round_to
from chalicelib.rulebook import Confidence

Rates = Mapping[tuple[str, str], RateQuote]


@dataclass(slots=True)
class Converter:
    """Turns money into the destination's currency, and remembers which rates it used and which it lacked."""

    currency: str
    on: date
    rates: Rates | None
    used: list[RateQuote]
    missing: list[str]
    is_customs_value: bool = True

    def amount(self, money: Money) -> Decimal:
        """The amount in the destination's currency; zero and a note in ``missing`` when no rate is known."""
        if money.currency == self.currency or money.amount == 0:
            return money.amount
        quote = self._quote(money.currency)
        if quote is None:
            self.missing.append(f"exchange_rate_required:{money.currency}->{self.currency}")
            return Decimal(0)
        self.used.append(quote)
        return round_to(money.amount * quote.rate, decimals_of(self.currency))

    def towards(self, currency: str) -> Converter:
        """The same rates, turning money into another currency, to compare it with a limit."""
        return Converter(currency, self.on, self.rates, [], [], is_customs_value=False)

    @property
    def old(self) -> tuple[str, ...]:
        """What the rates used have to say of themselves, and a reason for every one that is too old for the entry."""
        said = dict.fromkeys(text for quote in self.used for text in quote.said)
        days = {quote.on for quote in self.used if self._is_old(quote)}
        return (*said, *(f"exchange_rate_old:{day.isoformat()}" for day in sorted(days)))

    @property
    def confidences(self) -> list[Confidence]:
        """How sure each rate used is; an old one is low whatever its source."""
        return ["low" if self._is_old(quote) else quote.confidence for quote in self.used]

    def _is_old(self, quote: RateQuote) -> bool:
        """More than 35 days older than the entry, and not fixed for the entry's day."""
        return self.on > max(quote.until or quote.on, quote.on + OLD_AFTER)

    def _quote(self, currency: str) -> RateQuote | None:
        pair = (currency, self.currency)
        given = self.rates.get(pair) if self.rates is not None else None
        choose = customs_rate if self.is_customs_value else market_rate
        return given or choose(NOTHING, *pair, self.on)


def converter(currency: str, on: date, rates: Rates | None) -> Converter:
    """A converter that has used nothing yet."""
    return Converter(currency, on, rates, [], [])


@dataclass(frozen=True, slots=True)
class Values:
    """Customs value of each line, the goods' own worth without transport, and what had to be assumed.

    ``transport`` is each line's share of freight and insurance to the border, for taxes that are reckoned on it too.
    """

    lines: tuple[Decimal, ...]
    intrinsic: Decimal
    assumed: tuple[str, ...]
    transport: tuple[Decimal, ...] = ()
    transport_known: bool = True

    @property
    def total(self) -> Decimal:
        """The customs value of the entry."""
        return sum(self.lines, Decimal(0))


def value_lines(request: EstimateRequest, basis: str, money: Converter) -> Values:
    """Every line on the destination's basis; freight to the border is spread over lines by their worth."""
    worth = [money.amount(line.value) for line in request.lines]
    parts = [part for part in (request.freight, request.insurance) if part is not None]
    transport = sum((money.amount(part) for part in parts), Decimal(0))
    shares = apportion(transport, worth, decimals_of(money.currency))
    bases = [line.value_basis for line in request.lines]
    values = [amount + _step(given, basis) * share for amount, given, share in zip(worth, bases, shares, strict=True)]
    fob = [amount + _step(given, "fob") * share for amount, given, share in zip(worth, bases, shares, strict=True)]
    unknown = request.freight is None or request.insurance is None
    needed = unknown and any(given != basis for given in bases)
    assumed = ("freight_assumed",) if needed else ()
    return Values(tuple(values), sum(fob, Decimal(0)), assumed, shares, not unknown)


def apportion(amount: Decimal, weights: Sequence[Decimal], decimals: int) -> tuple[Decimal, ...]:
    """``amount`` spread by ``weights``, each share rounded, the last taking what rounding left.

    >>> apportion(Decimal("10"), [Decimal(1), Decimal(2)], 2)
    (Decimal('3.33'), Decimal('6.67'))
    """
    whole = sum(weights, Decimal(0))
    if not weights or whole == 0:
        return tuple(Decimal(0) for _ in weights)
    shares = [round_to(amount * weight / whole, decimals) for weight in weights[:-1]]
    return (*shares, amount - sum(shares, Decimal(0)))


def _step(given: str, wanted: str) -> int:
    """+1 to add transport, -1 to take it out, 0 when the bases agree."""
    return (given == "fob") - (wanted == "fob")
