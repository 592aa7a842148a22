"""The page for the merchant's engineers: its Python runs, and takes what we send and nothing else."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.alerts.deliveries import DATASET, patience
from chalicelib.alerts.signing import signed
from chalicelib.api.deliveries import OPERATIONS

PAGE = Path("docs/WEBHOOKS.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CURRENT, PREVIOUS = "whsec_" + "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj", "whsec_" + "cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBw"
BODY = json.dumps({"id": "msg_1", "subject": "case/c1", "sequence": 7, "text": "扣关"}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def page() -> dict:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict = {}
    exec(compile(code, "docs/WEBHOOKS.md", "exec"), names)
    return names


def sent(secrets=(CURRENT, PREVIOUS), at=NOW, body=BODY):
    return dict(signed("msg_1", at, body, list(secrets)))


@pytest.mark.parametrize("held", [[CURRENT], [PREVIOUS], [PREVIOUS, CURRENT]])
def test_the_example_takes_what_we_send_with_either_secret(page, held):
    assert page["verified"](sent(), BODY, held, int(NOW.timestamp())) == json.loads(BODY)


@pytest.mark.parametrize(
    ("headers", "body", "held"),
    [
        (sent(), BODY + b" ", [CURRENT]),
        (sent(["whsec_" + "b29vb29vb29vb29vb29vb29vb29vb29v"]), BODY, [CURRENT, PREVIOUS]),
        (sent(at=NOW - timedelta(minutes=6)), BODY, [CURRENT]),
        (sent(at=NOW + timedelta(minutes=6)), BODY, [CURRENT]),
        (sent() | {"webhook-id": "msg_2"}, BODY, [CURRENT]),
        (sent() | {"webhook-timestamp": "soon"}, BODY, [CURRENT]),
        (sent() | {"webhook-timestamp": "²"}, BODY, [CURRENT]),
        (sent() | {"webhook-signature": "v1,é v1a,x  v1"}, BODY, [CURRENT]),
        (sent() | {"webhook-signature": ""}, BODY, [CURRENT]),
    ],
)
def test_the_example_refuses_everything_else(page, headers, body, held):
    with pytest.raises(ValueError, match=r"too old|not signed"):
        page["verified"](headers, body, held, int(NOW.timestamp()))


def test_the_example_drops_repeats_and_what_was_overtaken(page):
    applied: list = []
    inbox = page["Inbox"](applied.append)
    messages = [{"id": f"msg_{n}", "subject": "case/c1", "sequence": n} for n in (1, 3, 2, 3, 4)]

    assert [inbox.take(one) for one in messages] == ["new", "new", "history", "known", "new"]
    assert [one["sequence"] for one in applied] == [1, 3, 4]


def test_the_page_names_every_route_and_the_schedule_as_they_are():
    for operation in OPERATIONS:
        path = operation.path.replace("{receiver}", "shop-system")
        assert f"{operation.method} {path}" in PAGE, operation.operation_id
    minutes = [gap // 60 for gap in patience(NOW.date()).gaps_s]
    assert minutes == [5, 10, 20, 40, 80, 160, 300, 480, 720, 960, 1200], DATASET
    assert "5, 10, 20, 40, 80 and 160 minutes, 5, 8, 12, 16 and 20 hours" in PAGE
