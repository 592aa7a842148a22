"""What the customer may send: photos and papers, how the box was packed, their withdrawal. Pages of one step too."""

from __future__ import annotations

from html import escape

from chalicelib.notices.page_facts import PageFacts, Upload, WithdrawalShown
from chalicelib.notices.pages.blocks import button, field, form, hero, hidden, section
from chalicelib.notices.pages.document import Place, document
from chalicelib.notices.pages.words import Speaker
from chalicelib.notices.wording import Phrase

MEGABYTE = 1_000_000


def photos(facts: PageFacts, say: Speaker, place: Place) -> str:
    """What was sent, and a way to send each thing that is still wanted."""
    if not facts.wanted and not facts.sent:
        return ""
    sent = "".join(f"<li>{say.say(f'page.photos.{one.state}', what=_named(one.kind, say))}</li>" for one in facts.sent)
    asked = "".join(
        form(place.act("evidence"), hidden(kind=kind, language=say.language) + button(_add(kind, say), plain=True))
        for kind in facts.wanted
    )
    told = f'<ul class="rows">{sent}</ul>' if sent else ""
    ask = f'<p>{say.say("page.photos.text")}</p><div class="stack">{asked}</div>' if asked else ""
    return section("photos", say.say("page.photos.title"), told + ask)


def _add(kind: str, say: Speaker) -> str:
    return say.say("page.photos.add", what=_named(kind, say))


def _named(kind: str, say: Speaker) -> Phrase:
    """A kind of evidence, as the customer knows it."""
    key = f"page.kind.{kind}"
    return say.phrase(key if say.has(key) else "page.kind.other")


def packed(facts: PageFacts, say: Speaker, place: Place) -> str:
    """What the customer noted when the box was closed, or the form for it."""
    head = f"<h3>{say.say('page.pack.done')}</h3>"
    if facts.packed_at is not None:
        return f"{head}<p>{say.say('page.pack.saved', when=say.when(facts.packed_at))}</p>"
    seal = field("seal", say.say("page.pack.seal"), ' maxlength="40" pattern="[A-Za-z0-9 ._/\\-]+"')
    grams = ' maxlength="9" inputmode="decimal" pattern="[0-9]{1,6}([.,][0-9]{1,2})?"'
    weight = field("weight", say.say("page.pack.weight"), grams)
    inside = seal + weight + hidden(language=say.language) + button(say.say("page.pack.do"), plain=True)
    return f"{head}<p>{say.say('page.pack.text')}</p>{form(place.act('packing'), inside)}"


def withdrawal(facts: PageFacts, say: Speaker, place: Place) -> str:
    """The function by which a contract is withdrawn from; once it was used, its receipt."""
    right = facts.withdrawal
    if right is None:
        return ""
    title = say.say("page.withdraw.title")
    if right.declared_at is not None:
        return section("withdrawal", title, _receipt(right, say))
    until = say.say("page.withdraw.until", until=say.until(right.until)) if right.until else ""
    inside = hidden(language=say.language) + button(say.say("page.withdraw.begin"), plain=True)
    text = f"<p>{say.joined(say.say('page.withdraw.text'), until)}</p>"
    return section("withdrawal", title, text + form(place.act("withdraw"), inside))


def _receipt(right: WithdrawalShown, say: Speaker) -> str:
    told = [say.say("page.withdraw.receipt", when=say.when(right.declared_at))] if right.declared_at else []
    told += [say.say("page.withdraw.statement")]
    told += [say.say("page.withdraw.send_back", until=say.until(right.send_back_by))] if right.send_back_by else []
    told += [say.say("page.withdraw.refund_by", until=say.until(right.refund_by))] if right.refund_by else []
    return "".join(f"<p>{one}</p>" for one in told)


def withdrawal_page(facts: PageFacts, language: str, place: Place) -> str:
    """The second step of a withdrawal: what is declared, by whom, and the button that declares it."""
    say = Speaker(facts.notice, language)
    confirm = hidden(confirmed="yes", language=language) + button(say.say("page.withdraw.confirm"))
    told = "".join(f"<p>{say.say(f'page.withdraw.{part}')}</p>" for part in ("person", "effect"))
    top = hero(say.say("page.top.kicker"), say.say("page.withdraw.confirm_title"))
    declared = f"<p><b>{say.say('page.withdraw.statement')}</b></p>{told}{form(place.act('withdraw'), confirm)}"
    body = f'{top}<div class="card">{declared}</div>{_back(say, place)}'
    return document(say, say.plain("page.withdraw.confirm_title"), body)


def upload_page(facts: PageFacts, upload: Upload, language: str, place: Place) -> str:
    """One file to be chosen and sent straight to where evidence is kept; the browser comes back by itself."""
    say = Speaker(facts.notice, language)
    named = _named(upload.kind, say)
    fields = "".join(hidden(**{name: text}) for name, text in upload.fields)
    chosen = f' type="file" accept="{escape(upload.accept)}" required aria-describedby="limit"'
    pick = f'<label for="file">{say.say("page.photos.choose")}</label><input id="file" name="file"{chosen}>'
    size = say.code(str(upload.largest // MEGABYTE))
    limit = f'<p class="quiet" id="limit">{say.say("page.photos.limit", size=size)}</p>'
    send = button(say.say("page.photos.send"))
    top = hero(say.say("page.photos.title"), say.html(named))
    opened = f'<form method="post" enctype="multipart/form-data" action="{escape(upload.url)}">'
    body = f'{top}<div class="card">{opened}{fields}{pick}{limit}{send}</form></div>{_back(say, place)}'
    return document(say, escape(named.plain), body)


def refusal_page(say: Speaker, key: str, place: Place | None) -> str:
    """A page that says what went wrong (``gone``, ``wrong``, ``later``) and nothing else."""
    back = _back(say, place) if place else ""
    top = hero("", say.say(f"page.{key}.title"), f'<p class="lead">{say.say(f"page.{key}.text")}</p>')
    return document(say, say.plain(f"page.{key}.title"), top + back)


def _back(say: Speaker, place: Place) -> str:
    return f'<p><a href="{escape(place.home)}?language={say.language}">{say.say("page.top.back")}</a></p>'
