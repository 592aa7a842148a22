"""`make run`: everything on this machine, then one ring on its way home, then up until it is stopped.

- CARRIER=fedex|dhl|ems: who carries it; EMS takes it from Shanghai to Paris, the others from Paris to Shenzhen
- GOLDTHREAD_PORT=4566: the embedded AWS, API included
- GOLDTHREAD_CARRIER_PORT=4610: the simulated carriers
- STORY=home|lost|repair|swap: the ring that comes home, the one that is lost, one that is mended and goes home, another
  ring that comes back; the first two when not said
- ONCE=1: stop after the story, with 0 when every step happened
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from chalicelib.adapters.aws import Clients
from chalicelib.adapters.cases import TableCases
from chalicelib.adapters.dynamo_table import DynamoTable
from chalicelib.adapters.sealing import KmsKeys
from chalicelib.workflows.check_chain import Finding
from infra.chain import of_case
from infra.local import local_secrets
from infra.local.carrier_control import SimulatedCarriers
from infra.local.child import LocalRunError, require_free
from infra.local.deployment import API_STAGE, HOST, Deployed, deploy
from infra.local.door import Door
from infra.local.ending import HomeStory
from infra.local.lost_story import LostStory
from infra.local.memory import forget_last_case, last_case, remember_case
from infra.local.mint import Wish, mint_for
from infra.local.outbox import MAILS_PATH
from infra.local.repair_story import RepairStory
from infra.local.ring import TALES, Tale
from infra.local.stack import PORT_VARIABLE, ROOT, Ministack
from infra.local.story import Backstage
from infra.local.swap_story import SwapStory
from infra.local.timeline import Timeline
from infra.package import BUILD, PackagingFailed, package

STAGE = "local"
CARRIER_PORT_VARIABLE = "GOLDTHREAD_CARRIER_PORT"
STORIES = {"home": HomeStory, "lost": LostStory, "repair": RepairStory, "swap": SwapStory}
# Those that are told when none is asked for.
TOLD = ("home", "lost")
# What others may do who approve what the desk proposes.
APPROVES = ("returns:read", "returns:write", "settlements:approve")
TOKEN_DAYS = 30
INTERRUPTED = 130
# What EventBridge sends when a schedule is due.
SCHEDULED = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the environment chose: ports, the folder of the state, the story, whether to stop after it."""

    port: int
    carrier_port: int
    folder: Path
    once: bool
    tale: Tale
    stories: tuple[str, ...]

    @property
    def state(self) -> Path:
        """State of the embedded AWS. It belongs to a port, which stands in the queues' own names."""
        return self.folder / f"aws-{self.port}"


def choices() -> Choices:
    """Read the environment; raises LocalRunError for a port that is no number, for one port given twice, and for a
    carrier that has no story."""
    port, carrier_port = _port(PORT_VARIABLE, 4566), _port(CARRIER_PORT_VARIABLE, 4610)
    if port == carrier_port:
        raise LocalRunError(f"{PORT_VARIABLE} and {CARRIER_PORT_VARIABLE} are both {port}; choose two ports")
    carrier = os.environ.get("CARRIER") or "fedex"
    if carrier not in TALES:
        raise LocalRunError(f"CARRIER={carrier} has no story; {', '.join(TALES)} have one")
    return Choices(
        port=port,
        carrier_port=carrier_port,
        folder=ROOT / ".local",
        once=os.environ.get("ONCE", "") not in ("", "0"),
        tale=TALES[carrier],
        stories=_stories(os.environ.get("STORY") or ""),
    )


def _stories(text: str) -> tuple[str, ...]:
    if text and text not in STORIES:
        raise LocalRunError(f"STORY={text} is none; {', '.join(STORIES)} are")
    return (text,) if text else TOLD


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise LocalRunError(f"{variable}={text} is no port between 1024 and 65535")
    return int(text)


class StoppedError(BaseException):
    """Somebody asked the run to stop: Ctrl-C, SIGTERM or a closed terminal."""


def _stop(signum: int, frame: FrameType | None) -> None:
    del signum, frame
    raise StoppedError


def _listen_for_stop(action: signal.Handlers | None = None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, action or _stop)


