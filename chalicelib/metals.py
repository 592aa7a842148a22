"""Precious metals as the trade weighs them: fineness in parts per thousand, weights in grams.

The legal mark counts, not karat/24: 14K is marked 585 although 14/24 is 583.3. A troy ounce is 31.1034768 g.

>>> fine_weight_g(Decimal("5.20"), 750)
Decimal('3.90')
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, get_args

TROY_OUNCE_G = Decimal("31.1034768")
Metal = Literal["gold", "silver", "platinum", "base"]
METALS: tuple[str, ...] = get_args(Metal)
MARK_BY_KARAT = {24: 999, 23: 958, 22: 916, 21: 875, 20: 833, 18: 750, 14: 585, 10: 417, 9: 375, 8: 333}


def fine_weight_g(net_weight_g: Decimal, fineness: int) -> Decimal:
    """Grams of pure metal in ``net_weight_g`` grams of alloy; refuses a fineness outside 1..1000."""
    if not 1 <= fineness <= 1000:
        raise ValueError("fineness is given in parts per thousand, 1 to 1000")
    return net_weight_g * fineness / 1000
