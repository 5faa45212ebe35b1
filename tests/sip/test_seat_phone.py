"""A seat's phone that somebody else wrote: registered at Kamailio, connected, and bridged."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from dialer.lines.base import Outcome, Side
from dialer.lines.seat.base import Misused, SeatEvent, SeatRequest
from dialer.lines.seat.line import SeatLine
from tests.sip.baresip import Baresip
from tests.sip.kamailio import HOST, Kamailio
from tests.sip.peers import Ear, OpenLine, config, request, until
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.scenario import number_of, written
from tests.sip.sipp.table import LONG, ROWS
from tests.sip.talkers import SILENCE

pytestmark = pytest.mark.apt

RATES = re.compile(r"audio=(\d+)/(\d+)")  # bit/s that baresip sends and hears, of 64,000
A_CALL = 40_000  # on a busy machine no second holds exactly fifty packets; a rest has nearly none


def both_ways(said: str) -> bool:
    """Tell whether the phone has ever sent and heard a call's audio in one second."""
    return any(min(map(int, rates)) > A_CALL for rates in RATES.findall(said))


class Shelf:
    """Keeps how many packets each side said that were not silence."""

    healthy = True

    def __init__(self) -> None:
        self.loud = {"callee": 0, "us": 0}

    def take(self, *, side: Side, position: int, payload: bytes, codec: int) -> None:
        self.loud[side] += payload not in SILENCE.values()

    def close(self) -> None:
        pass


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[SippProcess]:
    process = SippProcess(
        _made(tmp_path / "sipp"), written([ROWS[LONG]]), options=("-rtp_echo", "-mp", "32000")
    )
    yield process
    process.stop()


@pytest.fixture
def kamailio(tmp_path: Path) -> Iterator[Kamailio]:
    process = Kamailio(_made(tmp_path / "kamailio"))
    yield process
    process.stop()


@pytest.fixture
def phone(kamailio: Kamailio, tmp_path: Path) -> Iterator[Baresip]:
    registrar = (HOST, kamailio.ports["open"])
    process = Baresip(_made(tmp_path / "phone"), name="seat-1", registrar=registrar)
    yield process
    process.stop()


class TestPhone:
    def test_talks_with_the_callee_and_stays_connected(
        self, sipp: SippProcess, kamailio: Kamailio, phone: Baresip, open_line: OpenLine
    ) -> None:
        """SIPp says what it hears: the phone's own tone comes back over both legs."""
        line = open_line(sipp.port)
        registrar = config(
            kamailio.ports["open"], code="seats", host=HOST, rtp_ports=(26_000, 26_100)
        )
        seats = SeatLine(registrar, reactor=line.reactor, carriers=[(sipp.host, sipp.port)])
        seats.start()
        until(lambda: seats.wire.up)
        at_work, ear, shelf = Ear(), Ear(), Shelf()

        leg = seats.call(SeatRequest(address="seat-1"), partial(_pass_on, at_work))
        until(lambda: at_work.answered, seconds=5)
        call = line.originate(request(number_of(LONG), recorder=shelf), ear)
        until(lambda: ear.answered)
        rested = not both_ways(phone.said())
        call.bridge(leg)
        until(lambda: both_ways(phone.said()) and min(shelf.loud.values()) > 50)
        call.hangup()

        assert rested
        assert ear.result().outcome is Outcome.ANSWERED
        assert at_work.results == []
        leg.hangup()
        assert at_work.result().ended_by == "us"
        until(lambda: "session closed" in phone.said())
        seats.stop()


def _pass_on(ear: Ear, event: SeatEvent) -> None:
    assert not isinstance(event, Misused)
    ear(event)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
