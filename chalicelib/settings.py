"""What one function is told by its environment, checked at once when it starts.

Every fault is named together, by variable and never by value. ``NEEDED_BY`` says what each function cannot
work without; outside Lambda (a command line, a test) only the stage and the table are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from chalicelib.errors import FieldFault, SettingsInvalid

Stage = Literal["local", "dev", "prod"]
# Whether an outbound webhook may go to an address inside a private network: only where a simulator stands there.
ReceiverGuard = Literal["shut", "private_addresses_allowed"]


class EnvironmentInvalid(SettingsInvalid):
    """The environment of this function lacks something or holds something wrong; ``faults`` lists it all."""

    def __init__(self, faults: Sequence[FieldFault]) -> None:
        told = "; ".join(f"{fault.field} {fault.detail}" for fault in faults)
        super().__init__(f"the environment is not complete: {told}")
        self.faults = tuple(faults)


PREFIX: Final = "GOLDTHREAD_"
# Where each interface of a carrier lives; the variable is its name in capitals with _URL.
CARRIER_URLS: Final[Mapping[str, str]] = {
    "fedex": "https://apis.fedex.com",
    "mydhl": "https://express.api.dhl.com/mydhlapi",
    "dhl_unified": "https://api-eu.dhl.com",
    "ems": "https://api.ems.com.cn/amp-prod-api/f/amp/api/open",
}
# Where published rates and prices are read. LBMA's prices may only be used under a licence, so metals have no address
# until the merchant gives one of its own: a feed of the same shape, gold_pm.json, silver.json and platinum_pm.json.
RATE_URLS: Final[Mapping[str, str]] = {
    "ecb": "https://www.ecb.europa.eu",
    "hmrc": "https://www.trade-tariff.service.gov.uk",
    "metals": "",
}
# Where providers of payments answer; the sandbox is a folder, and only where the stage is ``local``.
PAYMENT_URLS: Final[Mapping[str, str]] = {"stripe": "https://api.stripe.com"}
MERCHANT_FILE: Final = "chalicelib/merchant.toml"

# By the handler's own name, as Lambda tells it in _HANDLER; the names are without the prefix.
NEEDED_BY: Final[Mapping[str, frozenset[str]]] = {
    "app.app": frozenset({
        "TABLE", "QUEUE_TRACKING", "QUEUE_STEPS", "QUEUE_PAPERS", "QUEUE_ALERTS", "QUEUE_DELIVERIES", "QUEUE_NOTICES",
        "QUEUE_EVIDENCE", "QUEUE_PAYMENTS", "EVIDENCE_BUCKET", "MERCHANT_FILE", "SECRET_WEBHOOKS", "KMS_KEY",
        "PUBLIC_URL",
    }),
    "app.on_tracking_received": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_ALERTS", "EVIDENCE_BUCKET", "MERCHANT_FILE", "DEAD_LETTERS_TRACKING",
    }),
    "app.on_poll_due": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_ALERTS", "EVIDENCE_BUCKET", "MERCHANT_FILE", "SECRET_CARRIERS", "FEDEX_URL",
        "MYDHL_URL", "DHL_UNIFIED_URL", "EMS_URL", "DEAD_LETTERS_POLLS",
    }),
    "app.on_step_due": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_PAPERS", "QUEUE_ALERTS", "QUEUE_NOTICES", "QUEUE_PAYMENTS", "EVIDENCE_BUCKET",
        "MERCHANT_FILE", "SECRET_CARRIERS", "KMS_KEY", "FEDEX_URL", "MYDHL_URL", "DHL_UNIFIED_URL", "EMS_URL",
        "DEAD_LETTERS_STEPS",
    }),
    "app.on_papers_due": frozenset({
        "TABLE", "QUEUE_ALERTS", "EVIDENCE_BUCKET", "MERCHANT_FILE", "KMS_KEY", "DEAD_LETTERS_PAPERS",
    }),
    "app.on_alert_raised": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_NOTICES", "QUEUE_DELIVERIES", "MERCHANT_FILE", "DEAD_LETTERS_ALERTS",
    }),
    "app.on_notice_due": frozenset({
        "TABLE", "QUEUE_ALERTS", "MERCHANT_FILE", "MAIL_DOMAIN", "KMS_KEY", "PUBLIC_URL", "DEAD_LETTERS_NOTICES",
    }),
    "app.on_evidence_due": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_ALERTS", "QUEUE_NOTICES", "EVIDENCE_BUCKET", "MERCHANT_FILE",
        "DEAD_LETTERS_EVIDENCE",
    }),
    "app.on_payment_due": frozenset({
        "TABLE", "QUEUE_STEPS", "QUEUE_ALERTS", "QUEUE_NOTICES", "MERCHANT_FILE", "SECRET_PAYMENTS", "STRIPE_URL",
        "PAYMENT_SANDBOX", "DEAD_LETTERS_PAYMENTS",
    }),
    "app.on_delivery_due": frozenset({
        "TABLE", "QUEUE_ALERTS", "QUEUE_DELIVERIES", "MERCHANT_FILE", "MAIL_DOMAIN", "TOPIC", "SECRET_RECEIVERS",
        "RECEIVER_GUARD", "DEAD_LETTERS_DELIVERIES",
    }),
    "app.daily_digest": frozenset({"TABLE", "QUEUE_DELIVERIES", "MERCHANT_FILE"}),
    "app.watch_rules": frozenset({"TABLE", "QUEUE_ALERTS"}),
    "app.refresh_rates": frozenset({"TABLE", "QUEUE_ALERTS", "ECB_URL", "HMRC_URL", "METALS_URL"}),
    "app.sweep_due_work": frozenset({
        "TABLE", "QUEUE_POLLS", "QUEUE_STEPS", "QUEUE_ALERTS", "QUEUE_DELIVERIES", "QUEUE_EVIDENCE", "QUEUE_PAYMENTS",
        "MERCHANT_FILE",
    }),
}  # fmt: skip
QUEUES: Final = (
    "tracking", "polls", "steps", "papers", "alerts", "notices", "deliveries", "evidence", "payments",
)  # fmt: skip
ALWAYS_NEEDED: Final = frozenset({"STAGE", "TABLE"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What one function works with. ``queues`` and ``secrets`` hold only what this function was given."""

    stage: Stage
    table: str
    queues: Mapping[str, str]
    secrets: Mapping[str, str]
    carrier_urls: Mapping[str, str]
    merchant_file: str
    dead_letters: Mapping[str, str]
    evidence_bucket: str | None
    kms_key: str | None
    rate_urls: Mapping[str, str] = field(default_factory=lambda: RATE_URLS)
    topic: str | None = None
    mail_domain: str | None = None
    receiver_guard: ReceiverGuard = "shut"
    public_url: str | None = None
    payment_urls: Mapping[str, str] = field(default_factory=lambda: PAYMENT_URLS)
    payment_sandbox: str | None = None


