"""The world put together from the settings; nothing is connected or imported from AWS until it is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from chalicelib.adapters.aws import Client, Clients, boto3_client
from chalicelib.adapters.carrier_link import HttpLink
from chalicelib.adapters.carrier_states import TableCarrierStates
from chalicelib.adapters.case_notices import TableNotices
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.claims import TableClaims
from chalicelib.adapters.day_rates import TableDayRates, publishers_at
from chalicelib.adapters.deliveries import TableDeliveries
from chalicelib.adapters.digests import TableDigests
from chalicelib.adapters.due import TableDueWork
from chalicelib.adapters.duty_entries import TableDuties
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.evidence import BucketEvidence
from chalicelib.adapters.exceptions import TableExceptions
from chalicelib.adapters.links import TableLinks
from chalicelib.adapters.mail import SesMail
from chalicelib.adapters.outbound import GuardedOutbound
from chalicelib.adapters.payments import ProviderPayments
from chalicelib.adapters.pickup_days import TablePickupDays
from chalicelib.adapters.queues import SqsQueues
from chalicelib.adapters.recalls import TableRecalls
from chalicelib.adapters.sealing import KmsKeys
from chalicelib.adapters.secret_store import StoredSecrets
from chalicelib.adapters.table import fresh_mark
from chalicelib.adapters.tokens import TableTokens
from chalicelib.adapters.topic import SnsTopic
from chalicelib.adapters.tracks import TableTracks
from chalicelib.merchant import load_merchant
from chalicelib.settings import Settings
from chalicelib.workflows.ports import Ports


def build(
    settings: Settings,
    *,
    make_client: Callable[[str], Client] = boto3_client,
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
    mark: Callable[[], str] = fresh_mark,
) -> Ports:
    """The ports of one function.

    What this function was not given (a queue, a secret, the key) fails when it is used.
    """
    clients = Clients(make_client)
    table = DynamoTable(clients, settings.table, wait)
    secrets = StoredSecrets(clients, settings.secrets, monotonic)
    return Ports(
        cases=TableCases(table, KmsKeys(clients, settings.kms_key or ""), mark),
        tracks=TableTracks(table, mark),
        exceptions=TableExceptions(table, mark),
        due=TableDueWork(table, mark),
        queues=SqsQueues(clients, settings.queues, settings.dead_letters, wait),
        evidence=BucketEvidence(clients, settings.evidence_bucket or ""),
        secrets=secrets,
        link=HttpLink({**settings.carrier_urls, **settings.rate_urls}),
        carriers=TableCarrierStates(table, secrets.carriers, mark),
        pickup_days=TablePickupDays(table, mark),
        rates=TableDayRates(table, publishers_at(settings.rate_urls), monotonic),
        duties=TableDuties(table, mark),
        deliveries=TableDeliveries(table, mark),
        digests=TableDigests(table, mark),
        notices=TableNotices(table, mark),
        claims=TableClaims(table, mark),
        links=TableLinks(table, KmsKeys(clients, settings.kms_key or "")),
        payments=ProviderPayments(HttpLink(settings.payment_urls), secrets.payments, settings.payment_sandbox),
        recalls=TableRecalls(table, mark),
        mail=SesMail(clients, settings.mail_domain or ""),
        topic=SnsTopic(clients, settings.topic or ""),
        outbound=GuardedOutbound(settings.receiver_guard),
        tokens=TableTokens(table),
        merchant=lambda: load_merchant(Path(settings.merchant_file)),
        new_id=lambda: uuid4().hex,
        public_url=(settings.public_url or "").rstrip("/"),
    )
