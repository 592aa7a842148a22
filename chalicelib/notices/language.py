"""In which language a customer is written to: from the tag they gave and the country they live in to a template.

The way goes from exact to script to language to English; Taiwan, Hong Kong and Macao are never answered in simplified
characters unless the customer's own tag asks for them. Rules: ``notices/rules/languages``.

>>> template_of("fr_CA"), template_of("zh-TW"), template_of("zh-Hans-HK"), template_of("de", "CH"), template_of("xx")
('fr', 'zh-Hant', 'zh-Hans', 'de-CH', 'en')
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from chalicelib.rulebook import dictionary

ENGLISH = "en"
_LONGEST_TAG = 35


@cache
def languages() -> tuple[str, ...]:
    """Every language that has words of its own, English first."""
    return tuple(dictionary("notices", "languages")["chain"])


@cache
def template_of(tag: str, country: str | None = None) -> str:
    """The template for a language tag (BCP 47, in any case, ``_`` or ``-``) and the customer's country; never fails.

    The country counts only where the tag itself names neither a region nor a script that decides.
    """
    rules, wanted = dictionary("notices", "languages"), _canonical(tag)
    own: str | None = rules["by_country"].get(wanted, {}).get(country)
    if own:
        return own
    known: Mapping[str, str] = {**{one: one for one in languages()}, **rules["alias"]}
    return next((known[step] for step in _shorter(wanted) if step in known), ENGLISH)


def chain_of(template: str) -> tuple[str, ...]:
    """The templates that are tried for a text, in order; English is the last of each.

    >>> chain_of("zh-Hant-HK")
    ('zh-Hant-HK', 'zh-Hant', 'en')
    """
    return tuple(dictionary("notices", "languages")["chain"][template])


def _canonical(tag: str) -> str:
    """Language in small letters, script with a capital, region in capitals: ``ZH_hant_tw`` is ``zh-Hant-TW``."""
    parts = tag[:_LONGEST_TAG].strip().replace("_", "-").split("-")
    return "-".join(part.lower() if place == 0 else _subtag(part) for place, part in enumerate(parts))


def _subtag(part: str) -> str:
    return part.title() if len(part) == 4 else part.upper()


def _shorter(tag: str) -> Iterator[str]:
    """The tag, then without its region, then without its script: ``zh-Hant-TW``, ``zh-Hant``, ``zh``."""
    parts = tag.split("-")
    for end in range(len(parts), 0, -1):
        yield "-".join(parts[:end])
