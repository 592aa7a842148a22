"""Every notice in every language, whatever is known: nothing missing, nothing torn, nothing told that helps a thief."""

from __future__ import annotations

import fnmatch
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest

from chalicelib.clock import zone
from chalicelib.errors import RuleFileInvalid
from chalicelib.money import Money
from chalicelib.notices import wording
from chalicelib.notices.facts import CUSTOMER_TASKS, MOMENTS, Happened, Kind, Moment, Outcome, PickupHours
from chalicelib.notices.layout import html_of_letter, text_of_letter
from chalicelib.notices.letter import Writer, held_as
from chalicelib.notices.locales import AmountTooFine
from chalicelib.notices.messages import Rendered, render
from chalicelib.notices.told_facts import Teller
from chalicelib.notices.wording import Words
from chalicelib.pickups.hand_over import hand_over
from chalicelib.rulebook import dictionary
from tests.notices.samples import LANGUAGES, UNKNOWN, bare, told, whole

FORBIDDEN = tomllib.loads((Path(__file__).parent / "forbidden_words.toml").read_text(encoding="utf-8"))
TORN = re.compile(
    r"[{}]"  # a gap that was not filled
    r"|(?<=\S)[ \t]{2,}"  # two blanks
    r"|[ \u00a0\u202f][,.)\]،。，、]| [;:?!؟]"  # a stop after a blank; French sets a narrow one, that does not break
    r"|[(\[（][\s)\]）]"  # brackets around nothing
    r"|,,|\.\.|،،|。。|，，|、、|::|： *：|\bNone\b"
    r"|(?m:^[\s,.;:،。，：]+$|[ \t]+$)"  # a line of stops alone, or with a blank at its end
)


@cache
def everything(language: str) -> tuple[tuple[str, Rendered], ...]:
    return tuple(
        (f"{moment}: {name}", render(moment, language, facts))
        for moment in MOMENTS
        for name, facts in told(moment, language)
    )


def saying(mail: Rendered) -> str:
    return f"{mail.subject}\n{mail.text}\n{mail.html}"


def forbidden_in(language: str) -> Iterator[str]:
    root = "zh-Hant" if language.startswith("zh-Hant") else language if language == "zh-Hans" else language[:2]
    yield from FORBIDDEN[root]


@pytest.mark.parametrize("language", LANGUAGES)
class TestInEveryLanguage:
    def test_no_text_is_missing(self, language):
        assert {name: mail.missing for name, mail in everything(language) if mail.missing} == {}

    def test_no_gap_stays_open_and_no_stop_stands_alone(self, language):
        torn = [
            (name, line)
            for name, mail in everything(language)
            for line in (mail.subject, *mail.text.splitlines())
            if TORN.search(line)
        ]
        assert torn == []

    def test_no_word_tells_what_a_parcel_holds_or_is_worth(self, language):
        words = re.compile("|".join(forbidden_in(language)), re.IGNORECASE)
        found = {
            match.group() for _, mail in everything(language) for match in words.finditer(mail.subject + mail.text)
        }
        assert found == set()

    def test_every_subject_is_one_line_that_a_telephone_shows(self, language):
        subjects = {mail.subject for _, mail in everything(language)}
        assert not [one for one in subjects if "\n" in one or "\r" in one or not 2 <= len(one) <= 78]

    def test_no_subject_and_no_preheader_names_a_sum_or_the_house(self, language):
        for _, mail in everything(language):
            seen_first = mail.subject + mail.html[: mail.html.index("<h1")]
            assert "234" not in seen_first
            assert "GTS" not in seen_first

    def test_only_a_decision_and_its_payment_name_a_sum(self, language):
        naming = {name.split(":")[0] for name, mail in everything(language) if "234" in mail.text}
        assert naming == {"decision", "paid", "credited"}

    def test_text_and_html_say_the_same(self, language):
        for name, mail in everything(language):
            assert words_of(mail.html) == words_of(mail.text), name

    def test_the_numbers_of_the_return_stand_in_every_notice(self, language):
        assert all("RMA-7KD-2QX-M4P" in mail.text and "SO-1001" in mail.text for _, mail in everything(language))

    def test_every_text_has_the_gaps_of_the_english_one(self, language):
        english, own = wording.texts_of("en"), wording.texts_of(language)
        assert {key: gaps(ways) for key, ways in own.items()} == {key: gaps(english[key]) for key in own}

    def test_a_name_is_greeted_and_its_absence_is_no_gap(self, language):
        facts = whole(language)
        assert facts.customer_name in render("arrived", language, facts).text
        nameless = render("arrived", language, replace(facts, customer_name=None)).text
        assert facts.customer_name not in nameless


