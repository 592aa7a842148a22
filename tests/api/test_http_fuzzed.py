"""The document against the API: generated requests, good and bad, with and without a token (schemathesis)."""

import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.api.fakes import SECRET, World
from tests.api.wsgi import Bridge

app = Bridge(World().app())
schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
schema_with_token = schemathesis.openapi.from_wsgi("/openapi.json", app)
schema_with_token.config.update(headers={"Authorization": f"Bearer gt_boss_{SECRET}"})
schema_with_token.config.generation.update(with_security_parameters=False)
bounded = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A schema cannot say that a pickup ends after it starts, or that the metal weighs no more than the piece.
NOT_SAID_BY_A_SCHEMA = [positive_data_acceptance]


@schema_with_token.parametrize()
@bounded
def test_with_a_token_every_answer_is_one_that_is_documented(case):
    # It cannot tell our token from an invented one; the run without a token shows that auth is asked for.
    case.call_and_validate(excluded_checks=[*NOT_SAID_BY_A_SCHEMA, ignored_auth])


@schema.parametrize()
@bounded
def test_without_a_token_every_answer_is_one_that_is_documented(case):
    case.call_and_validate(excluded_checks=NOT_SAID_BY_A_SCHEMA)
