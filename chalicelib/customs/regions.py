"""Which province or special territory a request means: names and codes as people write them, codes as rules use them.

Some taxes depend on the province (Canada), and some places of a country lie outside its customs or tax territory
(Canary Islands, Livigno). The dictionary ``customs/rules/regions.toml`` lists them; nothing is guessed.

>>> region_of("CA", "Québec").code, region_of("CA", "ca-on").code
('QC', 'ON')
>>> region_of("CA", "Bavaria").is_unknown, region_of("DE", "Bavaria").is_unknown
(True, False)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from chalicelib.rulebook import dictionary


@dataclass(frozen=True, slots=True)
class Region:
    """The code that rule rows use (None: none of those they tell apart), and whether the name given is no region of a
    country whose regions are all listed."""

    code: str | None
    is_unknown: bool = False


NOWHERE = Region(None)


def region_of(country: str, given: str | None) -> Region:
    """What a request's ``region`` means in that country."""
    table = dictionary("customs", "regions").get(country)
    if table is None or given is None or not given.strip():
        return NOWHERE
    code = _names_in(country).get(_plain(given).removeprefix(f"{country.lower()} "))
    return Region(code, is_unknown=code is None and table["complete"])


@cache
def _names_in(country: str) -> Mapping[str, str]:
    names = dictionary("customs", "regions")[country]["names"]
    return {_plain(name): code for code, known in names.items() for name in (code, *known)}


def _plain(text: str) -> str:
    """Without case, accents and punctuation, words apart by one space: ``P.E.I.`` is ``pei``."""
    decomposed = unicodedata.normalize("NFKD", text.replace(".", ""))
    letters = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(re.findall(r"[a-z0-9]+", letters.casefold()))
