"""Messages to ourselves over SQS, ten at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from chalicelib.adapters.aws import Clients, reaching
from chalicelib.errors import SettingsInvalid, UnavailableError

ENTRIES_PER_CALL = 10
BYTES_PER_CALL = 256 * 1024
ATTEMPTS = 3
FIRST_WAIT_S = 0.1

Entry = dict[str, str]


class SqsQueues:
    """``Queues`` over SQS. ``urls`` names only the queues that this function may send to."""

    def __init__(
        self,
        clients: Clients,
        urls: Mapping[str, str],
        dead_letters: Mapping[str, str],
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clients, self._urls, self._dead_letters, self._wait = clients, urls, dead_letters, wait

    def send(self, queue: str, messages: Sequence[Mapping[str, Any]]) -> None:
        """All of them or ``UnavailableError``: then some may have been sent, and sending all again is
        harmless.
        """
        if queue not in self._urls:
            raise SettingsInvalid(f"this function was given no queue {queue}")
        for batch in batches([message_text(message) for message in messages]):
            self._send_batch(self._urls[queue], batch)

    def bury(self, queue: str, body: str, reason: Mapping[str, str]) -> None:
        """Put a message that will not be tried again into the dead letters of its queue, with the reason beside it."""
        if queue not in self._dead_letters:
            raise SettingsInvalid(f"this function was given no dead letters of {queue}")
        told = {name: {"DataType": "String", "StringValue": text} for name, text in reason.items() if text}
        with reaching("the queue"):
            self._clients.of("sqs").send_message(
                QueueUrl=self._dead_letters[queue], MessageBody=body, MessageAttributes=told
            )

    def _send_batch(self, url: str, bodies: Sequence[str]) -> None:
        left = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
        for attempt in range(ATTEMPTS):
            with reaching("the queue"):
                answer = self._clients.of("sqs").send_message_batch(QueueUrl=url, Entries=left)
            failed = {entry["Id"] for entry in answer.get("Failed", ())}
            left = [entry for entry in left if entry["Id"] in failed]
            if not left:
                return
            self._wait(FIRST_WAIT_S * 2**attempt)
        raise UnavailableError(f"the queue refused {len(left)} of {len(bodies)} messages")


def message_text(message: Mapping[str, Any]) -> str:
    """A message as it travels: JSON in ASCII, because SQS refuses some control characters."""
    return json.dumps(message, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def batches(bodies: Sequence[str]) -> Iterator[list[str]]:
    """As many together as one call takes, by number and by size.

    >>> [len(batch) for batch in batches(["x"] * 23)]
    [10, 10, 3]
    """
    batch: list[str] = []
    size = 0
    for body in bodies:
        if batch and (len(batch) == ENTRIES_PER_CALL or size + len(body) > BYTES_PER_CALL):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += len(body)
    if batch:
        yield batch
