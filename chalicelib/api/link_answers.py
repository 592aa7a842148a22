"""What is told of the customer's link."""

from __future__ import annotations

from typing import Literal

from chalicelib.api.told import Stamp, Told


class LinkInShort(Told):
    """The link in force, without the link: when it was made, by whom, and until when it works."""

    made_at: Stamp
    made_by: str
    expires_at: Stamp


class LinkAnswer(Told):
    """A new link. Whoever has ``url`` sees the customer's page: give it to nobody else."""

    case_id: str
    url: str
    expires_at: Stamp


class LinkEndedAnswer(Told):
    """No link of this case works any more, until a new one is made or a notice sends one."""

    case_id: str
    ended: Literal[True]
