"""Settings of the whole suite.

The same examples in every run, so that a red run is red for everybody; ``HYPOTHESIS_PROFILE=explore`` looks for new
ones and prints what replays them. No example is held to a time: the machine may be busy.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("gate", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
