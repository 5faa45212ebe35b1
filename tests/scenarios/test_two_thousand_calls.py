"""Promise 2 at size: two thousand calls through Kamailio, and SIPp's own log as the witness."""

import dataclasses
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance.models import Incident, KillSwitch, Person, Seat
from dialer.lines.sip_config import TrunkConfig
from dialer.models import Attempt, Campaign, LineInvite, TrunkEndpoint
from tests.scenarios.floor import Floor, until
from tests.scenarios.test_planted_invite import reconciled
from tests.sip.kamailio import Kamailio
from tests.sip.peers import HOST, sdp
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

pytestmark = pytest.mark.apt

CALLS, CAMPAIGNS, SEATS = 2000, 5, 100
OF_EACH = CALLS // CAMPAIGNS


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


class EdgeFloor(Floor):
    """A floor whose trunk is Kamailio, with SIPp behind it."""

    def __init__(self, *, world: World, folder: Path, edge: tuple[str, int]) -> None:
        self.world, self.folder = world, folder
        self.endpoint = TrunkEndpoint.objects.create(trunk=world.trunk, host=edge[0], port=edge[1])
        self._process = self._thread = None

    def close(self) -> None:
        self.stop_line()

    def _config(self, endpoint: TrunkEndpoint) -> TrunkConfig:
        return dataclasses.replace(super()._config(endpoint), no_reply_seconds=8.0)


@pytest.fixture
def sipp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SippProcess]:
    monkeypatch.setenv("TZ", "UTC")  # of SIPp's log
    folder = tmp_path / "sipp"
    folder.mkdir()
    process = SippProcess(folder, scenario(), options=(*OPTIONS, "-l", "2000"))
    yield process
    process.stop()


@pytest.fixture
def edge(tmp_path: Path, sipp: SippProcess) -> Iterator[Kamailio]:
    folder = tmp_path / "edge"
    folder.mkdir()
    process = Kamailio(folder, carrier=(sipp.host, sipp.port))
    yield process
    process.stop()


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(seats=SEATS, max_calls=400)


@pytest.fixture
def floor(world: World, broker: str, tmp_path: Path, edge: Kamailio) -> Iterator[EdgeFloor]:
    opened = EdgeFloor(world=world, folder=tmp_path, edge=(edge.host, edge.ports["open"]))
    opened.start_line()
    yield opened
    opened.close()


class TestTwoThousandCalls:
    def test_are_the_permits_and_one_past_the_edge_is_found(
        self,
        world: World,
        floor: EdgeFloor,
        sipp: SippProcess,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        shifts = _shifts(world)
        while any(campaign.leads.filter(attempts=0).exists() for campaign, _ in shifts):
            _round(floor, shifts)
        until(lambda: LineInvite.objects.count() == CALLS)
        witness = tmp_path / "cdr.csv"

        before = _reconciled(sipp, witness, capsys)
        _past_the_edge(sipp.port, number_at(9000))
        until(lambda: number_at(9000) in records(_log(sipp), witness).read_text())
        after = _reconciled(sipp, witness, capsys)

        assert before["unmatched"] == []
        assert (before["permits_redeemed"], before["invites_sent"]) == (CALLS, CALLS)
        assert [one["invites"] for one in before["witnesses"]] == [CALLS]
        assert Attempt.objects.filter(ended_at=None).count() == 0
        (found,) = after["unmatched"]
        assert found["counted_by"] == "carrier_cdr"
        assert set(found["missing_from"]) == {"permits", "line"}
        assert Incident.objects.get().pk == after["incident"]
        assert KillSwitch.objects.get(released_at=None).scope == "platform"


def _shifts(world: World) -> list[tuple[Campaign, list[Seat]]]:
    """Give each campaign its number, its people and its seats: one number may not ring so many."""
    people = callees(world, CALLS, consented=False)
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
    """Have every agent ready, one permit for each, and wait until all calls are over."""
    floor._wrap_up(list(floor.world.seats))
    for campaign, seats in shifts:
        for seat in seats:
            log_on(floor.world, seat, campaign=campaign)
        floor.tick(campaign=campaign)
    floor.settle()


def _log(sipp: SippProcess) -> Path:
    return sipp.folder / "messages.log"


def _reconciled(
    sipp: SippProcess, witness: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    return reconciled(capsys, carrier_cdr=records(_log(sipp), witness))


def _past_the_edge(port: int, number: str) -> None:
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
        sender.sendto("\r\n".join([*lines, "", body]).encode(), (HOST, port))
