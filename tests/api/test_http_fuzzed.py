"""The document against the API: generated requests, good and bad, with and without a token (schemathesis).

With a token the real stories answer, over memory; no request of any kind may end in a 5xx or an undocumented answer.
The real stories also meet the edges of every field, good and bad; ``HYPOTHESIS_PROFILE=explore`` has everybody meet
them, and makes more and other requests each time.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.api.fakes import SECRET, World, a_shop
from tests.api.wsgi import Bridge
from tests.examples import EXPLORES

TOKEN = f"gt_boss_{SECRET}"


def document(app, token="", *, edges=EXPLORES):
    """What the app says of itself; ``edges`` adds the edges of every field to what is generated, over a hundred
    requests for each operation."""
    found = schemathesis.openapi.from_wsgi("/openapi.json", Bridge(app))
    found.config.phases.coverage.enabled = edges
    if token:
        found.config.update(headers={"Authorization": f"Bearer {token}"})
        found.config.generation.update(with_security_parameters=False)
    return found


@pytest.fixture(scope="module")
def to_a_stranger():
    return document(World().app())


@pytest.fixture(scope="module")
def to_a_holder():
    return document(World().app(), TOKEN)


@pytest.fixture(scope="module")
def to_a_holder_in_a_shop():
    return document(a_shop().app, TOKEN, edges=True)


@pytest.fixture(autouse=True)
def node_as_it_was_named(request):
    """schemathesis 4.32 notes the operation in an attribute of the test that pytest 9.2 has no more."""
    request.node._nodeid = request.node.nodeid


# From a fixture, the requests are made by the one process that sends them and not wherever tests are collected.
schema = schemathesis.pytest.from_fixture("to_a_stranger")
told = schemathesis.pytest.from_fixture("to_a_holder")
lived = schemathesis.pytest.from_fixture("to_a_holder_in_a_shop")


def bounded(examples):
    return settings(
        max_examples=200 if EXPLORES else examples,
        deadline=None,
        derandomize=not EXPLORES,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


# A schema cannot say that a pickup ends after it starts, or that the metal weighs no more than the piece; and the
# tool cannot tell our token from an invented one (the run without a token shows that it is asked for).
NOT_SAID = [positive_data_acceptance, ignored_auth]


@told.parametrize()
@bounded(8)
def test_with_a_token_every_answer_is_one_that_is_documented(case):
    case.call_and_validate(excluded_checks=NOT_SAID)


@lived.parametrize()
@bounded(8)
def test_the_real_stories_answer_as_documented(case):
    case.call_and_validate(excluded_checks=NOT_SAID)


@schema.parametrize()
@bounded(5)  # whatever is asked, the same answer
def test_without_a_token_every_answer_is_one_that_is_documented(case):
    case.call_and_validate(excluded_checks=NOT_SAID[:1])
