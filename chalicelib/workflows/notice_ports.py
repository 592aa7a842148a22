"""What telling the customer needs of the table: which notices a case has sent, and whether any are wanted.

The register of a case is read with it (``CaseFile.notices``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from chalicelib.notices.register import Register


class Notices(Protocol):
    """The notices of a case."""

    def keep(self, case_id: str, register: Register) -> bool:
        """Write the register over the version before; False: somebody else was faster."""

    def opted_out_at(self, customer: str) -> datetime | None:
        """When the customer behind this digest last asked, in any return of theirs, for no more notices; None when they
        never did, or have asked for them again since."""
