"""What stands behind the order number: quote and settlement with their lines, and the door to both."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.money import Money
from chalicelib.notices.page_facts import Amount, CreditShown, PageFacts, QuoteShown, SettlementShown
from chalicelib.notices.pages.blocks import Shown, button, field, form, hidden, section
from chalicelib.notices.pages.document import Place
from chalicelib.notices.pages.words import Speaker


def lock(facts: PageFacts, say: Speaker, place: Place, shown: Shown) -> str:
    """Where the order number is asked for, while it is not open."""
    if facts.opened or not facts.has_something_to_open:
        return ""
    title = say.say("page.open.title")
    if facts.closed_to_orders:
        return section("open", title, f"<p>{say.say('page.open.closed')}</p>")
    wrong = f'<p class="wrong" id="order-wrong">{say.say("page.open.wrong")}</p>' if shown.wrong == "wrong" else ""
    marked = ' aria-invalid="true" aria-describedby="order-wrong"' if wrong else ""
    more = f' required maxlength="64" autocapitalize="characters" spellcheck="false"{marked}'
    asked = field("order", say.say("page.open.order"), more) + button(say.say("page.open.do"))
    body = f"<p>{say.say('page.open.text')}</p>{wrong}"
    return section("open", title, body + form(place.act("open"), asked + hidden(language=say.language)))


def quote(facts: PageFacts, say: Speaker, place: Place, order: str | None) -> str:
    """The quote, how long it stands, and the two answers to it."""
    asked = facts.quote
    if asked is None:
        return ""
    if asked.state == "offered":
        body = _offered(facts, asked, say, place, order)
    elif asked.state == "lapsed":
        body = f"<p>{say.say('page.quote.lapsed')}</p>"
    else:
        when = say.when(asked.answered_at) if asked.answered_at else say.code("")
        body = (
            f"<p>{say.say(f'page.quote.{asked.state}', when=when)}</p>{_sums(asked.lines, asked.total, say, 'quote')}"
        )
    return section("quote", say.say("page.quote.title"), body)


def _offered(facts: PageFacts, asked: QuoteShown, say: Speaker, place: Place, order: str | None) -> str:
    until = f"<p>{say.say('page.quote.until', until=say.until(asked.valid_until))}</p>"
    if not facts.opened:
        return f'{until}<p class="quiet">{say.say("page.quote.closed")}</p>'
    fields = hidden(order=order or "", quote_id=asked.quote_id, language=say.language)
    yes = form(place.act("quote-approve"), fields + button(say.say("page.quote.approve")))
    no = form(place.act("quote-refuse"), fields + button(say.say("page.quote.refuse"), plain=True))
    sums = _sums(asked.lines, asked.total, say, "quote")
    return f'{until}{sums}<p class="quiet">{say.say("page.quote.note")}</p><div class="pair">{yes}{no}</div>'


def settlement(facts: PageFacts, say: Speaker) -> str:
    """What the return ends with, by when, and whether it was done."""
    told, credit = facts.settlement, "".join(_credit(one, say) for one in facts.credits)
    if told is None:
        return section("settlement", say.say("page.settle.title"), credit) if credit else ""
    kind = f"<p><b>{say.say(_kind_of(told, say))}</b></p>"
    sums = _sums(told.lines, told.total, say, "settle")
    state = "" if told.kind == "store_credit" and told.state == "paid" else f"<p>{_state_of(told, say)}</p>"
    return section("settlement", say.say("page.settle.title"), f"{kind}{state}{sums}{credit}")


def _credit(one: CreditShown, say: Speaker) -> str:
    """That a credit is there; its code only behind the order number."""
    since = f"<p>{say.say('page.settle.credit_paid', when=say.when(one.since))}</p>"
    if one.code is None:
        return f'{since}<p class="quiet">{say.say("page.settle.code_closed")}</p>'
    worth = f" ({say.money(one.sum)})" if one.sum is not None else ""
    return f'{since}<p class="credit"><b>{say.say("page.settle.code", code=say.code(one.code))}</b>{worth}</p>'


def _kind_of(told: SettlementShown, say: Speaker) -> str:
    key = f"page.settle.{told.kind}"
    return key if say.has(key) else "page.settle.title"


def _state_of(told: SettlementShown, say: Speaker) -> str:
    if told.state == "paid":
        return say.say("page.settle.paid", when=say.when(told.paid_at) if told.paid_at else say.code(""))
    until = say.say("page.settle.until", until=say.until(told.deadline)) if told.deadline else ""
    return say.joined(say.say(f"page.settle.{told.state}"), until)


def _sums(lines: Iterable[Amount], total: Money | None, say: Speaker, of: str) -> str:
    """The lines with their total; nothing while they are closed."""
    rows = "".join(f'<tr><th scope="row">{say.say(f"page.line.{one.word}")}</th>{_sum(one, say)}</tr>' for one in lines)
    if not rows and total is None:
        return ""
    told = say.money(total) if total else say.say("page.line.unknown")
    foot = f'<tfoot><tr><th scope="row">{say.say(f"page.{of}.total")}</th><td>{told}</td></tr></tfoot>'
    return f'<table class="sums"><tbody>{rows}</tbody>{foot}</table>'


def _sum(one: Amount, say: Speaker) -> str:
    return f"<td>{say.money(one.money) if one.money else say.say('page.line.unknown')}</td>"
