"""Calls that are still up after forty seconds: a peer without its ACK gives up after 32."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.lines.base import Outcome
from tests.sip.baresip import Baresip
from tests.sip.kamailio import HOST, STRICT_CALLEE, Kamailio
from tests.sip.peers import Ear, OpenLine, request, until
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.scenario import number_of, written
from tests.sip.sipp.table import LONG, ROWS

pytestmark = pytest.mark.apt

SECONDS = 40.0  # RFC 3261 13.3.1.4: 64*T1 = 32 s


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[SippProcess]:
    process = SippProcess(
        _folder(tmp_path / "sipp"), written([ROWS[LONG]]), options=("-rtp_echo",)
    )
    yield process
    process.stop()


@pytest.fixture
def kamailio(sipp: SippProcess, tmp_path: Path) -> Iterator[Kamailio]:
    process = Kamailio(_folder(tmp_path / "kamailio"), carrier=(sipp.host, sipp.port))
    yield process
    process.stop()


@pytest.fixture
def phone(kamailio: Kamailio, tmp_path: Path) -> Iterator[Baresip]:
    registrar = (HOST, kamailio.ports["open"])
    process = Baresip(_folder(tmp_path / "phone"), name="strict", registrar=registrar)
    yield process
    process.stop()


class TestCall:
    def test_is_up_after_forty_seconds_with_every_strict_peer(
        self, sipp: SippProcess, kamailio: Kamailio, phone: Baresip, open_line: OpenLine
    ) -> None:
        """All wait at once: SIPp, SIPp behind Kamailio (407), and baresip behind Kamailio."""
        direct = open_line(sipp.port)
        proxied = open_line(kamailio.ports["proxy_qop"], host=HOST)
        ears = [Ear() for _ in range(3)]
        to_sipp = direct.originate(request(number_of(LONG)), ears[0])
        through = proxied.originate(request(number_of(LONG)), ears[1])
        to_phone = proxied.originate(request(STRICT_CALLEE), ears[2])
        began = time.monotonic()
        until(lambda: all(ear.answered or ear.results for ear in ears))

        until(lambda: ears[0].results or time.monotonic() - began > SECONDS, seconds=50)
        up = [ear.results == [] or ear.results[0].talk_seconds > 39 for ear in ears]
        to_phone.hangup()

        assert up == [True] * 3, [ear.events for ear in ears]
        results = [ear.result(seconds=10) for ear in ears]
        assert [result.outcome for result in results] == [Outcome.ANSWERED] * 3
        assert [result.ended_by for result in results] == ["callee", "callee", "us"]
        assert min(result.talk_seconds for result in results) > 39
        until(lambda: sipp.verdict(to_sipp.call_id) and sipp.verdict(through.call_id))
        assert sipp.verdict(to_sipp.call_id) == sipp.verdict(through.call_id) == f"done {LONG}"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
