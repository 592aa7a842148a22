"""Deliveries to the merchant's own receivers: the log, sending again, and how the receivers are."""

from __future__ import annotations

from datetime import datetime

from chalice.app import Blueprint, Response

from chalicelib.api.answer import answer
from chalicelib.api.desk import Desk
from chalicelib.api.entrance import Call, serve
from chalicelib.api.operation import CURSOR, LIMIT, Operation, Parameter
from chalicelib.api.returns import page_of
from chalicelib.errors import FieldFault, InvalidRequestError

NAME = r"[a-z0-9][a-z0-9-]{0,39}"
DELIVERY_ID = Parameter("delivery_id", "path", "The delivery.", pattern=r"[A-Za-z0-9_-]+", max_length=600)
RECEIVER = Parameter("receiver", "path", "The receiver.", pattern=NAME, max_length=40, example="shop-system")
OF_RECEIVER = Parameter(
    "receiver", "query", "Only to this receiver; may be left out with state=dead.", pattern=NAME, max_length=40,
    example="shop-system",
)  # fmt: skip
# Those of ``alerts.deliveries``, written here once more: registering a route loads no rule (a test holds the two).
STATES = ("waiting", "sent", "dead")
STATE = Parameter("state", "query", "Only in this state.", choices=STATES, example="dead")
INSTANT = r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
SINCE = Parameter("since", "query", "Made then or later (UTC).", pattern=INSTANT, example="2026-11-22T00:00:00Z")
UNTIL = Parameter("until", "query", "Made then or earlier (UTC).", pattern=INSTANT, example="2026-11-23T00:00:00Z")
LIST = Operation(
    "list_deliveries", "GET", "/v1/deliveries",
    "The delivery log, newest first, with every try and how long the receiver took; a page may be short and go on.",
    answers={200: "DeliveryPageAnswer"}, scope="returns:read",
    parameters=(OF_RECEIVER, STATE, SINCE, UNTIL, CURSOR, LIMIT),
)  # fmt: skip
READ = Operation(
    "read_delivery", "GET", "/v1/deliveries/{delivery_id}", "One delivery with its tries.",
    answers={200: "DeliveryAnswer"}, scope="returns:read", parameters=(DELIVERY_ID,),
)  # fmt: skip
REPLAY = Operation(
    "replay_delivery", "POST", "/v1/deliveries/{delivery_id}/replay",
    "Send one delivery again under the same message id; its tries begin anew.",
    answers={202: "DeliveryAnswer"}, scope="admin", parameters=(DELIVERY_ID,), problems=(409,),
)  # fmt: skip
REPLAY_MANY = Operation(
    "replay_deliveries", "POST", "/v1/replays",
    "Send again what was told of a case, or to a receiver in a span of time: a hundred at a call, the cursor goes on.",
    answers={202: "ReplayedAnswer"}, scope="admin", body="ReplayBody", problems=(404, 409),
)  # fmt: skip
RECEIVERS = Operation(
    "list_receivers", "GET", "/v1/receivers",
    "How every receiver is: well, failing, resting or gone, and when it last took something.",
    answers={200: "ReceiversAnswer"}, scope="returns:read",
)  # fmt: skip
TEST = Operation(
    "try_receiver", "POST", "/v1/receivers/{receiver}/test",
    "Queue a test event to a receiver; read the delivery to see what came back.",
    answers={202: "DeliveryAnswer"}, scope="admin", parameters=(RECEIVER,), problems=(409,),
)  # fmt: skip
ENABLE = Operation(
    "enable_receiver", "POST", "/v1/receivers/{receiver}/enable",
    "Send to a receiver again that answered 410, or that rests; replay what it missed.",
    answers={200: "ReceiverAnswer"}, scope="admin", parameters=(RECEIVER,), problems=(409,),
)  # fmt: skip
OPERATIONS = (LIST, READ, REPLAY, REPLAY_MANY, RECEIVERS, TEST, ENABLE)


def blueprint(desk: Desk) -> Blueprint:
    """The routes of this module."""
    routes = Blueprint(__name__)
    serve(routes, desk, LIST, list_deliveries)
    serve(routes, desk, READ, read_delivery)
    serve(routes, desk, REPLAY, replay_delivery)
    serve(routes, desk, REPLAY_MANY, replay_deliveries)
    serve(routes, desk, RECEIVERS, list_receivers)
    serve(routes, desk, TEST, try_receiver)
    serve(routes, desk, ENABLE, enable_receiver)
    return routes


def list_deliveries(desk: Desk, call: Call) -> Response:
    """A page of the log."""
    asked = {name: call.query.get(name) for name in ("receiver", "state")}
    span = {name: _instant(call, name) for name in ("since", "until")}
    return answer(desk.stories().list_deliveries(desk.ports(), **asked, **span, **page_of(call)))


def read_delivery(desk: Desk, call: Call) -> Response:
    """One delivery."""
    return answer(desk.stories().read_delivery(desk.ports(), call.path["delivery_id"]))


def replay_delivery(desk: Desk, call: Call) -> Response:
    """Queue one delivery again."""
    told = desk.stories().replay_delivery(desk.ports(), call.path["delivery_id"], holder=call.holder, now=call.now)
    return answer(told, 202)


def replay_deliveries(desk: Desk, call: Call) -> Response:
    """Queue many deliveries again."""
    told = desk.stories().replay_deliveries(
        desk.ports(), call.body.as_wish(), call.body.cursor, holder=call.holder, now=call.now
    )
    return answer(told, 202)


def list_receivers(desk: Desk, call: Call) -> Response:
    """How every receiver is."""
    return answer(desk.stories().list_receivers(desk.ports(), call.now))


def try_receiver(desk: Desk, call: Call) -> Response:
    """Queue a test event."""
    return answer(desk.stories().try_receiver(desk.ports(), call.path["receiver"], call.now), 202)


def enable_receiver(desk: Desk, call: Call) -> Response:
    """Let a receiver be sent to again."""
    return answer(desk.stories().enable_receiver(desk.ports(), call.path["receiver"], call.now))


def _instant(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        fault = FieldFault(name, "malformed", "an instant that there is, as 2026-11-22T00:00:00Z", source="query")
        raise InvalidRequestError(f"{name} is no instant", [fault]) from None
