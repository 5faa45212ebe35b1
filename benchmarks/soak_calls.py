"""The calls of a soak: a carrier process on this machine, a trunk to it, and passports."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from compliance.passport_form import Passport, write
from dialer.lines.base import CallRequest
from dialer.lines.sip.config import TrunkConfig

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parent.parent
PORTS = (34_000, 34_999)
TRUNK, CALLER = "soak", "01012345678"
KEY = generate_private_key(SECP256R1())  # of a gate that is not asked here
NUMBERS = {
    "+8613800130000": ("answer", {"talk_seconds": 6.0}),
    "+8613800130001": ("answer_wait", {}),  # until our own limit of 8 s
    "+8613800130002": ("busy", {}),
    "+8613800130003": ("no_answer", {}),  # we give up after 15 s
    "+8613800130004": ("auth_407", {"talk_seconds": 4.0}),
    "+8613800130005": ("reinvite", {"talk_seconds": 4.0}),
    "+8613800130006": ("key9", {"key_seconds": 1.0}),
    "+8613800130007": ("lost_first_invite", {"talk_seconds": 1.0}),
    "+8613800130008": ("congestion", {}),
    "+8613800130009": ("forked", {}),
    "+8613800130010": ("in_dialog", {"talk_seconds": 4.0}),
    "+8613800130011": ("early_media", {"talk_seconds": 2.0}),
}


def request(callee: str) -> CallRequest:
    """Return a call with a passport of its own."""
    permit = str(uuid4())
    passport = Passport(
        permit=permit,
        rulebook="0" * 64,
        trunk=TRUNK,
        orig=CALLER,
        dest=callee.removeprefix("+"),
        issued_at=datetime.now(UTC).replace(microsecond=0),
    )
    return CallRequest(
        permit_id=permit,
        callee=callee,
        caller_number=CALLER,
        ring_seconds=15,
        max_talk_seconds=8,
        identity=write(passport, key=KEY),
    )


def carrier(folder: Path) -> tuple["subprocess.Popen[str]", int]:
    """Start the loopback carrier; return it and its port."""
    script = {"numbers": {n: {"behaviour": name, **more} for n, (name, more) in NUMBERS.items()}}
    (folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    command = [sys.executable, "-m", "dialer.lines.carrier", "--port", "0"]
    command += ["--records", str(folder / "calls.csv"), "--script", str(folder / "script.json")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if process.stdout is None:
        raise RuntimeError("The carrier says nothing.")
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


def config(port: int) -> TrunkConfig:
    """Return the trunk to it."""
    return TrunkConfig(
        code=TRUNK,
        host=HOST,
        port=port,
        local_host=HOST,
        username="line",
        password="password",  # noqa: S106 - the loopback carrier's
        rtp_ports=PORTS,
        edge_key=KEY.public_key(),
        max_calls=150,
        keepalive_seconds=5.0,
    )