def words_of(text: str) -> list[str]:
    """The words alone, however they are laid out; what lies before the title of an HTML mail is not seen."""
    text = re.sub(r"https://returns\S+(?=\n)", " ", text)
    seen = re.sub(r"<[^>]+>", " ", text[text.index("<h1") :] if "<h1" in text else text)
    for sign, code in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'")):
        seen = seen.replace(sign, code)
    seen = re.sub(r"(?m)^(\d+\.|-) ", "", seen)
    return re.findall(r"\w+", seen)


def gaps(ways: tuple[str, ...]) -> list[list[str]]:
    return [sorted(wording.gaps_of(way)) for way in ways]


class TestOfTheFacts:
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_any_facts_may_be_unknown_together(self, moment: Moment):
        """Two by two in one language; that the gaps of all languages are the same is held above."""
        facts = replace(whole(), task="take_to_counter", wanted=("photo_item",), packing=("pickup.seal",))
        for pair in combinations(UNKNOWN.values(), 2):
            mail = render(moment, "en", replace(facts, **{**pair[0], **pair[1]}))
            assert not TORN.search(mail.text)

    @pytest.mark.parametrize("task", CUSTOMER_TASKS)
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_any_task_may_go_with_any_moment(self, moment, task):
        for facts in (replace(whole(), task=task), replace(bare(whole()), task=task)):
            assert not TORN.search(render(moment, "de-CH", facts).text)

    @pytest.mark.parametrize("kind", get_args(Kind))
    @pytest.mark.parametrize("moment", MOMENTS)
    def test_any_kind_of_return_may_come_to_any_moment(self, moment, kind):
        assert not TORN.search(render(moment, "ar", replace(whole("ar"), kind=kind)).text)

    def test_a_task_is_asked_in_its_own_words(self):
        said = {task: render("held", "en", replace(whole(), task=task)).text for task in CUSTOMER_TASKS}
        assert len(set(said.values())) == len(CUSTOMER_TASKS)

    @pytest.mark.parametrize("task", sorted(set(CUSTOMER_TASKS) - {"nothing", "await_courier_day"}))
    def test_one_thing_is_asked(self, task):
        assert render("held", "fr", replace(whole("fr"), task=task)).text.count("Ce que nous vous demandons") == 1

    @pytest.mark.parametrize("task", ["nothing", "await_courier_day"])
    def test_who_has_nothing_to_do_is_asked_nothing(self, task):
        assert "What we ask of you" not in render("accepted", "en", replace(whole(), task=task)).text

    def test_every_reason_of_a_hold_has_words(self):
        groups = set(dictionary("notices", "told")["held"].values()) | {"unknown"}
        keys = {f"held.{group}.{part}" for group in groups for part in ("title", "lead", "ours")}
        assert keys <= wording.texts_of("en").keys()

    def test_a_reason_nobody_knows_is_told_as_such(self):
        assert held_as("never_seen_before", "nothing") == "unknown"
        assert "asking the carrier why" in render("held", "en", replace(whole(), reason="never_seen_before")).text

    @pytest.mark.parametrize("code", ["goods_not_accepted", "undeliverable"])
    def test_what_a_carrier_will_not_do_is_laid_neither_on_customs_nor_on_an_address(self, code):
        assert held_as(code, "nothing") == "unknown"

    def test_the_day_it_is_expected_is_the_day_where_it_goes(self):
        late = replace(whole(), expected_at=datetime(2026, 12, 1, 15, 59, tzinfo=UTC), zone="Asia/Tokyo")
        assert "2 December 2026" in render("collected", "en", late).text
        assert "1 December 2026" in render("collected", "en", replace(late, expected_in="Asia/Shanghai")).text

    def test_a_doubted_value_is_told_as_papers(self):
        told_as = [render("held", "en", replace(whole(), reason=code)).text for code in VALUE_OR_PAPERS]
        assert told_as[0] == told_as[1]

    def test_who_is_asked_for_money_in_our_name_is_warned(self):
        assert "please do not" in render("held", "en", replace(whole(), reason="customs_duty_due")).text

    def test_an_identity_number_is_never_asked_for_by_mail(self):
        for facts in (whole(), bare(whole())):
            asked = render("held", "en", replace(facts, task="send_identity_number")).text
            assert "Please do not send it by email" in asked

    def test_what_a_reason_asks_of_the_customer_is_a_task_that_there_are_words_for(self):
        told = dictionary("notices", "told")
        assert set(told["task"].values()) < set(CUSTOMER_TASKS)
        assert set(told["task"]) <= set(told["held"])

    def test_what_speaks_against_a_return_is_a_reason_that_there_is(self):
        known, against = (
            set(dictionary("returns", "reasons")["text"]),
            dictionary("notices", "told")["against"]["reasons"],
        )
        assert [one for one in against if not fnmatch.filter(known, one)] == []

    def test_every_reason_of_a_decision_is_told_or_deliberately_not(self):
        known = set(dictionary("returns", "reasons")["text"])
        said = {key.removeprefix("reason.") for key in wording.texts_of("en") if key.startswith("reason.")}
        untold = set(dictionary("notices", "told")["untold"]["reasons"])
        assert said | untold == known
        assert said & untold == set()

    def test_a_worth_that_a_person_must_look_at_is_never_given_as_a_reason(self):
        facts = replace(whole(), outcome="refused", outcome_reasons=("value_above_review_limit", "policy_window_over"))
        assert render("decision", "en", facts).text.count("\n- ") == 1

    @pytest.mark.parametrize("outcome", get_args(Outcome))
    def test_every_outcome_has_words(self, outcome):
        assert f"decision.{outcome}.lead" in wording.texts_of("en")

    @pytest.mark.parametrize("outcome", ["refused", "partial_refund", "sent_back"])
    def test_who_does_not_get_what_they_asked_for_is_told_what_they_can_do(self, outcome):
        said = render("decision", "en", replace(whole(), outcome=outcome)).text
        assert "a person will look at it again" in said
        assert "rights under the law are not affected" in said

    @pytest.mark.parametrize("carrier", ["fedex", "dhl", "ems"])
    def test_every_step_of_packing_has_words(self, carrier):
        steps = tuple(step.key for step in hand_over(carrier))
        said = render("pickup_booked", "en", replace(whole(), packing=steps, task="hand_to_courier")).text
        assert len(re.findall(r"(?m)^\d+\. ", said)) == len(steps)

    def test_the_steps_say_what_protects_the_parcel(self):
        steps = tuple(step.key for step in hand_over("fedex"))
        said = render("pickup_booked", "en", replace(whole(), packing=steps)).text
        for must in (
            "small box",
            "larger plain box",
            "outside plain",
            "seal",
            "photos",
            "in person",
            "drop box",
            "receipt",
        ):
            assert must in said

    def test_what_is_wanted_and_has_no_words_is_still_asked_for(self):
        facts = replace(whole(), wanted=("photo_item", "something_new", "something_else"), task="send_photos")
        assert render("evidence_wanted", "en", facts).text.count("\n- ") == 2

    def test_a_summary_tells_the_moments_in_the_order_of_time(self):
        at = whole().at
        past = (Happened("arrived", at.replace(day=28)), Happened("collected", at.replace(day=24)))
        said = render("summary", "en", replace(whole(), past=past)).text
        assert said.index("24 November") < said.index("28 November")

    def test_a_preview_says_that_it_is_one(self):
        assert "preview" in render("arrived", "en", replace(whole(), sample=True)).text
        assert "preview" not in render("arrived", "en", whole()).text


