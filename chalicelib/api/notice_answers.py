"""What the customer's notices may say of themselves."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import Stamp, Told
from chalicelib.notices.facts import Moment


class NoticeTold(Told):
    """One moment of a return and the mail that told of it. ``told_with`` names the moment whose mail told this one
    too; ``why`` what kept a mail from being sent; ``required`` that it is told even to who wants no notices. Of a
    summary ``happened_at`` is null: it tells of several."""

    moment: Moment
    episode: str | None
    happened_at: Stamp | None
    required: bool
    status: Literal["waiting", "not_wanted", "sending", "sent", "failed", "erased"]
    at: Stamp | None
    language: str | None
    why: str | None
    told_with: Moment | None
    message_id: str | None


class NoticesAnswer(Told):
    """The notices of one case, in the order of its way; ``next`` are the moments that the ordinary way still has."""

    case_id: str
    language: str
    opted_out: bool
    opted_out_at: Stamp | None
    items: list[NoticeTold]
    next: list[Moment]


class NoticePreviewAnswer(Told):
    """A notice that was made and not sent. ``sample``: its facts are an example, for the case has not come to it."""

    case_id: str
    moment: Moment
    language: str
    dir: Literal["ltr", "rtl"]
    sample: bool
    subject: str
    text: str
    html: str
