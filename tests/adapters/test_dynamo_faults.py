"""What DynamoDB does on a bad day, and what the table makes of it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.due import TableDueWork
from chalicelib.adapters.dynamo_table import CONFLICT_ATTEMPTS, DynamoTable
from chalicelib.adapters.marshal import typed
from chalicelib.adapters.table import PutNew, TransactionLost, Update
from chalicelib.adapters.tracks import TableTracks
from chalicelib.errors import StaleVersion, UnavailableError
from tests.fakes.memory_ports import MemoryKeys
from tests.fakes.pieces import (
    CASE_ID,
    NOW,
    a_booking,
    a_case,
    a_log_line,
    a_scan,
    a_track,
    an_answer,
    an_opening,
)


def refusal(code, status=400, **more):
    return ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}} | more,
        "op",
    )


def cancelled(*codes):
    return refusal("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


class Scripted:
    """A client that answers from a list and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __getattr__(self, operation):
        def call(**request):
            self.asked.append((operation, request))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class SentTwice:
    """A client whose every write is carried out, never answered and sent again: the second answer is what is seen."""

    WRITES = ("put_item", "update_item", "transact_write_items")

    def __init__(self, client):
        self.client = client

    def __getattr__(self, operation):
        real = getattr(self.client, operation)
        if operation not in self.WRITES:
            return real

        def call(**request):
            real(**request)
            return real(**request)

        return call


def scripted(*answers):
    client, waits = Scripted(*answers), []
    return DynamoTable(Clients(lambda _: client), "pieces", waits.append), client, waits


@pytest.fixture
def sent_twice(moto_stage):
    name = moto_stage.new_table()
    clients = Clients(lambda service: SentTwice(moto_stage.make_client(service)))
    yield DynamoTable(clients, name, wait=lambda _: None)
    moto_stage.make_client("dynamodb").delete_table(TableName=name)


def test_a_track_written_before_the_timeout_is_saved_and_no_conflict(sent_twice):
    tracks = TableTracks(sent_twice)
    tracks.save(a_track())
    tracks.save(a_track(a_scan(), version=2))
    assert tracks.file("fedex", a_track().number).tracks == (a_track(a_scan(), version=2),)
    with pytest.raises(StaleVersion):
        tracks.save(a_track(version=2))


def test_a_case_opened_before_the_timeout_is_open_and_no_repeat(sent_twice):
    cases = TableCases(sent_twice, MemoryKeys())
    assert cases.open(an_opening(answer=an_answer())) is None
    assert cases.open(an_opening(answer=an_answer())) == an_answer()


def test_a_commit_carried_out_before_the_timeout_is_a_success(sent_twice):
    cases = TableCases(sent_twice, MemoryKeys())
    cases.open(an_opening())
    cases.commit(a_case(version=2, log_n=2), [a_log_line(2)], tracks=[a_track()])
    assert cases.read(CASE_ID).version == 2
    with pytest.raises(StaleVersion):
        cases.commit(a_case(version=2, log_n=2), [a_log_line(2)])


def test_a_booking_claimed_before_the_timeout_is_claimed_by_this_worker_and_no_other(sent_twice):
    cases = TableCases(sent_twice, MemoryKeys())
    cases.open(an_opening())
    claimed = a_booking(status="claimed", claimed_at=NOW)
    assert cases.save_booking(claimed, "planned")
    assert not cases.save_booking(claimed, "planned"), "the very same words from another worker are not the same claim"


def test_due_work_claimed_before_the_timeout_is_claimed_and_counted_once(sent_twice):
    tracks, due = TableTracks(sent_twice), TableDueWork(sent_twice)
    tracks.save(a_track(due_at=NOW))
    (entry,) = due.due(NOW, 10)
    assert due.claim(entry, a_track().due_at)
    assert tracks.file("fedex", a_track().number).tracks[0].attempts == 1


def test_a_transaction_that_meets_another_one_is_tried_again():
    table, client, waits = scripted(
        cancelled("None", "TransactionConflict"), cancelled("TransactionConflict", "None"), {}
    )
    table.transact([PutNew({"PK": "a", "SK": "b"}), PutNew({"PK": "a", "SK": "c"})])
    assert len(client.asked) == 3
    assert len(waits) == 2
    assert 0 < waits[0] < waits[1] * 2