VALUE_OR_PAPERS = ("customs_value_doubted", "customs_documents_missing")


class TestOfTimeAndMoney:
    def test_a_time_is_told_by_the_customers_clock(self):
        facts = replace(whole("ja"), at=datetime(2026, 11, 24, 15, 30, tzinfo=zone("UTC")))
        assert "2026年11月25日水曜日 0:30" in render("collected", "ja", facts).text

    def test_the_clock_is_named_once_at_the_end(self):
        assert render("collected", "en", whole()).text.rstrip().endswith("All times: United Kingdom Time")

    def test_the_clock_is_named_with_each_time_where_it_is_only_assumed(self):
        said = render("collected", "en", replace(whole(), zone="America/Chicago", zone_is_sure=False)).text
        assert "(Central Time)" in said
        assert "All times" not in said

    def test_no_clock_is_named_where_no_time_is_told(self):
        assert "All times" not in render("arrived", "en", replace(whole(), at=None)).text

    def test_the_courier_comes_by_the_clock_where_he_comes(self):
        hours = PickupHours(date(2026, 11, 24), time(10), time(16), "Asia/Shanghai")
        said = render("pickup_booked", "en", replace(whole(), pickup=hours)).text
        assert "between 10:00 and 16:00 (China Time)" in said

    def test_a_day_left_whole_to_the_customer_is_named_without_midnight(self):
        midnight = datetime(2026, 11, 28, 0, 0, tzinfo=zone("Europe/London"))
        said = render("held", "en", replace(whole(), deadline=midnight, task="send_papers")).text
        assert "by Friday, 27 November 2026 with" in said

    def test_german_says_the_hour_with_its_word(self):
        hours = PickupHours(date(2026, 11, 24), time(10), time(16), "Europe/Berlin")
        said = render("pickup_booked", "de", replace(whole("de"), pickup=hours)).text
        assert "zwischen 10:00 Uhr und 16:00 Uhr" in said

    def test_half_a_yen_is_refused_and_not_rounded(self):
        facts = replace(whole("ja"), outcome="refund", refund=Money(Decimal("1234.5"), "JPY"))
        with pytest.raises(AmountTooFine):
            render("decision", "ja", facts)


