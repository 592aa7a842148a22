"""A fact that a relief or a paper lacks, as people are asked for it: what it is, who can say it, which field takes it.

Rules name facts by the words of customs (``export_mode``); a request has fields (``original_export.mode``). The
dictionary ``customs/rules/asked_facts.toml`` joins them, and says of a fact that no field takes how it is shown to
customs instead.

>>> asked("export_mode").wish("return_invoice")
'give original_export.mode (the customs mode of the export) for the return_invoice'
>>> asked("same_state").field is None, asked("same_state").shown
(True, 'looked at, ticked and signed on the relief_declaration')
"""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.rulebook import dictionary

# How a fact is named where it is of the customer's side, on a way out.
OF_A_WAY_OUT = "way_out."


@dataclass(frozen=True, slots=True)
class Asked:
    """One fact. ``by`` is who can say it, ``field`` the field of a request that takes it, ``shown`` how customs see it
    where none does; each None: not known."""

    fact: str
    what: str
    by: str | None
    field: str | None
    shown: str | None

    @property
    def name(self) -> str:
        """The field that takes it, else the fact's own name."""
        return self.field or self.fact

    def wish(self, paper: str) -> str:
        """What is asked of people for a paper that waits for it."""
        told = f" ({self.what})" if self.what != self.name else ""
        return f"give {self.name}{told} for the {paper}"


def asked(fact: str) -> Asked:
    """The fact as the dictionaries know it; one that they do not know is called by its own name."""
    rows = dictionary("customs", "asked_facts")
    # A way out asks for what the original export never held; what it has no field of its own for is asked as ever.
    bare = fact.removeprefix(OF_A_WAY_OUT)
    row = rows.get(fact) or rows.get(bare, {})
    words = dictionary("customs", "explain_words")["en"]["fact"]
    what = row.get("what") or words.get(bare) or bare
    return Asked(fact, what, row.get("by"), row.get("field"), row.get("shown"))