def test_a_failed_condition_is_told_even_beside_a_conflict():
    table, client, _ = scripted(cancelled("TransactionConflict", "ConditionalCheckFailed"))
    with pytest.raises(TransactionLost) as lost:
        table.transact([PutNew({"PK": "a", "SK": "b"}), PutNew({"PK": "a", "SK": "c"})])
    assert lost.value.failed == (1,)
    assert len(client.asked) == 1


def test_a_conflict_that_does_not_end_is_given_up_as_unavailable():
    table, client, _ = scripted(*[cancelled("TransactionConflict")] * CONFLICT_ATTEMPTS)
    with pytest.raises(UnavailableError):
        table.transact([PutNew({"PK": "a", "SK": "b"})])
    assert len(client.asked) == CONFLICT_ATTEMPTS


def test_a_transaction_refused_for_a_mistake_is_not_tried_again():
    table, client, _ = scripted(cancelled("ValidationError"))
    with pytest.raises(ClientError):
        table.transact([PutNew({"PK": "a", "SK": "b"})])
    assert len(client.asked) == 1


def test_a_single_write_that_meets_a_transaction_is_tried_again():
    table, client, waits = scripted(refusal("TransactionConflictException"), {})
    assert table.update(Update("a", "b", {"n": 1}))
    assert len(client.asked) == 2
    assert len(waits) == 1


def test_reads_that_were_put_off_are_asked_for_again_until_all_are_there():
    one, two = typed({"PK": "a", "SK": "1"}), typed({"PK": "a", "SK": "2"})
    table, client, _ = scripted(
        {"Responses": {"pieces": []}, "UnprocessedKeys": {"pieces": {"Keys": [one, two]}}},
        {"Responses": {"pieces": [two]}, "UnprocessedKeys": {"pieces": {"Keys": [one]}}},
        {"Responses": {"pieces": [one]}},
    )
    assert [item["SK"] for item in table.batch_get([("a", "1"), ("a", "2")])] == ["1", "2"]
    assert client.asked[2][1]["RequestItems"] == {"pieces": {"Keys": [one]}}


def test_reads_that_are_put_off_for_ever_are_unavailable_and_not_missing():
    put_off = {"Responses": {}, "UnprocessedKeys": {"pieces": {"Keys": [typed({"PK": "a", "SK": "1"})]}}}
    table, _, _ = scripted(*[put_off] * CONFLICT_ATTEMPTS)
    with pytest.raises(UnavailableError):
        table.batch_get([("a", "1")])


def test_an_empty_page_that_names_a_next_one_is_no_end():
    there = typed({"PK": "a", "SK": "1"})
    table, client, _ = scripted({"Items": [], "LastEvaluatedKey": there}, {"Items": [there]})
    assert table.partition("a") == [{"PK": "a", "SK": "1"}]
    assert client.asked[1][1]["ExclusiveStartKey"] == there


@pytest.mark.parametrize(
    "fault",
    [
        refusal("ProvisionedThroughputExceededException"),
        refusal("ThrottlingException"),
        refusal("InternalServerError", 500),
        refusal("SomethingNew", 503),
        ReadTimeoutError(endpoint_url="x"),
        ConnectTimeoutError(endpoint_url="x"),
        EndpointConnectionError(endpoint_url="x"),
    ],
    ids=lambda fault: str(fault)[:60],
)
def test_what_passes_by_itself_is_unavailable_wherever_it_happens(fault):
    for use in (
        lambda table: table.get("a", "b"),
        lambda table: table.partition("a"),
        lambda table: table.batch_get([("a", "b")]),
        lambda table: table.put_new({"PK": "a", "SK": "b"}),
        lambda table: table.update(Update("a", "b", {"n": 1})),
        lambda table: table.delete("a", "b"),
        lambda table: table.transact([PutNew({"PK": "a", "SK": "b"})]),
        lambda table: table.index("due", "DUE#1", limit=1),
    ):
        table, _, _ = scripted(fault)
        with pytest.raises(UnavailableError):
            use(table)


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"])
def test_a_mistake_of_ours_stays_what_it_is(code):
    table, _, _ = scripted(refusal(code))
    with pytest.raises(ClientError, match=code):
        table.put_new({"PK": "a", "SK": "b"})
