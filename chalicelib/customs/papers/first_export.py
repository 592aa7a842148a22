"""How the goods were sold and first left the country: the fields by which customs link a return to its export."""

from __future__ import annotations

from chalicelib.customs.papers.document import Fields
from chalicelib.customs.papers.facts import PaperFacts
from chalicelib.customs.papers.goods import past
from chalicelib.customs.papers.wording import day, known_day, known_rows
from chalicelib.shipments.carrier_names import carrier_name


def first_export(facts: PaperFacts) -> Fields:
    """The sale and the first export; what nobody has said is named once."""
    export, history = facts.export, past(facts)
    dated = f" of {day(export.invoice_date)}" if export.invoice_date else ""
    carried = carrier_name(export.carrier) if export.carrier else ""
    rows = known_rows(
        (
            ("Order", f"{facts.order_number} of {day(facts.sold_on)}"),
            ("Sale invoice", f"{export.invoice_number}{dated}" if export.invoice_number else None),
            ("Waybill of the sale", f"{carried} {export.waybill}".strip() if export.waybill else None),
            ("Exported on", known_day(history.exported_on)),
            ("Export declaration", history.export_reference),
            ("Export mode", history.export_mode),
        )
    )
    imported = (("First imported on", day(history.imported_on)),) if history.imported_on else ()
    return Fields((*rows, *imported), title="Original sale and export")
