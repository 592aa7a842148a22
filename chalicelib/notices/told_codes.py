"""What codes of ours mean to a customer: what a reason asks of them and which reasons decide against them.

Rules: ``notices/rules/told.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from chalicelib.notices.facts import CustomerTask
from chalicelib.notices.language import chain_of
from chalicelib.notices.wording import first_way, texts_of
from chalicelib.rulebook import dictionary


def task_of(reason: str | None) -> CustomerTask:
    """What the customer must do where a carrier waits for them for this reason; of a reason that says nothing of it,
    to answer the carrier.

    >>> task_of("address_incomplete"), task_of(None)
    ('check_address', 'answer_carrier')
    """
    found: CustomerTask | None = dictionary("notices", "told")["task"].get(reason)
    return found or "answer_carrier"


def speaks_against(reason: str) -> bool:
    """Whether a reason that a machine found speaks against a return by itself; a doubt is no reason to give.

    >>> speaks_against("policy_window_over"), speaks_against("withdrawal_window_doubtful")
    (True, False)
    """
    return any(fnmatchcase(reason, one) for one in dictionary("notices", "told")["against"]["reasons"])


def reason_in(language: str, code: str) -> str:
    """What a reason means to the customer, in their language (a template's name); one that no notice gives is said as
    what follows from it, at the least that a person will answer.

    >>> reason_in("fr", "policy_window_over"), reason_in("de", "holiday_calendar_unknown")
    ('Notre propre délai de retour est écoulé.', 'Jemand von uns sieht sich das an und antwortet Ihnen.')
    """
    told: Mapping[str, str] = dictionary("notices", "told")["told_as"]
    key = f"reason.{code}"
    if not any(key in texts_of(template) for template in chain_of(language)):
        key = told.get(code, "answer.person_decides")
    return first_way(language, key)
