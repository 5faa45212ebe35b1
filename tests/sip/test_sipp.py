"""The promises against SIPp, a carrier that somebody else wrote: row by row of one table."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dialer.lines.base import LineDownError, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.bad_wire import BadWire
from tests.sip.conversation import Conversation, all_over
from tests.sip.peers import Ear, OpenLine, config, request, until
from tests.sip.sipp.process import SippProcess
from tests.sip.sipp.scenario import number_of, written
from tests.sip.sipp.table import LONG, PARTS, ROWS

pytestmark = pytest.mark.apt

NEEDED = ("strict_ack", "early_media", "code_486", "code_503", "glare", "canceled")
CALLS, LOSS = 100, 0.15
MOST_UNHEARD = 2  # SIPp repeats nothing once an INVITE has come again: 0.15**3 of 50 calls
UNUSUAL: dict[str, Any] = {
    "no_reply_seconds": 3.0,
    "session_seconds": 4,
    "least_session_seconds": 2,
    "most_turned_away": 1000,
}


@pytest.fixture(scope="module")
def carriers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[SippProcess]]:
    """Start one SIPp for each part of the table."""
    processes = [SippProcess(tmp_path_factory.mktemp("sipp"), written(part)) for part in PARTS]
    yield processes
    for process in processes:
        process.stop()


@pytest.fixture(scope="module")
def conversations(carriers: list[SippProcess]) -> Iterator[dict[str, Conversation]]:
    """Hold all conversations of the table at once, and wait until they are over."""
    lines = [SipLine(config(one.port, **UNUSUAL)) for one in carriers]
    held: dict[str, Conversation] = {}
    for line, carrier, part in zip(lines, carriers, PARTS, strict=True):
        line.start()
        until(partial(_is_up, line))
        rows = [row for row in part if row.name != LONG]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("dialer.lines.base.LEAST_RING_SECONDS", 1)
            held |= {row.name: Conversation(row, line, carrier) for row in rows}
    with suppress(AssertionError):  # whichever is not over fails by its name
        until(lambda: all_over(held.values()), seconds=20)
    yield held
    for line in lines:
        line.stop()


def _is_up(line: SipLine) -> bool:
    return line.capacity().up


class TestRow:
    @pytest.mark.parametrize("name", [name for name in ROWS if name != LONG])
    def test_is_heard_for_what_it_is_and_finds_nothing_wrong(
        self, conversations: dict[str, Conversation], name: str
    ) -> None:
        one, row = conversations[name], ROWS[name]

        result = one.ear.result(seconds=0.1)

        told = (result.outcome, result.sip_code, result.ended_by)
        assert told == (row.outcome, row.code, row.by), one.carrier.complaints()
        assert len(one.ear.results) == 1
        assert result.q850 == row.q850
        assert row.rings is None or tuple(one.codes) == row.rings
        until(lambda: one.verdict != "", seconds=2)
        assert one.verdict == row.verdict, one.carrier.complaints()


@pytest.fixture
def own_sipp(tmp_path: Path) -> Iterator[SippProcess]:
    process = SippProcess(tmp_path, written([ROWS[name] for name in NEEDED]))
    yield process
    process.stop()


@pytest.fixture
def open_wire(own_sipp: SippProcess) -> Iterator[Callable[..., BadWire]]:
    wires: list[BadWire] = []

    def opened(**faults: float) -> BadWire:
        wires.append(BadWire(carrier=(own_sipp.host, own_sipp.port), **faults))  # type: ignore[arg-type]
        return wires[-1]

    yield opened
    for wire in wires:
        wire.close()


class TestWire:
    def test_may_lose_every_seventh_packet(
        self, own_sipp: SippProcess, open_wire: Callable[..., BadWire], open_line: OpenLine
    ) -> None:
        """SIP.md 3.5's figure: 15 % each way, half of the calls answered and half busy."""
        wire = open_wire(loss=LOSS)
        line = open_line(wire.port, host=wire.host)
        rows = [ROWS["strict_ack"], ROWS["code_486"]] * (CALLS // 2)

        held = [Conversation(row, line, own_sipp) for row in rows]
        until(lambda: all_over(held), seconds=40)

        heard = Counter(one.ear.results[0].outcome for one in held)
        unheard = heard[Outcome.LINE_DOWN]
        assert max(heard[Outcome.BUSY], heard[Outcome.ANSWERED]) <= CALLS // 2
        assert heard[Outcome.BUSY] + heard[Outcome.ANSWERED] + unheard == CALLS
        assert unheard <= MOST_UNHEARD
        assert all(len(one.ear.results) == 1 for one in held)
        assert wire.lost > CALLS / 2

    def test_may_lose_the_first_invite(
        self, own_sipp: SippProcess, open_wire: Callable[..., BadWire], open_line: OpenLine
    ) -> None:
        wire = open_wire(drop_first=1)
        line = open_line(wire.port, host=wire.host)
        one = Conversation(ROWS["strict_ack"], line, own_sipp)

        until(one.over)

        assert one.ear.result().outcome is Outcome.ANSWERED
        assert wire.lost == 1

    def test_may_be_slow_and_out_of_order(
        self, own_sipp: SippProcess, open_wire: Callable[..., BadWire], open_line: OpenLine
    ) -> None:
        wire = open_wire(delay_seconds=0.15, jitter_seconds=0.1)
        line = open_line(wire.port, host=wire.host)

        held = [Conversation(ROWS[name], line, own_sipp) for name in NEEDED * 3]
        until(lambda: all_over(held), seconds=30)

        told = [(one.row.name, one.ear.result().outcome) for one in held]
        assert told == [(one.row.name, one.row.outcome) for one in held]


class TestCarrier:
    @pytest.mark.parametrize("register", [False, True])
    def test_dies_and_comes_back(
        self,
        own_sipp: SippProcess,
        open_line: OpenLine,
        monkeypatch: pytest.MonkeyPatch,
        *,
        register: bool,
    ) -> None:
        monkeypatch.setattr("dialer.lines.sip.upkeep.PROBE_SECONDS", 0.2)
        line = open_line(own_sipp.port, keepalive_seconds=0.2, register=register)

        own_sipp.stop()
        until(lambda: not line.capacity().up)
        with pytest.raises(LineDownError):
            line.originate(request(number_of("strict_ack")), Ear())
        own_sipp.start()
        until(lambda: line.capacity().up)
        one = Conversation(ROWS["strict_ack"], line, own_sipp)
        until(one.over)

        assert one.ear.result().outcome is Outcome.ANSWERED
        assert line.capacity().invites_sent == 1
        until(lambda: one.verdict == "done strict_ack")