@dataclass(frozen=True, slots=True)
class Running:
    """All that is up: the embedded AWS with the product on it, and the carriers."""

    aws: Ministack
    deployed: Deployed
    carrier: SimulatedCarriers
    token: str
    finished: list[str]
    """Cases whose story was told to the end."""

    def sweep(self, now: datetime) -> None:
        """Run the sweep as its schedule does, at a time we choose. Raises LocalRunError when it fails."""
        event = {**SCHEDULED, "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        function = self.deployed.resources["SweepDueWork"]
        answer = self.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            raise LocalRunError(f"the sweep failed: {answer['Payload'].read().decode()[:800]}")

    def refresh_rates(self, now: datetime) -> dict[str, str]:
        """Run the refresh as its schedule does; how it went with each publisher. Raises LocalRunError when it fails."""
        event = {**SCHEDULED, "time": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        function = self.deployed.resources["RefreshRates"]
        answer = self.aws.client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
        told = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise LocalRunError(f"the refresh of rates failed: {told[:800]}")
        found: dict[str, str] = json.loads(told)
        return found

    def door_of(self, holder: str, role: str) -> Door:
        """The HTTP API under another person's token, who may approve what others propose."""
        wish = Wish(holder, role, APPROVES, TOKEN_DAYS)
        token = mint_for(self.aws.client, self.deployed.outputs["TableName"], wish, datetime.now(UTC))
        return Door(self.aws.port, HOST, token)

    def chain_of(self, case_id: str) -> list[Finding]:
        """What the check of this case's log and evidence finds wrong."""
        clients = Clients(self.aws.client)
        cases = TableCases(DynamoTable(clients, self.deployed.outputs["TableName"]), KmsKeys(clients, ""))
        bucket = self.deployed.outputs["EvidenceBucketName"]
        return list(of_case(cases, self.aws.client("s3"), bucket, case_id, lambda _line: None))

    @property
    def door(self) -> Door:
        """The HTTP API, under the token's holder."""
        return Door(self.aws.port, HOST, self.token)


@contextmanager
def started(chosen: Choices, timeline: Timeline) -> Iterator[Running]:
    """Start everything in order; stop whatever was started, in the other order, however this ends."""
    with _alone(chosen.folder):
        require_free(chosen.port, "embedded AWS", PORT_VARIABLE)
        require_free(chosen.carrier_port, "simulated carriers", CARRIER_PORT_VARIABLE)
        aws = Ministack(chosen.port, chosen.state)
        carrier = SimulatedCarriers(
            chosen.carrier_port, chosen.tale.carrier, chosen.state, chosen.folder / "carriers.log"
        )
        finished: list[str] = []
        try:
            deployed = _deploy(chosen, aws, carrier, timeline)
            with timeline.working(f"starting the simulated carriers on port {chosen.carrier_port}"):
                carrier.start(_webhooks(aws, deployed), _secrets(chosen), f"{aws.endpoint}{MAILS_PATH}")
            wish = Wish("make run", days=TOKEN_DAYS)
            token = mint_for(aws.client, deployed.outputs["TableName"], wish, datetime.now(UTC))
            yield Running(aws, deployed, carrier, token, finished)
        finally:
            _listen_for_stop(signal.SIG_IGN)
            saved = _stop_all(aws, carrier, timeline)
            if saved and finished:
                remember_case(chosen.state, finished[-1])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run per folder: two would overwrite each other's state."""
    folder.mkdir(exist_ok=True)
    with (folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalRunError("another `make run` of this folder is up; stop it first (Ctrl-C there)") from error
        yield


def _deploy(chosen: Choices, aws: Ministack, carrier: SimulatedCarriers, timeline: Timeline) -> Deployed:
    """Package, start the embedded AWS, deploy, and put the secrets where the functions look for them."""
    with timeline.working(f"packaging stage {STAGE}") as told:
        told.append("made" if _package() else "unchanged")
    with timeline.working(f"starting the embedded AWS on port {chosen.port}"):
        aws.start()
    with timeline.working("deploying by CloudFormation") as told:
        deployed = deploy(aws, BUILD / STAGE, carrier.addresses())
        told.append(f"{len(deployed.resources)} resources {'written' if deployed.changed else 'unchanged'}")
    if deployed.left_out:
        count = len(deployed.left_out)
        timeline.progress(f"left out {count} alarms on formulas of metrics, which the embedded AWS refuses")
    local_secrets.put(aws, deployed, local_secrets.load_or_make(_secrets(chosen), carrier.url))
    local_secrets.prove_sender(aws)
    return deployed


def _secrets(chosen: Choices) -> Path:
    return chosen.state / "secrets.json"


def _package() -> bool:
    try:
        return package(STAGE)
    except PackagingFailed as failed:
        raise LocalRunError(f"packaging failed: {failed}") from failed


def _webhooks(aws: Ministack, deployed: Deployed) -> str:
    """By id and address: the simulator, like any program but a browser or curl, may not know *.localhost."""
    return f"{aws.endpoint}/_aws/execute-api/{deployed.api_id}/{API_STAGE}/v1/webhooks"


def _stop_all(aws: Ministack, carrier: SimulatedCarriers, timeline: Timeline) -> bool:
    """Stop the carriers, then the embedded AWS; whether the state was saved."""
    carrier.stop()
    if not aws.alive:
        aws.stop()
        return False
    timeline.progress("stopping; the embedded AWS saves its state ...")
    saved = aws.stop()
    ending = "the state is saved" if saved else f"but the state is not saved: see {aws.log}"
    timeline.progress(f"everything is stopped, {ending}")
    return saved


def _tell(chosen: Choices, running: Running, timeline: Timeline) -> str:
    """The story, once; afterwards its case is what the next run must find."""
    before = last_case(chosen.state)
    forget_last_case(chosen.state)
    refreshed = running.refresh_rates(datetime.now(UTC))
    timeline.progress(f"rates of the day, newest and how many days were new: {'; '.join(refreshed.values())}")
    papers = chosen.folder / "papers"
    world = running.door, running.carrier, running.sweep, timeline, chosen.tale
    backstage = Backstage(running.door_of, running.chain_of)
    case_id = ""
    for name in chosen.stories:
        case_id = STORIES[name](*world, datetime.now(UTC), papers, backstage).tell(before)
        before = None
        running.finished.append(case_id)
    return case_id


def stay(running: Running, case_id: str, timeline: Timeline) -> None:
    """Tell where everything is and wait to be stopped."""
    _print_doors(running, case_id, timeline)
    while running.aws.alive and running.carrier.alive:
        time.sleep(0.5)
    ended = running.carrier.log if running.aws.alive else running.aws.log
    raise LocalRunError(f"a part has ended by itself; the end of its story is in {ended}")


def _print_doors(running: Running, case_id: str, timeline: Timeline) -> None:
    url = f"http://{HOST}:{running.aws.port}"
    timeline.title("Up until Ctrl-C")
    timeline.say(f"  API              {url}/v1/health    {url}/openapi.json")
    timeline.say(f"  carriers         {running.carrier.url}    their log: {running.carrier.log}")
    timeline.say(
        f"  {running.carrier.name + ' desk':<16} {running.carrier.url}/control/{running.carrier.carrier}/scenarios"
    )
    timeline.say(f"  outbox           {running.carrier.url}/outbox    every mail, chat post and webhook that left")
    timeline.say(f"  embedded AWS     {running.aws.endpoint}    its log: {running.aws.log}")
    timeline.say(f"  token            {running.token}    ({TOKEN_DAYS} days; `make token` makes another)")
    timeline.say()
    timeline.say(f"  curl -s -H 'Authorization: Bearer {running.token}' {url}/v1/returns/{case_id}")
    timeline.say(f"  curl -s -H 'Authorization: Bearer {running.token}' '{url}/v1/exceptions'")
    timeline.say(f"  curl -s -H 'Authorization: Bearer {running.token}' {url}/v1/tariffs/CN")
    paper = f"{url}/v1/returns/{case_id}/papers/return_invoice"
    timeline.say(f"  curl -sL -o return_invoice.pdf -H 'Authorization: Bearer {running.token}' {paper}")
    timeline.say()


def main() -> int:
    """Start, tell the story, stay up; the exit code says whether every step happened."""
    timeline = Timeline(sys.stdout)
    _listen_for_stop()
    told: str | None = None
    try:
        chosen = choices()
        with started(chosen, timeline) as running:
            told = _tell(chosen, running, timeline)
            if not chosen.once:
                stay(running, told, timeline)
    except StoppedError:
        timeline.progress("stopped as asked")
        return 0 if told else INTERRUPTED
    except LocalRunError as failed:
        timeline.progress(f"FAILED: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
