"""A function that lacks something says so when it starts, all at once and without showing values."""

from __future__ import annotations

import pytest

from chalicelib.settings import (
    CARRIER_URLS,
    NEEDED_BY,
    PAYMENT_URLS,
    RATE_URLS,
    EnvironmentInvalid,
    read_settings,
)
from infra.build_template import ENV_BY_FUNCTION

DEAD = ("TRACKING", "POLLS", "STEPS", "PAPERS", "ALERTS", "NOTICES", "DELIVERIES", "EVIDENCE", "PAYMENTS")
WHOLE = {
    "GOLDTHREAD_STAGE": "prod",
    "GOLDTHREAD_TABLE": "goldthread-prod",
    "GOLDTHREAD_QUEUE_TRACKING": "https://sqs.eu-west-1.amazonaws.com/1/tracking",
    "GOLDTHREAD_QUEUE_STEPS": "https://sqs.eu-west-1.amazonaws.com/1/steps",
    **{
        f"GOLDTHREAD_QUEUE_{name.upper()}": f"https://sqs.eu-west-1.amazonaws.com/1/{name}"
        for name in ("papers", "alerts", "notices", "deliveries", "evidence", "payments")
    },
    "GOLDTHREAD_EVIDENCE_BUCKET": "evidence",
    "GOLDTHREAD_MERCHANT_FILE": "chalicelib/merchant.toml",
    "GOLDTHREAD_SECRET_WEBHOOKS": "arn:aws:secretsmanager:eu-west-1:1:secret:webhooks",
    "GOLDTHREAD_KMS_KEY": "1234abcd",
    "GOLDTHREAD_PUBLIC_URL": "https://returns.example.com",
    "AWS_REGION": "eu-west-1",
}


ADDRESSES = {
    f"GOLDTHREAD_{host.upper()}_URL": url for host, url in {**CARRIER_URLS, **RATE_URLS, **PAYMENT_URLS}.items()
}


def refused(environ):
    with pytest.raises(EnvironmentInvalid) as told:
        read_settings(environ)
    return told.value


def test_a_whole_environment_is_read():
    settings = read_settings(WHOLE | {"_HANDLER": "app.app"})
    assert (settings.stage, settings.table, settings.kms_key) == ("prod", "goldthread-prod", "1234abcd")
    assert set(settings.queues) == {
        "tracking", "steps", "papers", "alerts", "notices", "deliveries", "evidence", "payments",
    }  # fmt: skip
    assert set(settings.secrets) == {"webhooks"}
    assert settings.carrier_urls == CARRIER_URLS


def test_everything_that_is_wrong_is_told_at_once_and_no_value_with_it():
    wrong = {
        "_HANDLER": "app.on_step_due",
        "GOLDTHREAD_STAGE": "production-secret-value",
        "GOLDTHREAD_QUEUE_STEPS": "not-an-url-secret-value",
        "GOLDTHREAD_FEDEX_URL": "http://secret-value.example.com",
        "GOLDTHREAD_MERCHANT_FILE": "../secret-value.toml",
    }
    told = refused(wrong)
    assert {fault.field for fault in told.faults} == {
        "GOLDTHREAD_STAGE", "GOLDTHREAD_TABLE", "GOLDTHREAD_QUEUE_STEPS",
        "GOLDTHREAD_QUEUE_PAPERS", "GOLDTHREAD_QUEUE_ALERTS", "GOLDTHREAD_EVIDENCE_BUCKET", "GOLDTHREAD_MERCHANT_FILE",
        "GOLDTHREAD_SECRET_CARRIERS", "GOLDTHREAD_KMS_KEY", "GOLDTHREAD_FEDEX_URL",
        "GOLDTHREAD_MYDHL_URL", "GOLDTHREAD_DHL_UNIFIED_URL", "GOLDTHREAD_EMS_URL",
        "GOLDTHREAD_DEAD_LETTERS_STEPS", "GOLDTHREAD_QUEUE_NOTICES", "GOLDTHREAD_QUEUE_PAYMENTS",
    }  # fmt: skip
    assert "secret-value" not in str(told)
    assert not any("secret-value" in fault.detail for fault in told.faults)


def test_outside_lambda_only_stage_and_table_are_asked_for():
    assert read_settings({"GOLDTHREAD_STAGE": "local", "GOLDTHREAD_TABLE": "pieces"}).queues == {}
    assert {fault.field for fault in refused({}).faults} == {"GOLDTHREAD_STAGE", "GOLDTHREAD_TABLE"}


@pytest.mark.parametrize("handler", NEEDED_BY)
def test_each_function_is_given_by_the_template_what_it_says_it_needs(handler):
    given = {name.removeprefix("GOLDTHREAD_") for name in ENV_BY_FUNCTION[in_template(handler)]}
    assert given >= NEEDED_BY[handler]


def test_every_function_of_the_template_is_known_here():
    assert {in_template(handler) for handler in NEEDED_BY} == set(ENV_BY_FUNCTION)


