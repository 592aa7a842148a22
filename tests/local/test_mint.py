"""`make token`: only tokens that open something."""

from __future__ import annotations

import pytest

from infra.local.mint import SCOPES, Wish, wished


def test_an_empty_environment_wishes_for_a_desk_token_of_thirty_days():
    assert wished({}) == Wish("somebody", "support", SCOPES, 30)


def test_what_the_environment_asks_for_is_taken():
    asked = {"HOLDER": "ada", "ROLE": "finance", "SCOPES": "returns:read", "DAYS": "90"}
    assert wished(asked) == Wish("ada", "finance", ("returns:read",), 90)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"SCOPES": "returns:raed"}, "there is no returns:raed; there is .*returns:read"),
        ({"SCOPES": "returns:read, returns:write"}, "there is no  returns:write"),
        ({"DAYS": "0"}, "DAYS=0"),
        ({"DAYS": "ten"}, "DAYS=ten"),
        ({"DAYS": "-1"}, "DAYS=-1"),
        ({"DAYS": "100000"}, "DAYS=100000"),
    ],
)
def test_a_token_that_would_open_nothing_is_not_made(asked, told):
    with pytest.raises(ValueError, match=told):
        wished(asked)
