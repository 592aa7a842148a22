"""What codes of ours mean to a customer: what a reason asks of them and which reasons decide against them.

Rules: ``notices/rules/told.toml``.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from chalicelib.notices.facts import CustomerTask
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
