"""Why goods cross a border: one word that carriers and customs are told in their own codes, and never lose.

The same for a case, a leg, a declaration and a waybill; each room maps it to what it must say.
"""

from __future__ import annotations

from typing import Literal, get_args

Purpose = Literal[
    "refund_return", "exchange_return", "repair_out", "warranty_repair_out", "recall_return", "repaired_back",
    "unaltered_back", "exchange_replacement", "warranty_replacement", "loan_or_sample", "refused_return",
]  # fmt: skip
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
