"""The embedded AWS that tests and `make run` stand on: it starts, says what is wrong, and remembers."""

import fcntl
import os
import signal
import socket
import subprocess
import sys

import pytest

from infra.local.child import LOOPBACK, LocalRunError, PortTakenError, free_port, port_is_free
from infra.local.stack import PYTHON, ROOT, Ministack

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.skipif(not PYTHON.exists(), reason="not installed: make .venv-local/made"),
]

TABLE = {
    "TableName": "pieces",
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
RING = {"PK": {"S": "ring"}}


def test_it_answers_on_loopback_only_while_it_is_up(tmp_path):
    port = free_port()
    with Ministack(port, tmp_path, keep=False) as aws:
        assert aws.client("dynamodb").list_tables()["TableNames"] == []
        listening = subprocess.run(["cat", "/proc/net/tcp"], capture_output=True, text=True, check=True).stdout
        mine = [line.split()[1] for line in listening.splitlines() if f":{port:04X} " in line and " 0A " in line]
        assert mine == [f"0100007F:{port:04X}"]
    assert port_is_free(port)


def test_a_taken_port_is_refused_by_name_with_the_variable_that_changes_it(tmp_path):
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"port {port} \(embedded AWS\) is taken.*GOLDTHREAD_PORT="):
            Ministack(port, tmp_path).start()


def test_what_was_written_survives_a_restart(tmp_path):
    port = free_port()
    with Ministack(port, tmp_path) as aws:
        aws.client("dynamodb").create_table(**TABLE)
        aws.client("dynamodb").put_item(TableName="pieces", Item=RING)
    with Ministack(port, tmp_path) as aws:
        assert aws.client("dynamodb").get_item(TableName="pieces", Key=RING)["Item"] == RING


def test_a_stack_that_keeps_nothing_starts_empty_again(tmp_path):
    port = free_port()
    with Ministack(port, tmp_path, keep=False) as aws:
        aws.client("dynamodb").create_table(**TABLE)
    with Ministack(port, tmp_path, keep=False) as aws:
        assert aws.client("dynamodb").list_tables()["TableNames"] == []


def test_state_is_saved_even_when_the_run_that_started_it_is_killed(tmp_path):
    port = free_port()
    parent = subprocess.Popen(
        [sys.executable, "-c", KILLED_PARENT, str(port), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == "written\n"
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    with Ministack(free_port(), tmp_path) as aws:
        assert aws.client("dynamodb").get_item(TableName="pieces", Key=RING)["Item"] == RING


def test_one_that_cannot_start_says_where_its_log_is(tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such engine\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(LocalRunError, match=r"(?s)ended while starting.*ministack\.log.*no such engine"):
        Ministack(free_port(), tmp_path, python=broken).start()


KILLED_PARENT = f"""
import sys, time
from pathlib import Path
from infra.local.stack import Ministack
aws = Ministack(int(sys.argv[1]), Path(sys.argv[2]))
aws.start()
aws.client("dynamodb").create_table(**{TABLE!r})
aws.client("dynamodb").put_item(TableName="pieces", Item={RING!r})
print("written", flush=True)
time.sleep(60)
"""


def test_the_next_one_waits_until_the_one_before_has_let_go_of_their_state(tmp_path):
    with (tmp_path / "ministack.lock").open("w") as before:
        fcntl.flock(before, fcntl.LOCK_EX)
        aws = Ministack(free_port(), tmp_path, keep=False, patience_s=1)
        with pytest.raises(LocalRunError, match="does not answer"):
            aws.start()
    with aws:
        assert aws.client("dynamodb").list_tables()["TableNames"] == []
