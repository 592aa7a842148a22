"""In which language a customer is written to."""

from __future__ import annotations

import pytest

from chalicelib.notices.language import chain_of, languages, template_of
from chalicelib.rulebook import ROOT, dictionary

RULES = dictionary("notices", "languages")


@pytest.mark.parametrize(
    ("tag", "country", "template"),
    [
        ("fr", "FR", "fr"), ("fr-CA", "CA", "fr"), ("FR_be", None, "fr"), ("fr-CH", "CH", "fr"),
        ("de", "DE", "de"), ("de", "AT", "de"), ("de", "CH", "de-CH"), ("de", "LI", "de-CH"), ("de-DE", "CH", "de"),
        ("de-CH-1996", None, "de-CH"), ("gsw", None, "de-CH"),
        ("zh", None, "zh-Hans"), ("zh", "CN", "zh-Hans"), ("zh-SG", None, "zh-Hans"), ("zh", "TW", "zh-Hant"),
        ("zh", "HK", "zh-Hant-HK"), ("zh", "MO", "zh-Hant-HK"), ("zh-TW", None, "zh-Hant"), ("zh-tw", "FR", "zh-Hant"),
        ("zh-HK", "GB", "zh-Hant-HK"), ("ZH_hant", None, "zh-Hant"), ("zh-Hant-TW", None, "zh-Hant"),
        ("zh-Hant", "HK", "zh-Hant-HK"), ("zh-Hant-HK", None, "zh-Hant-HK"), ("zh-Hant-MO", None, "zh-Hant-HK"),
        ("zh-Hans-HK", "HK", "zh-Hans"), ("yue", None, "zh-Hant-HK"),
        ("en", "GB", "en"), ("en", "US", "en-US"), ("en", "FR", "en"), ("en-GB", "US", "en"), ("en-US", "FR", "en-US"),
        ("ar-EG", "EG", "ar"), ("ja-JP", "JP", "ja"), ("ko", "KR", "ko"), ("es-419", "MX", "es"), ("it-CH", "CH", "it"),
        ("pt", "BR", "en"), ("xx", None, "en"), ("", None, "en"), ("-", None, "en"), ("a" * 500, None, "en"),
        ("../../secret", None, "en"), ("fr\r\nBcc: x", None, "en"),
    ],
)  # fmt: skip
def test_a_tag_and_a_country_lead_to_words(tag, country, template) -> None:
    assert template_of(tag, country) == template


@pytest.mark.parametrize("country", ["TW", "HK", "MO"])
@pytest.mark.parametrize("tag", ["zh", "zh-{}", "zh-Hant", "zh-Hant-{}", "ZH_hant_{}"])
def test_taiwan_and_hong_kong_are_never_answered_in_simplified_characters(tag, country) -> None:
    assert template_of(tag.format(country), country).startswith("zh-Hant")


@pytest.mark.parametrize("language", languages())
def test_every_chain_begins_with_itself_and_ends_in_english(language) -> None:
    assert chain_of(language)[0] == language
    assert chain_of(language)[-1] == "en"
    assert "zh-Hans" not in chain_of(language)[1:]


def test_every_language_has_its_file_and_every_file_its_language() -> None:
    assert {file.stem for file in (ROOT / "notices" / "templates").glob("*.toml")} == set(languages())


def test_every_alias_and_country_leads_to_a_language() -> None:
    led_to = {*RULES["alias"].values(), *(one for rows in RULES["by_country"].values() for one in rows.values())}
    assert led_to <= set(languages())


def test_a_language_written_to_is_its_own_answer() -> None:
    assert [template_of(language) for language in languages()] == list(languages())
