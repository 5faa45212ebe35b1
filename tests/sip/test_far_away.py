"""Calls over a wire that is slow and loses packets, between two networks of the kernel's own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sip.peers import ROOT
from tests.sip.sipp.table import ROWS

pytestmark = pytest.mark.apt


class TestFarCarrier:
    def test_is_called_as_a_near_one(self, tmp_path: Path) -> None:
        """80 ms each way, 20 ms of jitter, every twentieth IP packet lost, audio included."""
        words = ["unshare", "--net", sys.executable, "-m", "tests.sip.far_away", str(tmp_path)]

        done = subprocess.run(
            words, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
        )

        assert done.returncode == 0, f"Namespaces need root and /dev/net/tun.\n{done.stderr}"
        said = json.loads(done.stdout.splitlines()[-1])
        assert said["wire"] in {"veth and netem", "TUN and a process"}
        wrong = [one for one in said["calls"] if one[1:] != [ROWS[one[0]].outcome]]
        assert wrong == []
