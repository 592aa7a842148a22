"""Goldthread: brings gold home across borders.

Read it in the order of its four stories, each a few files in ``workflows``:

A. one tracking event   ``take_tracking``   bytes from a carrier -> events -> ``fold`` -> one write -> effects
B. one return           ``open_return``     request -> eligibility -> duty and relief -> route -> cover -> case;
                        ``book_leg``        waybill and pickup, each claimed before the call and made once
C. the sweep            ``sweep_due_work``  what is due now -> claim it -> queue the work -> next due time
D. the case's end       ``take_in``         parcel at our door -> ``inspect_pieces``: what came, held in doubt
                        ``keep_repair``     work order -> quote -> work -> weighed again
                        ``keep_settlement`` proposed -> approved by others -> ``pay_out``: paid once
                        ``send_out``        a leg out, by story B -> ``close_case`` when nothing is left to do

What D keeps (evidence, receipts, inspections, repairs, quotes, settlements ...) are parts of the case (``case_parts``),
written with it and its log in one transaction (``amend``).

Nouns of the trade are rooms (``shipments``, ``carriers``, ``customs``, ``insurance``, ``pickups``, ``returns``,
``alerts``, ``notices``); ``adapters`` is the only room that speaks to AWS or opens a socket, ``api`` the only one
that speaks HTTP.
"""
