"""Every alarm names a page of the runbook that exists, every page has an alarm, and each says what a page must say."""

import re

import pytest

from chalicelib.rulebook import ROOT
from infra.alarms import RUNBOOK, SCHEDULES, alarms
from infra.build_template import FUNCTIONS, QUEUES

FOLDER = ROOT.parent / RUNBOOK
PAGES = sorted(page.stem for page in FOLDER.glob("*.md") if page.stem != "README")
ALARMS = alarms({queue.consumer: queue.name for queue in QUEUES}, FUNCTIONS)
NAMED = re.compile(rf"; see {RUNBOOK}/([a-z-]+)\.md$")


def page_of(alarm: str) -> str:
    named = NAMED.search(ALARMS[alarm]["Properties"]["AlarmDescription"])
    assert named, alarm
    return named[1]


def text_of(page: str) -> str:
    return (FOLDER / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_ends_with_a_page_that_exists(alarm):
    assert page_of(alarm) in PAGES


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_an_alarm(page):
    assert page in {page_of(alarm) for alarm in ALARMS}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_what_it_means_how_to_look_what_to_do_and_when_not_to(page):
    text = text_of(page)
    for part in ("**It means**", "**Look**", "**Do**\n1. ", "**Ignore it when**", "**Redrive**"):
        assert part in text, part
    assert re.search(r"/goldthread/goldthread-<stage>/|log group", text)
    assert re.search(r"`(AWS/|Goldthread )", text)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_only_functions_metrics_and_queues_that_there_are(page):
    text = text_of(page)
    known = {*FUNCTIONS, *(f"{queue.name}{end}" for queue in QUEUES for end in ("", "Queue", "DeadLetters"))}

    assert set(re.findall(r"`(On[A-Z]\w+|\w+DeadLetters)`", text)) <= known
    assert set(re.findall(r"QUEUE=(\w+)", text)) <= {queue.name.lower() for queue in QUEUES}


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_the_page_of_a_queues_dead_letters_says_how_to_send_them_back(queue):
    text = text_of(f"dead-letters-{queue.name.lower()}")

    assert f"make redrive QUEUE={queue.name.lower()} STAGE=... GO=1" in text
    assert f"/{queue.consumer}`" in text


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda schedule: schedule.name)
def test_the_page_of_a_schedule_names_its_function(schedule):
    assert f"`{schedule.function}`" in text_of(f"{schedule.name.lower()}-not-run")


def test_the_first_page_leads_to_every_other():
    assert set(re.findall(r"\]\(([a-z-]+)\.md\)", text_of("README"))) == set(PAGES)
