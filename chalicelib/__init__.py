"""Goldthread: brings gold home across borders.

Read it in the order of its three stories, each one file in ``workflows``:

A. one tracking event   ``take_tracking``   bytes from a carrier -> events -> ``fold`` -> one write -> effects
B. one return           ``open_return``     request -> eligibility -> duty and relief -> route -> cover -> case;
                        ``book_leg``        waybill and pickup, each claimed before the call and made once
C. the sweep            ``sweep_due_work``  what is due now -> claim it -> queue the work -> next due time

Nouns of the trade are rooms (``shipments``, ``carriers``, ``customs``, ``insurance``, ``pickups``, ``returns``,
``alerts``, ``notices``); ``adapters`` is the only room that speaks to AWS or opens a socket, ``api`` the only one
that speaks HTTP.
"""
