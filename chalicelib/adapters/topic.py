"""The alert topic over SNS."""

from __future__ import annotations

from chalicelib.adapters.aws import Clients, reaching


class SnsTopic:
    """``Topic`` over SNS."""

    def __init__(self, clients: Clients, arn: str) -> None:
        self._clients, self._arn = clients, arn

    def publish(self, subject: str, text: str) -> None:
        """Tell everybody who subscribed."""
        with reaching("the topic"):
            self._clients.of("sns").publish(TopicArn=self._arn, Subject=subject[:100], Message=text)
