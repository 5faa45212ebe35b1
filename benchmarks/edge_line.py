"""The edge in a line process: how many calls a second pass it on one core, journal included."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)

from benchmarks.database import fresh_database
from benchmarks.report import Comparison, at_least
from compliance.passport_form import Passport, write

CALLS = 2000
WANTED = 300.0  # calls a second
HOST = "127.0.0.1:5070"
CALLER = "95012345"


def measure(*, server_url: str, rounds: int) -> list[Comparison]:
    """Let INVITEs leave, each on a permit of its own; the second figure is by processor time."""
    with fresh_database(server_url):
        found = [_round() for _ in range(rounds)]
    return [
        Comparison(
            name="edge in the line process, calls a second on one core",
            ours="an INVITE read, its passport checked, written to the journal; calls/s",
            peer="what a line has to carry, calls/s",
            rounds=[(CALLS / elapsed, WANTED) for elapsed, _ in found],
            goal=at_least(1.0),
            must=at_least(1.0),
            notes=[
                f"{min(cpu for _, cpu in found) / CALLS * 1e6:.0f} µs of processor time a call",
                f"{CALLS} calls a round; passports are signed before the clock runs",
            ],
        )
    ]


def _round() -> tuple[float, float]:
    from dialer.line_process.invite_journal import InviteJournal  # noqa: PLC0415 - needs Django
    from dialer.lines.sip.config import TrunkConfig  # noqa: PLC0415
    from dialer.lines.sip.leaving import Leaving  # noqa: PLC0415

    key = generate_private_key(SECP256R1())
    permits = {f"call-{n}": str(uuid4()) for n in range(CALLS)}
    now = datetime.now(UTC)
    invites = [_invite(n, permit, key, now) for n, permit in enumerate(permits.values())]
    config = TrunkConfig(
        code="t", host="127.0.0.1", port=5070, local_host="127.0.0.1", edge_key=key.public_key()
    )
    with TemporaryDirectory() as name:
        journal = InviteJournal(folder=Path(name), trunk_code="t")
        leaving = Leaving(config, permit_of=permits.__getitem__, clock=lambda: now)
        leaving.note = journal.write
        began, cpu = perf_counter(), process_time()
        left = sum(leaving.let(invite) is not None for invite in invites)
        elapsed, cpu = perf_counter() - began, process_time() - cpu
        journal.close()
    if left != CALLS:
        raise AssertionError(f"Only {left} of {CALLS} calls left.")
    return elapsed, cpu


def _invite(number: int, permit: str, key: EllipticCurvePrivateKey, now: datetime) -> bytes:
    callee = f"86138{number:08d}"
    passport = Passport(
        permit=permit, rulebook="0" * 64, trunk="t", orig=CALLER, dest=callee,
        issued_at=now.replace(microsecond=0),
    )  # fmt: skip
    lines = [
        f"INVITE sip:+{callee}@{HOST} SIP/2.0",
        f"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK{number};rport",
        "Max-Forwards: 70",
        "Contact: <sip:line@127.0.0.1:5060>",
        f"To: <sip:+{callee}@{HOST}>",
        f"Identity: {write(passport, key=key)}",
        f"P-Asserted-Identity: <sip:{CALLER}@{HOST}>",
        f"From: <sip:{CALLER}@{HOST}>;tag=us",
        f"Call-ID: call-{number}",
        "CSeq: 1 INVITE",
        "Content-Type: application/sdp",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