def in_template(handler):
    name = handler.removeprefix("app.")
    return "APIHandler" if name == "app" else "".join(word.title() for word in name.split("_"))


@pytest.mark.parametrize("handler", NEEDED_BY)
def test_a_function_does_not_start_when_any_one_thing_it_needs_is_missing(handler):
    whole = WHOLE | {
        "GOLDTHREAD_QUEUE_POLLS": "https://sqs/1/polls", "GOLDTHREAD_QUEUE_PAPERS": "https://sqs/1/papers",
        "GOLDTHREAD_SECRET_CARRIERS": "arn:c", "GOLDTHREAD_SECRET_RECEIVERS": "arn:r", "GOLDTHREAD_TOPIC": "arn:t",
        "GOLDTHREAD_MAIL_DOMAIN": "example.com", "GOLDTHREAD_RECEIVER_GUARD": "shut",
        "GOLDTHREAD_SECRET_PAYMENTS": "arn:p", "GOLDTHREAD_PAYMENT_SANDBOX": "", **ADDRESSES, "_HANDLER": handler,
    }  # fmt: skip
    whole |= {f"GOLDTHREAD_DEAD_LETTERS_{name}": "https://sqs/1/dead" for name in DEAD}
    read_settings(whole)
    for name in NEEDED_BY[handler]:
        told = refused({one: value for one, value in whole.items() if one != f"GOLDTHREAD_{name}"})
        assert [fault.field for fault in told.faults] == [f"GOLDTHREAD_{name}"]


@pytest.mark.parametrize(
    ("stage", "url", "fine"),
    [
        ("local", "http://127.0.0.1:4580", True), ("local", "http://localhost:4580", True),
        ("prod", CARRIER_URLS["fedex"], True),
        ("dev", "https://apis-sandbox.fedex.com", True), ("local", "http://10.0.0.1", False),
        ("local", "http://apis.fedex.com", False), ("dev", "http://127.0.0.1:4580", False),
        ("prod", "http://localhost", False), ("prod", "file:///etc/passwd", False), ("prod", "https://", False),
        ("prod", "https://user@apis.fedex.com", False), ("prod", "", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("host", CARRIER_URLS)
def test_only_the_local_stage_may_speak_to_a_carrier_without_tls_and_only_on_this_machine(host, stage, url, fine):
    variable = f"GOLDTHREAD_{host.upper()}_URL"
    environ = WHOLE | {"GOLDTHREAD_STAGE": stage, variable: url}
    if fine:
        assert read_settings(environ).carrier_urls[host] == url
    else:
        assert variable in {fault.field for fault in refused(environ).faults}


@pytest.mark.parametrize(
    ("stage", "url", "fine"),
    [
        ("local", "http://127.0.0.1:4580/rates", True), ("prod", "https://prices.example.com/metals", True),
        ("prod", "http://prices.example.com", False), ("dev", "http://127.0.0.1:4580", False),
        ("prod", "https://user@prices.example.com", False), ("prod", "https://prices.example.com?key=1", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("host", RATE_URLS)
def test_published_rates_are_read_over_tls_but_from_a_simulator_on_this_machine(host, stage, url, fine):
    variable = f"GOLDTHREAD_{host.upper()}_URL"
    environ = WHOLE | {"GOLDTHREAD_STAGE": stage, variable: url}
    if fine:
        assert read_settings(environ).rate_urls[host] == url
    else:
        assert variable in {fault.field for fault in refused(environ).faults}


def test_the_guard_against_private_addresses_can_only_be_opened_in_the_local_stage():
    opened = {"GOLDTHREAD_RECEIVER_GUARD": "private_addresses_allowed"}
    assert read_settings(WHOLE | opened | {"GOLDTHREAD_STAGE": "local"}).receiver_guard == "private_addresses_allowed"
    for stage in ("dev", "prod"):
        told = refused(WHOLE | opened | {"GOLDTHREAD_STAGE": stage})
        assert [fault.field for fault in told.faults] == ["GOLDTHREAD_RECEIVER_GUARD"]


def test_metals_have_no_address_until_the_merchant_gives_one_and_rates_have_the_official_one():
    assert read_settings(WHOLE).rate_urls == RATE_URLS
    assert read_settings(WHOLE | {"GOLDTHREAD_METALS_URL": ""}).rate_urls["metals"] == ""
    assert RATE_URLS["ecb"] == "https://www.ecb.europa.eu"
    for host in ("ECB", "HMRC"):
        assert refused(WHOLE | {f"GOLDTHREAD_{host}_URL": ""}).faults


def test_only_the_local_stage_may_write_payments_down_instead_of_paying():
    sandboxed = WHOLE | {"GOLDTHREAD_PAYMENT_SANDBOX": "payments"}
    assert [fault.field for fault in refused(sandboxed).faults] == ["GOLDTHREAD_PAYMENT_SANDBOX"]
    assert read_settings(sandboxed | {"GOLDTHREAD_STAGE": "local"}).payment_sandbox == "payments"
