"""Through Kamailio: a proxy that stays in the way, asks for credentials, and registers us."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dialer.lines.base import LineDownError, Outcome
from tests.sip.conversation import Conversation, all_over
from tests.sip.kamailio import HOST, WAYS, Kamailio
from tests.sip.peers import Ear, OpenLine, request, until
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.scenario import number_of, written
from tests.sip.sipp.table import ROWS

pytestmark = pytest.mark.apt

THROUGH = (
    "strict_ack",
    "early_media",
    "callee_hangs_up",
    "canceled",
    "code_486",
    "code_480_q850_17",
)


@pytest.fixture(scope="module")
def sipp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SippProcess]:
    process = SippProcess(
        tmp_path_factory.mktemp("sipp"), written([ROWS[name] for name in THROUGH])
    )
    yield process
    process.stop()


@pytest.fixture(scope="module")
def kamailio(sipp: SippProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kamailio]:
    folder = tmp_path_factory.mktemp("kamailio")
    process = Kamailio(folder, carrier=(sipp.host, sipp.port))
    yield process
    process.stop()


@pytest.fixture
def own_kamailio(sipp: SippProcess, tmp_path: Path) -> Iterator[Kamailio]:
    process = Kamailio(tmp_path, carrier=(sipp.host, sipp.port), algorithm="SHA-256")
    yield process
    process.stop()


class TestProxy:
    @pytest.mark.parametrize("way", WAYS)
    def test_passes_calls_on_whatever_it_asks_first(
        self, kamailio: Kamailio, sipp: SippProcess, open_line: OpenLine, way: str
    ) -> None:
        line = open_line(kamailio.ports[way], host=HOST)

        held = [Conversation(ROWS[name], line, sipp) for name in THROUGH]
        until(lambda: all_over(held))

        told = [(one.row.name, one.ear.result().outcome) for one in held]
        assert told == [(name, ROWS[name].outcome) for name in THROUGH]
        until(lambda: all(one.verdict for one in held), seconds=60)
        verdicts = [one.verdict for one in held]
        assert verdicts == [one.row.verdict for one in held], sipp.complaints()
        assert line.capacity().invites_sent == len(THROUGH)

    def test_takes_a_sha_256_digest(
        self, own_kamailio: Kamailio, sipp: SippProcess, open_line: OpenLine
    ) -> None:
        line = open_line(own_kamailio.ports["proxy_qop"], host=HOST)

        one = Conversation(ROWS["strict_ack"], line, sipp)
        until(one.over)

        assert one.ear.result().outcome is Outcome.ANSWERED

    @pytest.mark.parametrize(("way", "code"), [("www_qop", 401), ("proxy_qop", 407)])
    def test_lets_no_wrong_password_through(
        self, kamailio: Kamailio, sipp: SippProcess, open_line: OpenLine, way: str, code: int
    ) -> None:
        line = open_line(kamailio.ports[way], host=HOST, password="wrong")
        ear = Ear()

        handle = line.originate(request(number_of("strict_ack")), ear)

        result = ear.result()
        assert (result.outcome, result.sip_code) == (Outcome.AUTH_FAILED, code)
        assert sipp.verdict(handle.call_id) == ""


class TestRegistrar:
    def test_registers_us_although_it_finds_us_too_brief(
        self,
        kamailio: Kamailio,
        sipp: SippProcess,
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Kamailio wants at least 100 s here (423), and digest with qop."""
        monkeypatch.setattr("dialer.lines.sip.registration.WANTED_SECONDS", 10)
        monkeypatch.setattr("dialer.lines.sip.registration.FIRST_PAUSE_SECONDS", 0.1)

        line = open_line(kamailio.ports["open"], host=HOST, register=True, keepalive_seconds=1.0)

        one = Conversation(ROWS["strict_ack"], line, sipp)
        until(one.over)
        assert one.ear.result().outcome is Outcome.ANSWERED

    def test_keeps_a_wrong_password_out(self, kamailio: Kamailio, open_line: OpenLine) -> None:
        line = open_line(
            kamailio.ports["open"], host=HOST, wait=False, register=True, password="wrong"
        )

        registration = line.trunk.state.registration
        assert registration is not None
        until(lambda: registration.refused_code == 401)
        with pytest.raises(LineDownError):
            line.originate(request(number_of("strict_ack")), Ear())

    @pytest.mark.parametrize("register", [False, True])
    def test_dies_and_comes_back(
        self,
        own_kamailio: Kamailio,
        sipp: SippProcess,
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
        *,
        register: bool,
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.upkeep.PROBE_SECONDS", 0.2)
        line = open_line(
            own_kamailio.ports["open"], host=HOST, keepalive_seconds=0.2, register=register
        )

        own_kamailio.stop()
        until(lambda: not line.capacity().up)
        with pytest.raises(LineDownError):
            line.originate(request(number_of("strict_ack")), Ear())
        own_kamailio.start()
        until(lambda: line.capacity().up)
        one = Conversation(ROWS["strict_ack"], line, sipp)
        until(one.over)

        assert one.ear.result().outcome is Outcome.ANSWERED
