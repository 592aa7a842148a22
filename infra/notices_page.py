"""Write every notice in every language to ``build/notices/``, with an index to look at in a browser: ``make notices``.

With ``--pictures`` and a Chromium on the path each is also drawn as a telephone shows it, light and dark.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from html import escape
from pathlib import Path
from shutil import which
from typing import Any, get_args

from chalicelib.money import Money
from chalicelib.notices.facts import (
    MOMENTS,
    Happened,
    Kind,
    MerchantContact,
    Moment,
    NoticeFacts,
    Outcome,
    PickupHours,
    RecalledPiece,
)
from chalicelib.notices.language import languages
from chalicelib.notices.messages import Rendered, render
from chalicelib.pickups.hand_over import hand_over
from chalicelib.rulebook import dictionary

FOLDER = Path(__file__).parent.parent / "build" / "notices"
NAMES = {
    "en": "Alex Morgan", "en-US": "Alex Morgan", "zh-Hans": "王晓明", "zh-Hant": "陳怡君", "zh-Hant-HK": "黃志明",
    "ja": "佐藤 由美", "ko": "김서연", "fr": "Camille Lefèvre", "de": "Jördis Weiß", "de-CH": "Urs Zürcher",
    "es": "Íñigo Núñez", "it": "Nicolò D’Angelo", "ar": "ليلى حداد",
}  # fmt: skip
ZONES = {
    "en": "Europe/London", "en-US": "America/New_York", "zh-Hans": "Asia/Shanghai", "zh-Hant": "Asia/Taipei",
    "zh-Hant-HK": "Asia/Hong_Kong", "ja": "Asia/Tokyo", "ko": "Asia/Seoul", "fr": "Europe/Paris", "de": "Europe/Berlin",
    "de-CH": "Europe/Zurich", "es": "Europe/Madrid", "it": "Europe/Rome", "ar": "Asia/Dubai",
}  # fmt: skip
REFUNDS = {
    "en": "GBP", "en-US": "USD", "zh-Hans": "CNY", "zh-Hant": "TWD", "zh-Hant-HK": "HKD", "ja": "JPY", "ko": "KRW",
    "de-CH": "CHF", "ar": "AED",
}  # fmt: skip
TAKEN = ("metal_missing", "worn", "box", "certificate", "gift", "return_freight", "discount", "fee")
UNTIL = datetime(2026, 12, 6, 23, 0, tzinfo=UTC)
# How the moments at the end of a return look, by what is known of them.
_ENDINGS: dict[Moment, dict[str, dict[str, Any]]] = {
    "withdrawal_receipt": {
        "sure": {"in_time": True, "refund_by": UNTIL, "task": "send_back", "deadline": UNTIL},
        "part": {"in_time": True, "lines": (1, 3), "refund_by": UNTIL},
        "doubtful": {"in_time": None},
    },
    "quote": {"offered": {"task": "answer_quote"}},
    "quote_reminder": {"offered": {"task": "answer_quote"}},
    "repair_done": {one: {"reason": one} for one in ("done", "unrepaired", "partner")},
    "sent_out": {"plain": {"direction": "out", "task": "receive_parcel"}},
    "out_arrived": {"plain": {"direction": "out"}},
    "lost": {
        f"{how}_{way}": {"reason": how, "direction": way} for how in ("lost", "destroyed") for way in ("home", "out")
    },
    "recall": {"plain": {"remedies": ("repair", "replacement", "refund"), "task": "await_courier_day"}},
    "out_back": {"plain": {"direction": "out", "task": "check_address", "deadline": None}},
    "seized": {way: {"direction": way, "reason": "seized"} for way in ("home", "out")},
    "unclaimed": {one: {"reason": one, "task": "claim_piece"} for one in ("ours", "partner")},
}
HOUSE = MerchantContact("GTS Trading", "returns@example.com", "+86 755 5550 0101")


def sample_facts(language: str) -> NoticeFacts:
    """A customer of each language with everything known."""
    currency = REFUNDS.get(language, "EUR")
    amount = Decimal("1234567") if currency in ("JPY", "KRW") else Decimal("1234.50")
    return NoticeFacts(
        rma="RMA-7KD-2QX-M4P",
        order_number="SO-1001",
        kind="refund",
        merchant=HOUSE,
        zone=ZONES[language],
        customer_name=NAMES[language],
        at=datetime(2026, 11, 24, 13, 30, tzinfo=UTC),
        carrier="FedEx",
        tracking_number="794987654321",
        deadline=datetime(2026, 11, 27, 9, 0, tzinfo=UTC),
        expected_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
        refund=Money(amount, currency),
        link="https://returns.example.com/v1/c/" + "A" * 48,
        hazard="ABC",
        recalled=(RecalledPiece("ABC", "DEF", "N-07", "GT-000184", "B-12", date(2026, 10, 2)),),
        sample=True,
    )


def variants(moment: Moment, facts: NoticeFacts) -> dict[str, NoticeFacts]:
    """What one moment may look like, by name."""
    packing = tuple(step.key for step in hand_over("fedex"))
    hours = PickupHours(date(2026, 11, 24), time(10), time(16), facts.zone)
    if moment == "accepted":
        return {kind: replace(facts, kind=kind, task="await_courier_day") for kind in get_args(Kind)}
    if moment == "pickup_booked":
        booked = replace(facts, packing=packing, pickup=hours, task="hand_to_courier")
        leaving = replace(facts, direction="out")
        counter = replace(booked, pickup=None, task="take_to_counter")
        return {"courier": booked, "counter": counter, "out": leaving}
    if moment == "held":
        return _holds(facts)
    if moment == "decision":
        reasons = ("no_statutory_withdrawal", "policy_window_over", "excluded_custom")
        refused = ("refused", "partial_refund", "sent_back")
        return {
            one: replace(facts, outcome=one, outcome_reasons=reasons if one in refused else ())
            for one in get_args(Outcome)
        } | {"less": replace(facts, outcome="partial_refund", outcome_reasons=TAKEN, carrier=None)}
    if moment == "evidence_wanted":
        wanted = ("photo_item", "photo_defect", "photo_outer_box", "photo_inner_box")
        return {"photos": replace(facts, task="send_photos", wanted=wanted, carrier=None, tracking_number=None)}
    if moment in _ENDINGS:
        return {name: replace(facts, **change) for name, change in _ENDINGS[moment].items()}
    if moment == "released":
        found = replace(facts, reason="found")
        return {"home": facts, "out": replace(facts, direction="out"), "found": found}
    if moment == "cancelled":
        return {"kept": replace(facts, reason="customer_keeps_it", task="destroy_label")}
    if moment == "summary":
        days: tuple[Moment, ...] = ("pickup_booked", "collected", "held", "released", "arrived")
        past = tuple(Happened(one, datetime(2026, 11, 24 + n, 8, tzinfo=UTC)) for n, one in enumerate(days))
        return {"after_an_outage": replace(facts, past=past, expected_at=None)}
    return {"plain": facts}


def _holds(facts: NoticeFacts) -> dict[str, NoticeFacts]:
    groups = dict.fromkeys(dictionary("notices", "told")["held"].values())
    reasons = {
        group: next(r for r, g in dictionary("notices", "told")["held"].items() if g == group) for group in groups
    }
    found = {group: replace(facts, reason=reason) for group, reason in reasons.items()}
    found["unknown"] = facts
    for task in ("send_papers", "send_identity_number", "check_address", "answer_carrier"):
        found[task] = replace(facts, task=task)
    found["charges_out"] = replace(found["charges"], direction="out")
    return found


def every_notice() -> dict[tuple[str, str], Rendered]:
    """Every notice by language and name (moment and variant)."""
    return {
        (language, f"{moment}-{name}"): render(moment, language, facts)
        for language in languages()
        for moment in MOMENTS
        for name, facts in variants(moment, sample_facts(language)).items()
    }


def write(pictures: bool) -> int:
    """Write all pages and the index; the number of notices."""
    notices = every_notice()
    for (language, name), mail in notices.items():
        folder = FOLDER / language
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.html").write_text(mail.html, encoding="utf-8")
        (folder / f"{name}.txt").write_text(f"{mail.subject}\n\n{mail.text}", encoding="utf-8")
        if pictures:
            _draw(folder, name)
    (FOLDER / "index.html").write_text(_index(notices), encoding="utf-8")
    return len(notices)


def _index(notices: dict[tuple[str, str], Rendered]) -> str:
    names = list(dict.fromkeys(name for _, name in notices))
    head = "".join(f"<th>{language}</th>" for language in languages())
    rows = "".join(
        f"<tr><th>{name}</th>"
        + "".join(_cell(language, name, notices[language, name]) for language in languages())
        + "</tr>"
        for name in names
    )
    return (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Notices</title><style>body{font-family:sans-serif}'
        "td,th{padding:4px 10px;text-align:left;font-weight:normal}"
        "iframe{width:390px;height:880px;border:1px solid #bbb}"
        "main{display:flex;gap:20px;align-items:flex-start}</style>"
        "<h1>Every notice in every language</h1><main><table><tr><th></th>"
        f'{head}</tr>{rows}</table><iframe name="phone"></iframe></main></html>'
    )


def _cell(language: str, name: str, mail: Rendered) -> str:
    page = f"{language}/{name}"
    title = escape(mail.subject)
    link = f'<a target="phone" title="{title}" href="{page}'
    return f'<td>{link}.html">page</a> {link}.txt">text</a></td>'


def _draw(folder: Path, name: str) -> None:
    browser = which("chromium")
    if browser is None:
        raise SystemExit("no chromium on the path: open build/notices/index.html in a browser instead")
    picture, page = folder / f"{name}.png", (folder / f"{name}.html").resolve().as_uri()
    options = ("--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=390,1300")
    subprocess.run([browser, *options, f"--screenshot={picture}", page], check=True, capture_output=True)


if __name__ == "__main__":
    print(f"{write('--pictures' in sys.argv)} notices: {FOLDER / 'index.html'}")
