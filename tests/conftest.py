"""Settings of the whole suite.

The same examples in every run, so that a red run is red for everybody; ``HYPOTHESIS_PROFILE=explore`` looks for new
ones and prints what replays them. No example is held to a time: the machine may be busy.
"""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

settings.register_profile("gate", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


def with_room(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run one test above a frame that is larger than any other: see below."""
    runner = item.config.pluginmanager.getplugin("runner")
    return runner.pytest_runtest_protocol(item=item, nextitem=nextitem)


# Python 3.11 keeps frames in chunks of 16 KB and gives a chunk back to the system as soon as it is empty. A loop that
# happens to call across the edge of a chunk maps and unmaps memory at every turn, which took a third of the time of the
# tests on moto. One frame that asks for a megabyte makes one chunk in which all calls of a test find room.
with_room.__code__ = with_room.__code__.replace(co_stacksize=140_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    return with_room(item, nextitem)


# Thousands of collected tests live to the end of the run, and looking through all of them for garbage took a tenth of
# its time.
gc.set_threshold(10_000, 10, 10)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