def _queue_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.netloc or not parts.path.strip("/"):
        raise ValueError("must be the URL of a queue")
    return text


def _inside_the_zip(text: str) -> str:
    if text.startswith("/") or ".." in text.split("/") or not text.endswith(".toml"):
        raise ValueError("must be the path of a .toml file inside the zip")
    return text


Text = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^[\x21-\x7e]+$")]
QueueUrl = Annotated[Text, AfterValidator(_queue_url)]


class _Environment(BaseModel):
    model_config = ConfigDict(extra="ignore", defer_build=True)

    STAGE: Stage
    TABLE: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,255}$")]
    QUEUE_TRACKING: QueueUrl | None = None
    QUEUE_POLLS: QueueUrl | None = None
    QUEUE_STEPS: QueueUrl | None = None
    QUEUE_PAPERS: QueueUrl | None = None
    QUEUE_ALERTS: QueueUrl | None = None
    QUEUE_NOTICES: QueueUrl | None = None
    QUEUE_DELIVERIES: QueueUrl | None = None
    QUEUE_EVIDENCE: QueueUrl | None = None
    QUEUE_PAYMENTS: QueueUrl | None = None
    DEAD_LETTERS_TRACKING: QueueUrl | None = None
    DEAD_LETTERS_POLLS: QueueUrl | None = None
    DEAD_LETTERS_STEPS: QueueUrl | None = None
    DEAD_LETTERS_PAPERS: QueueUrl | None = None
    DEAD_LETTERS_ALERTS: QueueUrl | None = None
    DEAD_LETTERS_NOTICES: QueueUrl | None = None
    DEAD_LETTERS_DELIVERIES: QueueUrl | None = None
    DEAD_LETTERS_EVIDENCE: QueueUrl | None = None
    DEAD_LETTERS_PAYMENTS: QueueUrl | None = None
    EVIDENCE_BUCKET: Text | None = None
    MERCHANT_FILE: Annotated[Text, AfterValidator(_inside_the_zip)] = MERCHANT_FILE
    SECRET_WEBHOOKS: Text | None = None
    SECRET_CARRIERS: Text | None = None
    SECRET_RECEIVERS: Text | None = None
    SECRET_PAYMENTS: Text | None = None
    PUBLIC_URL: Text | None = None
    STRIPE_URL: Text = PAYMENT_URLS["stripe"]
    PAYMENT_SANDBOX: Annotated[str, Field(max_length=1024, pattern=r"^[\x21-\x7e]*$")] = ""
    TOPIC: Text | None = None
    MAIL_DOMAIN: Annotated[str, Field(pattern=r"^[a-z0-9.-]{3,253}$")] | None = None
    RECEIVER_GUARD: ReceiverGuard = "shut"
    KMS_KEY: Text | None = None
    FEDEX_URL: Text = CARRIER_URLS["fedex"]
    MYDHL_URL: Text = CARRIER_URLS["mydhl"]
    DHL_UNIFIED_URL: Text = CARRIER_URLS["dhl_unified"]
    EMS_URL: Text = CARRIER_URLS["ems"]
    ECB_URL: Text = RATE_URLS["ecb"]
    HMRC_URL: Text = RATE_URLS["hmrc"]
    METALS_URL: Annotated[str, Field(max_length=2048, pattern=r"^[\x21-\x7e]*$")] = RATE_URLS["metals"]


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings of this function; raises ``EnvironmentInvalid`` that names every fault at once."""
    said = {name.removeprefix(PREFIX): text for name, text in environ.items() if name.startswith(PREFIX)}
    needed = NEEDED_BY.get(environ.get("_HANDLER", ""), frozenset()) | ALWAYS_NEEDED
    faults = [_fault(name, "missing", "must be set") for name in sorted(needed - said.keys())]
    read: _Environment | None = None
    try:
        read = _Environment.model_validate(said)
    except ValidationError as wrong:
        faults += [
            _wrong(one) for one in wrong.errors(include_input=False, include_url=False) if one["type"] != "missing"
        ]
    faults += _address_faults(said)
    if said.get("RECEIVER_GUARD", "shut") != "shut" and said.get("STAGE") != "local":
        faults.append(_fault("RECEIVER_GUARD", "not_allowed", "stays shut but in the stage local"))
    if said.get("PAYMENT_SANDBOX") and said.get("STAGE") != "local":
        faults.append(_fault("PAYMENT_SANDBOX", "not_allowed", "pays nothing: only for the stage local"))
    if faults or read is None:
        raise EnvironmentInvalid(faults)
    return _settings(read)


def _settings(read: _Environment) -> Settings:
    queues = {name: getattr(read, f"QUEUE_{name.upper()}") for name in QUEUES}
    dead = {name: getattr(read, f"DEAD_LETTERS_{name.upper()}") for name in QUEUES}
    secrets = {
        "webhooks": read.SECRET_WEBHOOKS,
        "carriers": read.SECRET_CARRIERS,
        "receivers": read.SECRET_RECEIVERS,
        "payments": read.SECRET_PAYMENTS,
    }
    return Settings(
        stage=read.STAGE,
        table=read.TABLE,
        queues={name: url for name, url in queues.items() if url},
        secrets={name: secret for name, secret in secrets.items() if secret},
        carrier_urls={host: getattr(read, _variable(host)) for host in CARRIER_URLS},
        merchant_file=read.MERCHANT_FILE,
        dead_letters={name: url for name, url in dead.items() if url},
        evidence_bucket=read.EVIDENCE_BUCKET,
        kms_key=read.KMS_KEY,
        rate_urls={host: getattr(read, _variable(host)) for host in RATE_URLS},
        topic=read.TOPIC,
        mail_domain=read.MAIL_DOMAIN,
        receiver_guard=read.RECEIVER_GUARD,
        public_url=read.PUBLIC_URL,
        payment_urls={host: getattr(read, _variable(host)) for host in PAYMENT_URLS},
        payment_sandbox=read.PAYMENT_SANDBOX or None,
    )


def _address_faults(said: Mapping[str, str]) -> list[FieldFault]:
    """A carrier or publisher is spoken to over TLS; only the stage ``local`` may use a simulator on this machine."""
    known = {**CARRIER_URLS, **RATE_URLS, **PAYMENT_URLS}
    given = {_variable(host): said.get(_variable(host), url) for host, url in known.items()}
    given = {variable: url for variable, url in given.items() if url or variable != _variable("metals")}
    local = said.get("STAGE") == "local"
    return [
        _fault(variable, "not_allowed", "must be an https address")
        for variable, url in given.items()
        if not _may_be_called(url, local=local)
    ]


def _may_be_called(url: str, *, local: bool) -> bool:
    parts = urlsplit(url)
    simulator = local and parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
    return simulator or bool(parts.scheme == "https" and parts.hostname and not parts.username and not parts.query)


def _variable(host: str) -> str:
    return f"{host.upper()}_URL"


def _wrong(error: Any) -> FieldFault:
    return _fault(str(error["loc"][0]), str(error["type"]), str(error["msg"]).removeprefix("Value error, "))


def _fault(name: str, code: str, detail: str) -> FieldFault:
    return FieldFault(PREFIX + name, code, detail, source="environment")
