"""The same promises against SIPp, a peer that somebody else wrote."""

import shutil
import subprocess
from pathlib import Path

import pytest

from dialer.lines.base import Outcome
from tests.sip.peers import HOST, Ear, MutePeer, OpenLine, request, until

SCENARIOS = Path(__file__).parent / "sipp"
CALLEE = "+8613800138000"


@pytest.mark.apt
class TestSippCallee:
    @pytest.mark.parametrize(
        ("scenario", "outcome"),
        [
            ("strict_ack", Outcome.ANSWERED),
            ("straight_answer", Outcome.ANSWERED),
            ("early_media", Outcome.ANSWERED),
            ("credentials", Outcome.ANSWERED),
            ("busy", Outcome.BUSY),
            ("no_answer", Outcome.NO_ANSWER),
        ],
    )
    def test_is_called_as_it_insists(
        self, open_line: OpenLine, tmp_path: Path, scenario: str, outcome: Outcome
    ) -> None:
        sipp = shutil.which("sipp")
        assert sipp is not None, "apt install sip-tester"
        free = MutePeer()
        free.close()
        command = [sipp, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", HOST, "-mi", HOST]
        command += ["-p", str(free.port), "-m", "1", "-nostdin", "-timeout", "20"]
        peer = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
        ear = Ear()
        line = open_line(free.port)
        until(lambda: _listens(free.port))

        handle = line.originate(request(CALLEE, ring_seconds=1), ear)
        until(lambda: ear.answered or ear.results)
        handle.hangup()

        assert ear.result().outcome is outcome
        assert peer.wait(timeout=20) == 0


def _listens(port: int) -> bool:
    table = Path("/proc/net/udp").read_text(encoding="ascii")
    return f":{port:04X} " in table
