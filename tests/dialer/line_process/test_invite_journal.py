"""What a line wrote down is there after a kill, comes once, and shows no number on the disk."""

import errno
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from dialer.line_process.invite_journal import InviteJournal
from dialer.lines.base import CallRequest, InviteSent, RefusedKind, RefusedRequest
from dialer.lines.fake import FakeLine
from dialer.services.invites_note import InviteNoted
from tests.sip.peers import ROOT

SENT = InviteSent(
    permit_id="p", call_id="c", callee="+8613800138000", caller="9512301", disguised=False
)
WRITER = """
import sys, time
from pathlib import Path
import django
from django.conf import settings
django.setup()
settings.KEYS_DIR = Path(sys.argv[2])
from dialer.line_process.invite_journal import InviteJournal
from dialer.lines.base import InviteSent
journal = InviteJournal(folder=Path(sys.argv[1]), trunk_code="t")
for number in range(100_000):
    journal.write(InviteSent(permit_id=str(number), call_id="c", callee="+8613800138000",
                             caller="9512301", disguised=False))
    print(number, flush=True)  # the INVITE leaves
"""


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[InviteJournal]:
    journal = InviteJournal(folder=tmp_path, trunk_code="t")
    yield journal
    journal.close()


def all_of(journal: InviteJournal) -> list[InviteNoted]:
    found: list[InviteNoted] = []
    while True:
        noted, marks = journal.waiting(at_most=3)
        if not marks:
            return found
        found += noted
        journal.taken(marks)


