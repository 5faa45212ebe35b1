"""The officer's cron job, as it runs on the officer's laptop, and what comes back from it."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.cosignature import cosigned_at, witness
from tests.audit.anchors.authority import openssl
from tests.audit.verify.making import LOG, WITNESS, range_bundle

ROOT = Path(__file__).resolve().parents[3]
JOB = ROOT / "deploy" / "audit_witness.py"

pytestmark = pytest.mark.skipif(
    not shutil.which("openssl"), reason="needs the program openssl, as the witness does"
)


class Laptop:
    """A folder of the officer's."""

    def __init__(self, folder: Path) -> None:
        self.held, self.out, self.key = folder / "held", folder / "out", folder / "witness.pem"
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.key)

    def _run(self, *words: object) -> subprocess.CompletedProcess[bytes]:
        argv = [sys.executable, "-I", JOB, *words, "--name", WITNESS, "--key", self.key]
        return subprocess.run(list(map(str, argv)), capture_output=True, timeout=60, check=False)

    def vkey(self) -> str:
        return self._run("--show-key").stdout.decode().strip()

    def cosign(self, bundle: Path) -> int:
        verifier = ["--verifier", ROOT / "audit" / "verify.py", "--vkey", LOG.vkey]
        files = ["--held", self.held, "--out", self.out]
        return self._run(bundle, *verifier, *files).returncode


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


class TestWitnessJob:
    def test_cosigns_what_the_verifier_accepts(self, laptop: Laptop, tmp_path: Path) -> None:
        bundle = range_bundle(0, 5, 5).write(tmp_path / "first")

        assert laptop.cosign(bundle) == 0

        at = cosigned_at(laptop.out.read_bytes(), witness(laptop.vkey()))
        assert datetime(2025, 1, 1, tzinfo=UTC) < at
        assert laptop.held.read_bytes() == (bundle / "checkpoint").read_bytes()

    def test_goes_on_from_what_it_holds(self, laptop: Laptop, tmp_path: Path) -> None:
        assert laptop.cosign(range_bundle(0, 5, 5).write(tmp_path / "first")) == 0

        assert laptop.cosign(range_bundle(0, 9, 9, held=[5]).write(tmp_path / "second")) == 0

        assert laptop.held.read_bytes() == (tmp_path / "second" / "checkpoint").read_bytes()

    def test_cosigns_no_other_past(self, laptop: Laptop, tmp_path: Path) -> None:
        assert laptop.cosign(range_bundle(0, 5, 5).write(tmp_path / "first")) == 0
        held, out = laptop.held.read_bytes(), laptop.out.read_bytes()
        another = {2: lambda body: body.replace(b"permit:2", b"permit:3")}

        assert laptop.cosign(range_bundle(0, 9, 9, change=another).write(tmp_path / "fork")) == 1

        assert (laptop.held.read_bytes(), laptop.out.read_bytes()) == (held, out)
