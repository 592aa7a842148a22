"""`make redrive`: dead letters go back to their queue, so that their work is done after all.

- `make redrive QUEUE=alerts`: shows what lies there and why, and moves nothing
- `make redrive QUEUE=alerts GO=1`: sends each back; `REASON=carrier_unavailable` only those, `MOST=50` only so many
- `STAGE=prod`: with AWS credentials, for the stack goldthread-prod

Each is sent to its queue before it is taken out of the dead letters: whoever dies in between has sent it twice, which
every worker takes. One that has come back three times is left for a person (`AGAIN=1` sends it all the same). Bodies
may hold what a carrier sent and are never shown.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.build_template import QUEUES
from infra.stages import connect_to, resource_of

NAMES = {queue.name.lower(): queue.name for queue in QUEUES}
HIDDEN_S = 120
MOST = 1000
MOST_RETURNS = 3
RETURNS = "redriven"
ALL = ["All"]


@dataclass(frozen=True, slots=True)
class Wish:
    """Which dead letters, and whether they are sent at all."""

    queue: str
    go: bool = False
    reason: str | None = None
    most: int = MOST
    again: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter as it was received: what is shown of it is why it died and how often it came back."""

    message_id: str
    receipt: str
    body: str
    attributes: Mapping[str, Mapping[str, Any]]

    @property
    def why(self) -> str:
        """The reason noted when it was buried; one that the queue itself moved has none."""
        noted = [self.attributes[name]["StringValue"] for name in ("reason", "defect") if name in self.attributes]
        return noted[0] if noted else "received too often"

    @property
    def returns(self) -> int:
        """How often it was sent back already."""
        return int(self.attributes.get(RETURNS, {}).get("StringValue", "0"))


def wished(environment: Mapping[str, str]) -> Wish:
    """What the environment asks for; raises ValueError that says what is wrong."""
    queue = environment.get("QUEUE", "")
    if queue not in NAMES:
        raise ValueError(f"QUEUE={queue} is none of {', '.join(sorted(NAMES))}")
    most = environment.get("MOST") or str(MOST)
    if not most.isdecimal() or int(most) < 1:
        raise ValueError(f"MOST={most} is no number above zero")
    flags = {name.lower(): environment.get(name) == "1" for name in ("GO", "AGAIN")}
    return Wish(queue, reason=environment.get("REASON") or None, most=int(most), **flags)


def letters(sqs: Any, url: str) -> Iterator[Letter]:
    """Every dead letter once; each is hidden from others for two minutes."""
    seen: set[str] = set()
    while True:
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=ALL,
        )
        fresh = [row for row in answer.get("Messages", ()) if row["MessageId"] not in seen]
        if not fresh:
            return
        for row in fresh:
            seen.add(row["MessageId"])
            told = row.get("MessageAttributes", {})
            yield Letter(row["MessageId"], row["ReceiptHandle"], row["Body"], told)


def redrive(sqs: Any, source: str, dead: str, wish: Wish, tell: Callable[[str], None]) -> Counter[str]:
    """Look at every dead letter and send back those that are wished; how many, by what became of them."""
    became: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    left: list[Letter] = []
    for letter in letters(sqs, dead):
        reasons[letter.why] += 1
        end = _end(letter, wish, became["sent back"])
        became[end] += 1
        if end == "sent back":
            _send_back(sqs, source, dead, letter)
        else:
            left.append(letter)
    for letter in left:
        sqs.change_message_visibility(QueueUrl=dead, ReceiptHandle=letter.receipt, VisibilityTimeout=0)
    for line in _told(wish, reasons, became):
        tell(line)
    return became


def _end(letter: Letter, wish: Wish, sent: int) -> str:
    if wish.reason not in (None, letter.why):
        return "another reason"
    if letter.returns >= MOST_RETURNS and not wish.again:
        return "came back too often"
    if not wish.go:
        return "would be sent back"
    return "sent back" if sent < wish.most else "left for the next time"


def _send_back(sqs: Any, source: str, dead: str, letter: Letter) -> None:
    noted = {RETURNS: {"DataType": "Number", "StringValue": str(letter.returns + 1)}}
    sqs.send_message(QueueUrl=source, MessageBody=letter.body, MessageAttributes=noted)
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter.receipt)


def _told(wish: Wish, reasons: Counter[str], became: Counter[str]) -> Iterator[str]:
    if not reasons:
        yield f"{wish.queue}: no dead letters"
        return
    yield f"{wish.queue}: {reasons.total()} dead letters"
    yield from (f"  {count:5}  {why}" for why, count in reasons.most_common())
    yield from (f"  {end}: {count}" for end, count in became.items())
    if not wish.go:
        yield "nothing was moved; GO=1 sends them back"


def main() -> int:
    """Redrive what the environment asks for."""
    stage = os.environ.get("STAGE", "local")
    try:
        wish = wished(os.environ)
    except ValueError as wrong:
        print(f"nothing moved: {wrong}", file=sys.stderr)
        return 2
    try:
        connect = connect_to(stage)
        of, name = connect("cloudformation"), NAMES[wish.queue]
        source, dead = (resource_of(of, stage, f"{name}{kind}") for kind in ("Queue", "DeadLetters"))
        became = redrive(connect("sqs"), source, dead, wish, print)
    except (BotoCoreError, ClientError) as error:
        print(f"nothing more moved for stage {stage}: {error}", file=sys.stderr)
        return 2
    return 1 if became["came back too often"] else 0


if __name__ == "__main__":
    sys.exit(main())
