"""Every article, metal and stone is some kind of goods, and none slips into finished jewellery that is not."""

from itertools import product
from typing import get_args

import pytest

from chalicelib.carriers.goods import GOODS, goods_of
from chalicelib.customs.facts import Article, Stones
from chalicelib.metals import Metal
from tests.returns.requests_of import ring

FINISHED = {
    "ring", "necklace", "rope_necklace", "mixed_link_necklace", "bracelet", "earrings", "pendant", "brooch",
}  # fmt: skip
PRECIOUS = [metal for metal in get_args(Metal) if metal != "base"]
EVERYTHING = list(product(get_args(Article), get_args(Metal), get_args(Stones)))


def kind_of(article, metal, stones, **changes):
    (kind,) = goods_of(ring(article=article, metal=metal, stones=stones, description="Piece", **changes))
    return kind


@pytest.mark.parametrize(("article", "metal", "stones"), EVERYTHING)
def test_every_piece_has_one_kind_and_only_a_finished_one_is_jewellery(article, metal, stones):
    kind = kind_of(article, metal, stones)
    assert kind in GOODS
    assert article in FINISHED | {"clasp", "chain_by_length"} or "JEWELLERY" not in kind
    if kind == "GOLD_JEWELLERY":
        assert (article in FINISHED, metal in PRECIOUS, stones) == (True, True, "none")


@pytest.mark.parametrize(("metal", "stones"), list(product(PRECIOUS, get_args(Stones))))
@pytest.mark.parametrize("article", ["chain_by_length", "clasp", "other"])
def test_parts_and_unnamed_things_of_precious_metal_are_for_a_person(article, metal, stones):
    assert kind_of(article, metal, stones) == "UNCLEAR"


@pytest.mark.parametrize(("metal", "stones"), list(product(get_args(Metal), get_args(Stones))))
@pytest.mark.parametrize(("article", "kind"), [("bar", "BULLION"), ("coin", "COIN")])
def test_a_bar_is_a_bar_and_a_coin_a_coin_whatever_is_on_it(article, kind, metal, stones):
    assert kind_of(article, metal, stones) == kind


@pytest.mark.parametrize("metal", PRECIOUS)
@pytest.mark.parametrize("article", [article for article in get_args(Article) if article not in ("bar", "coin")])
@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("INVESTMENT bangle", "BULLION"),
        ("Bullion-style pendant", "BULLION"),
        ("足金投资手镯 50g", "BULLION"),
        ("Krugerrand pendant", "UNCLEAR"),
        ("pendant, coin in a bezel", "UNCLEAR"),
    ],
)
def test_words_of_investment_and_coins_outweigh_the_article(article, metal, words, kind):
    assert goods_of(ring(article=article, metal=metal, stones="none", description=words)) == {kind}


@pytest.mark.parametrize("article", get_args(Article))
def test_broken_metal_is_scrap_whatever_it_was(article):
    assert goods_of(ring(article=article, scrap=True)) == {"SCRAP_GOLD"}


@pytest.mark.parametrize("article", sorted(FINISHED))
def test_a_stone_that_left_its_setting_travels_as_a_loose_stone(article):
    assert "LOOSE_STONE" in goods_of(ring(article=article, stone_loose=True))


@pytest.mark.parametrize("words", ["loose polished diamond, 0.50 ct", "Unset sapphire", "裸钻 0.5 克拉"])
def test_a_stone_without_a_piece_is_a_loose_stone(words):
    stone = ring(article="other", metal="base", stones="diamond", description=words)
    assert goods_of(stone) == {"LOOSE_STONE"}


def test_a_loose_fit_makes_no_loose_stone_of_a_piece_of_jewellery():
    bracelet = ring(article="bracelet", metal="gold", stones="diamond", description="loose fit bracelet")
    assert goods_of(bracelet) == {"STONE_SET_JEWELLERY"}
    nameless = ring(article="other", metal="base", stones="none", description="loose goods")
    assert goods_of(nameless) == {"UNCLEAR"}
