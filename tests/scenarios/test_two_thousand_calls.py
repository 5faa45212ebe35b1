"""Promise 2 at size: two thousand calls through the edge, and SIPp's own log as the witness."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from compliance.models import Incident, KillSwitch, Permit, Person, Seat
from dialer.line_process.trunk_config import trunk_config
from dialer.lines.sip.config import TrunkConfig
from dialer.models import Attempt, Campaign, LineInvite, TrunkEndpoint
from tests.edge.rig import Edge, Store
from tests.phones import give_phones
from tests.scenarios.floor import Floor, until
from tests.scenarios.test_planted_invite import reconciled
from tests.sip.peers import HOST, PhonesProcess, sdp
from tests.sip.sipp import steps as s
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.witness import OPTIONS, records
from tests.world import (
    World,
    add_lead,
    build_world,
    callees,
    consent,
    log_on,
    make_caller_number,
    make_campaign,
    number_at,
)

pytestmark = [pytest.mark.apt, pytest.mark.long, pytest.mark.timeout(900)]

CAMPAIGNS, SEATS = 5, 100
LINE, EDGE, CARRIER = (f"127.0.72.{n}" for n in (1, 2, 3))


def scenario() -> str:
    """Return a carrier of which four in ten callees pick up and hang up; the others are busy."""
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="many">\n'
        + s.recv(
            "INVITE",
            s.ereg("^INVITE sip:[+][0-9]*[0-5]@", "busy", check=False),
            s.ereg(".*", "from", header="From"),
            s.ereg(".*", "to", header="To"),
            s.ereg("(sip:[^>]*)", "whole,contact", header="Contact"),
            attributes=' rrs="true"',
        )
        + '<nop test="busy" next="busy"/>\n'
        + s.answer()
        + s.recv("ACK")
        + s.pause(50)
        + s.asked("BYE")
        + '<nop next="end"/>\n<label id="busy"/>\n'
        + s.reply(486, "Busy Here", attributes=s.RETRANSMIT)
        + s.recv("ACK")
        + '<label id="end"/>\n<Reference variables="whole,from,to,contact"/>\n</scenario>\n'
    )


class WrittenEdge(Edge):
    """Kamailio with what `manage.py edge_config` has written into the folder."""

    host = EDGE

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "kamailio.log"
        self.start()


class EdgeFloor(Floor):
    """A floor whose trunk is behind the edge, with SIPp as the carrier."""

    def __init__(
        self, *, world: World, folder: Path, carrier: tuple[str, int], phones: PhonesProcess
    ) -> None:
        self.world, self.folder = world, folder
        self.endpoint = TrunkEndpoint.objects.create(
            trunk=world.trunk, host=carrier[0], port=carrier[1], local_host=LINE, edge_host=EDGE
        )
        give_phones(world, port=phones.port)
        self._pretends = False
        self._process = self._thread = None

    def close(self) -> None:
        self.stop_line()

    def _config(self, endpoint: TrunkEndpoint) -> TrunkConfig:
        return trunk_config(endpoint)


@pytest.fixture
def sipp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SippProcess]:
    monkeypatch.setenv("TZ", "UTC")  # of SIPp's log
    folder = _made(tmp_path / "sipp")
    process = SippProcess(folder, scenario(), host=CARRIER, options=(*OPTIONS, "-l", "2000"))
    yield process
    process.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    process = Store(_made(tmp_path / "store"))
    yield process
    process.kill()


@pytest.fixture
def world(store: Store, transactional_db: None) -> World:
    return build_world(seats=SEATS, max_calls=400)


@pytest.fixture
def floor(
    *,
    world: World,
    broker: str,
    tmp_path: Path,
    sipp: SippProcess,
    store: Store,
    practice_phones: PhonesProcess,
) -> Iterator[EdgeFloor]:
    carrier = (sipp.host, sipp.port)
    opened = EdgeFloor(world=world, folder=tmp_path, carrier=carrier, phones=practice_phones)
    folder = _made(tmp_path / "edge")
    call_command(
        "edge_config", f"--out={folder}", f"--folder={folder}", f"--redis=127.0.0.1:{store.port}",
        "--children=4", "--log-stderr",
    )  # fmt: skip
    edge = WrittenEdge(folder)
    store.ready()
    opened.start_line()
    yield opened
    opened.close()
    edge.stop()


class TestTwoThousandCalls:
    def test_are_the_permits_and_one_past_the_edge_is_found(
        self,
        *,
        world: World,
        floor: EdgeFloor,
        sipp: SippProcess,
        store: Store,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        request: pytest.FixtureRequest,
    ) -> None:
        calls = int(request.config.getoption("--witnessed-calls"))
        shifts = _shifts(world, calls=calls)
        while any(campaign.leads.filter(attempts=0).exists() for campaign, _ in shifts):
            _round(floor, shifts)
        until(lambda: LineInvite.objects.count() == calls)
        witnesses = {"carrier_cdr": tmp_path / "cdr.csv", "edge_log": tmp_path / "edge.json"}
        witnesses["edge_log"].write_text(store.ask("--json", "XRANGE", "yunhu:edge:log", "-", "+"))

        records(_log(sipp), witnesses["carrier_cdr"])
        before = reconciled(capsys, **witnesses)
        _past_the_edge(sipp, number_at(9000))
        until(lambda: _seen_by_sipp(sipp, witnesses["carrier_cdr"], number_at(9000)))
        after = reconciled(capsys, **witnesses)

        assert before["unmatched"] == []
        assert (before["permits_redeemed"], before["invites_sent"]) == (calls, calls)
        assert [one["invites"] for one in before["witnesses"]] == [calls, calls]
        assert Attempt.objects.filter(ended_at=None).count() == 0
        (found,) = after["unmatched"]
        assert found["counted_by"] == "carrier_cdr"
        assert {"permits", "line", "edge"} >= set(found["missing_from"]) >= {"permits", "line"}
        assert Incident.objects.get().pk == after["incident"]
        assert KillSwitch.objects.get(released_at=None).scope == "platform"


def _shifts(world: World, *, calls: int) -> list[tuple[Campaign, list[Seat]]]:
    """Give each campaign its number, its people and its seats: one number may not ring so many."""
    people = callees(world, calls, consented=False)
    shifts = []
    for place in range(CAMPAIGNS):
        campaign = world.campaign if place == 0 else _campaign(world, place)
        consent(campaign.filing, people[place::CAMPAIGNS])
        _leads(world, campaign, people[place::CAMPAIGNS])
        shifts.append((campaign, list(world.seats[place::CAMPAIGNS])))
    return shifts


def _campaign(world: World, place: int) -> Campaign:
    number = make_caller_number(world.operator, world.trunk, number=f"951231{place}")
    return make_campaign(
        people=world.people,
        principal=world.principal,
        caller_number=number,
        trunk=world.trunk,
        code=f"spring-course-{place}",
    )


def _leads(world: World, campaign: Campaign, people: list[Person]) -> None:
    for person in people:
        add_lead(world, person, campaign=campaign)


def _round(floor: EdgeFloor, shifts: list[tuple[Campaign, list[Seat]]]) -> None:
    """Have every agent ready, one permit for each, and wait until all calls are over.

    No campaign asks before the permits of the last are spent: the edge's clock goes on.
    """
    floor._wrap_up(list(floor.world.seats))
    for campaign, seats in shifts:
        for seat in seats:
            log_on(floor.world, seat, campaign=campaign)
        floor.tick(campaign=campaign)
        until(lambda: not Permit.objects.filter(state=Permit.State.ISSUED).exists())
    floor.settle()


def _log(sipp: SippProcess) -> Path:
    return sipp.folder / "messages.log"


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _seen_by_sipp(sipp: SippProcess, target: Path, number: str) -> bool:
    return number in records(_log(sipp), target).read_text()


def _past_the_edge(sipp: SippProcess, number: str) -> None:
    """Send an INVITE straight to the carrier, as somebody at the machine could."""
    body = sdp(4000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind((HOST, 0))
        own = sender.getsockname()[1]
        lines = [
            f"INVITE sip:{number}@{HOST} SIP/2.0",
            f"Via: SIP/2.0/UDP {HOST}:{own};branch=z9hG4bKpast",
            "Max-Forwards: 70",
            f"From: <sip:9512301@{HOST}>;tag=past",
            f"To: <sip:{number}@{HOST}>",
            f"Call-ID: past@{HOST}",
            "CSeq: 1 INVITE",
            f"Contact: <sip:me@{HOST}:{own}>",
            "Content-Type: application/sdp",
            f"Content-Length: {len(body)}",
        ]
        sender.sendto("\r\n".join([*lines, "", body]).encode(), (sipp.host, sipp.port))