def write_until_refused(journal: InviteJournal) -> None:
    """Until the thread that waits for the disk has said what the disk answered."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        journal.write(SENT)


class TestJournal:
    def test_gives_back_what_was_written_and_each_line_once(self, journal: InviteJournal) -> None:
        for _ in range(8):
            journal.write(SENT)

        assert [one.sent for one in all_of(journal)] == [SENT] * 8
        assert all_of(journal) == []

    def test_gives_lines_again_until_they_are_said_to_be_taken(
        self, journal: InviteJournal
    ) -> None:
        journal.write(SENT)

        first, _ = journal.waiting(at_most=10)
        again, _ = journal.waiting(at_most=10)

        assert first == again != []

    def test_passes_over_lines_that_nobody_wrote(
        self, journal: InviteJournal, tmp_path: Path
    ) -> None:
        journal.write(SENT)
        (path,) = tmp_path.iterdir()
        with path.open("ab") as file:
            file.write(b'{"id": "936f8fb05b234ba88b983802a9bbf4c2"}\n[]\nnonsense\n\xff\n')
            file.write(path.read_bytes().replace(b"+00:00", b""))  # an instant of no zone
        journal.write(SENT)

        assert [one.sent for one in all_of(journal)] == [SENT] * 2

    @pytest.mark.parametrize("call", ["fdatasync", "dup"])
    def test_lets_nothing_leave_once_a_line_has_not_reached_the_disk(
        self, journal: InviteJournal, monkeypatch: pytest.MonkeyPatch, call: str
    ) -> None:
        tried = threading.Event()

        def full(_file: int) -> None:
            tried.set()
            raise OSError(errno.EIO, "Input/output error")

        monkeypatch.setattr(f"os.{call}", full)
        journal.write(SENT)  # it leaves: the disk answers later
        assert tried.wait(10)

        with pytest.raises(OSError, match="does not reach the disk"):
            write_until_refused(journal)

    def test_shows_no_callee_on_the_disk_and_is_for_nobody_else(
        self, journal: InviteJournal, tmp_path: Path
    ) -> None:
        journal.write(SENT)
        (path,) = tmp_path.iterdir()

        assert b"3800138" not in path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_takes_a_number_that_somebody_altered_for_nobodys(
        self, journal: InviteJournal, tmp_path: Path
    ) -> None:
        journal.write(SENT)
        (path,) = tmp_path.iterdir()
        text = path.read_text()
        start = text.index('"callee": "') + 20
        path.write_text(text[:start] + ("A" if text[start] != "A" else "B") + text[start + 1 :])

        (one,) = all_of(journal)

        assert (one.sent.callee, one.sent.disguised) == ("", True)

    def test_begins_a_line_of_its_own_behind_half_a_line(self, tmp_path: Path) -> None:
        before = InviteJournal(folder=tmp_path, trunk_code="t")
        before.write(SENT)
        before.close()
        (path,) = tmp_path.iterdir()
        with path.open("a") as file:
            file.write('{"id": "half')
        journal = InviteJournal(folder=tmp_path, trunk_code="t")

        journal.write(SENT)

        assert len(all_of(journal)) == 2
        journal.close()

    def test_loses_no_invite_behind_half_a_line_of_a_full_disk(
        self, journal: InviteJournal, tmp_path: Path
    ) -> None:
        journal.write(SENT)
        (path,) = tmp_path.iterdir()
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, limits[1]))
        try:
            with pytest.raises(OSError, match="half a line"):
                journal.write(SENT)  # and the call does not leave
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

        journal.write(SENT)  # there is room again, and this one leaves

        assert path.read_bytes().count(b"\n") == 3
        assert len(all_of(journal)) == 2

    def test_keeps_other_trunks_apart(self, journal: InviteJournal, tmp_path: Path) -> None:
        other = InviteJournal(folder=tmp_path, trunk_code="t2")
        other.write(SENT)
        other.close()

        assert all_of(journal) == []

    def test_deletes_a_week_later_what_is_in_the_database(
        self, journal: InviteJournal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        journal.write(SENT)
        now = all_of(journal)[0].at
        journal.forget_old()
        kept = list(tmp_path.iterdir())
        later(monkeypatch, now + timedelta(days=9))

        journal.write(SENT)
        journal.forget_old()

        assert len(kept) == 1
        assert [path.name.split(".")[1] for path in tmp_path.iterdir()] == [
            f"{now + timedelta(days=9):%Y%m%d}"
        ]

    def test_lets_no_invite_leave_when_the_disk_takes_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        journal = InviteJournal(folder=tmp_path / "file", trunk_code="t")

        with pytest.raises(OSError, match="file"):
            journal.write(SENT)

        journal.close()

    def test_has_every_invite_that_left_before_a_kill(self, tmp_path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(settings.KEYS_DIR)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        for _ in range(50):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        left = {str(number) for number in range(50)} | set(process.stdout.read().split())
        process.wait(timeout=10)
        process.stdout.close()

        journal = InviteJournal(folder=tmp_path, trunk_code="t")
        written = [one.sent.permit_id for one in all_of(journal)]
        spent = {permit for permit, _ in journal.left_before()}
        journal.close()

        assert left <= set(written)
        assert spent == set(written)
        assert len(written) - len(left) <= 1  # written down, and killed before it left


class TestLeftBefore:
    def test_names_each_permit_whose_invite_left_and_none_that_was_refused(
        self, journal: InviteJournal, tmp_path: Path
    ) -> None:
        journal.write(SENT)
        journal.write(replace(SENT, permit_id="kept back", refused="caller"))
        journal.write(replace(SENT, permit_id=""))
        (path,) = tmp_path.iterdir()
        with path.open("ab") as file:
            file.write(b'{"permit": 1}\nnull\n\xff\n{"id": "ha')

        ((permit, at),) = journal.left_before()

        assert permit == SENT.permit_id
        assert at == all_of(journal)[0].at

    def test_writes_down_what_a_carrier_asked_for_and_not_who_calls_us(
        self, journal: InviteJournal
    ) -> None:
        kinds: tuple[RefusedKind, ...] = ("redirect", "transfer", "fork", "inbound")
        for kind in kinds:
            asked = RefusedRequest(
                kind=kind, permit_id="p", call_id="c", asked="<sip:+8613800138001@carrier>"
            )
            journal.write_refused(asked)

        told = [one.sent for one in all_of(journal)]

        assert [one.refused for one in told] == ["redirect", "transfer", "fork"]
        assert {one.callee for one in told} == {"+8613800138001"}
        assert journal.left_before() == []


class TestFakeLine:
    def test_has_its_invites_written_down(self, journal: InviteJournal) -> None:
        line = FakeLine(lambda _request: [])
        line.note_invites(journal.write)

        line.originate(
            CallRequest(permit_id="p", callee="+8613800138000", caller_number="9512301"), print
        )

        (one,) = all_of(journal)
        assert (one.sent.permit_id, one.sent.callee) == ("p", "+8613800138000")


def later(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("compliance.clock.host_now", lambda: now)