class TestOfWordsOfLaw:
    def test_switzerland_writes_no_sharp_s(self):
        assert "ß" not in "".join(way for ways in wording.texts_of("de-CH").values() for way in ways)

    @pytest.mark.parametrize(
        ("language", "word"),
        [
            ("ja", "クーリング・オフ"),
            ("de-CH", "Widerruf"),
            ("zh-Hant", "試用"),
            ("zh-Hant", "七日"),
            ("zh-Hans", "七天"),
        ],
    )
    def test_a_word_that_would_be_wrong_in_law_is_not_said(self, language, word):
        assert not [key for key, ways in wording.texts_of(language).items() if any(word in way for way in ways)]

    @pytest.mark.parametrize(
        ("language", "word"),
        [("de", "Widerruf"), ("fr", "rétractation"), ("es", "desistimiento"), ("it", "recesso"), ("ko", "청약철회"),
         ("zh-Hans", "无理由退货"), ("zh-Hant", "解除權"), ("zh-Hant-HK", "退換貨"), ("ja", "返品"), ("ar", "العدول")],
    )  # fmt: skip
    def test_the_right_is_called_by_its_name(self, language, word):
        assert word in wording.texts_of(language)["reason.withdrawal_window_over"][0]

    @pytest.mark.parametrize("traditional", [one for one in LANGUAGES if one.startswith("zh-Hant")])
    def test_traditional_chinese_has_no_simplified_character(self, traditional):
        said = "".join(way for ways in wording.texts_of(traditional).values() for way in ways)
        assert not set(said) & set("们这单货请时间编号运税费关证为无双发电话邮递员达样图")


class TestOfWhatIsMissing:
    def test_a_text_that_a_language_lacks_is_said_in_english_and_named(self):
        letter = Writer("arrived", whole("fr"), Words("fr", values_of("fr"), texts_lacking("arrived.lead"))).letter()
        assert letter.missing == ("arrived.lead",)
        assert "Your parcel reached us on Tuesday, 24 November 2026 at 14:30." in text_of_letter(letter)
        assert '<span lang="en" dir="ltr">Your parcel reached us' in html_of_letter(letter)

    def test_english_within_arabic_keeps_its_direction(self):
        letter = Writer("arrived", whole("ar"), Words("ar", values_of("ar"), texts_lacking("arrived.more"))).letter()
        assert '<span lang="en" dir="ltr">We will now' in html_of_letter(letter)

    def test_a_text_that_even_english_lacks_is_a_fault_of_the_file(self):
        with pytest.raises(RuleFileInvalid):
            Words("fr", values_of("fr")).say("no.such.text")

    def test_every_fact_that_a_text_may_need_is_one_that_is_made(self):
        made = set(Teller(whole(), "en").values()) | {"label", "value", "day", "hour", "what", "text", "zone"}
        asked = {gap for ways in wording.texts_of("en").values() for way in ways for gap in wording.gaps_of(way)}
        assert asked <= made

    def test_every_text_is_used(self):
        said: set[str] = set()
        for moment in MOMENTS:
            for _, facts in told(moment, "en"):
                said |= keys_used(moment, facts)
        unsaid = {key for key in wording.texts_of("en") if key not in said and not key.startswith(LISTED)}
        assert unsaid == set()


LISTED = ("reason.", "answer.", "wanted.", "packing.", "past.", "task.", "cancelled.o", "words.", "taken.", "remedy.")


def keys_used(moment, facts) -> set[str]:
    class Noting(Words):
        def say(self, key, **more):
            used.add(key)
            return super().say(key, **more)

    used: set[str] = set()
    Writer(moment, facts, Noting("en", lambda said_in: Teller(facts, said_in).values())).letter()
    return used


def values_of(language: str) -> wording.Values:
    return lambda said_in: Teller(whole(language), said_in).values()


def texts_lacking(key: str) -> wording.Texts:
    """Every language but English without this text."""

    def texts(template: str):
        held = wording.texts_of(template)
        return held if template == "en" else {name: ways for name, ways in held.items() if name != key}

    return texts
