"""`make recall`: a file of sales is handed in to a recall, and a prepaid return opened for each sale it reaches.

- `make recall RECALL=RC-2026-1 FILE=sales.jsonl URL=https://...`: says which sales are reached, and opens nothing
- `GO=1` opens them. Stop it whenever you like (Ctrl-C, or POST .../stop) and run it again: nothing is opened twice.

One sale on each line, as JSON: order, original_export, customer, items, as POST /v1/recalls/{recall_id}/sales takes it.
The token stands in GOLDTHREAD_TOKEN and needs the scope admin. The recall is prepared and started first, over the API.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import urllib3

AT_ONCE = 10
PATIENCE_S = 60
TRIES = 5
REFUSED = 400

Send = Callable[[Mapping[str, Any]], tuple[int, Any]]


class HandInFailed(Exception):
    """The API took a batch of sales in no way; what it said is the reason."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file that is no sale, by its number."""

    number: int
    reason: str


def sales_of(lines: Iterable[str], wrong: list[Line]) -> Iterator[Any]:
    """The sales of a file; lines that cannot be read are noted in ``wrong`` and passed over."""
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            sale = json.loads(text)
        except ValueError as fault:
            wrong.append(Line(number, f"is no JSON: {fault}"))
            continue
        yield sale


def hand_in(
    sales: Iterator[Any], send: Send, tell: Callable[[str], None], wait: Callable[[float], None]
) -> Counter[str]:
    """Hand all of them in, a few at a time; how many ended how. Raises ``HandInFailed`` with what the API said."""
    ended: Counter[str] = Counter()
    while batch := list(islice(sales, AT_ONCE)):
        answer = _sent(batch, send, wait)
        for row in answer["items"]:
            ended[row["outcome"]] += 1
            if row["outcome"] == "refused":
                tell(f"  {row['order']}: no return can be opened: {', '.join(row['reasons'])}")
        tell(f"  {ended.total()} sales: " + ", ".join(f"{count} {name}" for name, count in sorted(ended.items())))
    return ended


def _sent(batch: list[Any], send: Send, wait: Callable[[float], None]) -> Any:
    for attempt in range(TRIES):
        status, body = send({"sales": batch})
        if status < REFUSED:
            return body
        if status not in (429, 502, 503, 504):
            break
        wait(2.0**attempt)
    faults = [f"{one['field'] or '-'}: {one['detail']}" for one in (body or {}).get("errors", ())]
    raise HandInFailed(f"{status} {(body or {}).get('code', '')}: " + "; ".join(faults or ["no reason was given"]))


def _sender(url: str, token: str) -> Send:
    pool = urllib3.PoolManager(timeout=PATIENCE_S, retries=False)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(body: Mapping[str, Any]) -> tuple[int, Any]:
        try:
            answer = pool.request("POST", url, body=json.dumps(body).encode(), headers=headers)
            return answer.status, answer.json()
        except (urllib3.exceptions.HTTPError, ValueError) as fault:
            return 503, {"code": type(fault).__name__}

    return send


def main() -> int:
    """Run it: 0 when every line was handed in, 1 when some could not be read, 2 when nothing could be done."""
    said = {name: os.environ.get(name, "") for name in ("RECALL", "FILE", "URL", "GOLDTHREAD_TOKEN")}
    if missing := [name for name, text in said.items() if not text]:
        print(f"say {', '.join(missing)}; see the top of infra/recall.py", file=sys.stderr)
        return 2
    go = os.environ.get("GO") == "1"
    url = f"{said['URL'].rstrip('/')}/v1/recalls/{said['RECALL']}/sales" + ("" if go else "?validate=true")
    wrong: list[Line] = []
    try:
        with Path(said["FILE"]).open(encoding="utf-8") as file:
            ended = hand_in(sales_of(file, wrong), _sender(url, said["GOLDTHREAD_TOKEN"]), print, time.sleep)
    except (OSError, HandInFailed) as failed:
        print(f"stopped: {failed}. What was opened stays; run it again to go on.", file=sys.stderr)
        return 2
    for line in wrong:
        print(f"line {line.number} {line.reason}", file=sys.stderr)
    print(f"{ended.total()} sales handed in" + ("" if go else "; nothing was opened (GO=1 opens them)"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
