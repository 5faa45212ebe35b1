"""What calls were up is there after a kill, and shows no number on the disk."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from compliance import clock
from dialer.line_process import kept_lines
from dialer.line_process.dialog_book import DialogBook
from dialer.lines.open_dialog import OpenDialog
from tests.sip.peers import ROOT

CALL = OpenDialog(
    call_id="c1",
    permit_id="p",
    local="127.0.0.1:4000",
    from_header="<sip:9512301@h>;tag=a",
    to_header="<sip:+8613800138000@h>",
    request_uri="sip:+8613800138000@h",
    cseq=1,
    branch="z9hG4bKb",
    remote_tag="",
    target="",
    routes=("<sip:r;lr>",),
    peer=("192.0.2.1", 5060),
)
ANSWERED = replace(CALL, remote_tag="t", target="sip:x@h")
WRITER = """
import sys, time
from pathlib import Path
import django
from django.conf import settings
django.setup()
settings.KEYS_DIR = Path(sys.argv[2])
from dialer.line_process.dialog_book import DialogBook
from tests.dialer.line_process.test_dialog_book import CALL
from dataclasses import replace
book = DialogBook(folder=Path(sys.argv[1]), trunk_code="t")
book.left_open()
book.start()
for number in range(100_000):
    book.opened(replace(CALL, call_id=f"{number}"))
    if number >= 50:
        book.closed(f"{number - 50}")
    time.sleep(0.002)
    print(number, flush=True)
"""


def opened(folder: Path) -> DialogBook:
    book = DialogBook(folder=folder, trunk_code="t")
    book.left_open()
    book.start()
    return book


def left_in(folder: Path) -> list[OpenDialog]:
    return DialogBook(folder=folder, trunk_code="t").left_open()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[DialogBook]:
    book = opened(tmp_path)
    yield book
    book.close()


class TestBook:
    def test_gives_back_the_newest_of_each_call_that_is_up(
        self, book: DialogBook, tmp_path: Path
    ) -> None:
        book.opened(CALL)
        book.opened(replace(CALL, call_id="c2"))
        book.opened(ANSWERED)
        book.opened(replace(CALL, call_id="c3"))
        book.closed("c2")
        book.close()

        assert left_in(tmp_path) == [ANSWERED, replace(CALL, call_id="c3")]

    def test_keeps_what_a_former_process_left_until_it_is_said_to_be_over(
        self, book: DialogBook, tmp_path: Path
    ) -> None:
        book.opened(CALL)
        book.close()

        after = opened(tmp_path)
        after.close()
        assert left_in(tmp_path) == [CALL]

        last = opened(tmp_path)
        last.closed("c1")
        last.close()
        assert left_in(tmp_path) == []

    def test_shows_no_number(self, book: DialogBook, tmp_path: Path) -> None:
        book.opened(CALL)
        book.close()

        (file,) = tmp_path.iterdir()
        assert b"13800138000" not in file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600

    def test_leaves_out_what_was_cut_off_altered_or_is_a_day_old(
        self, book: DialogBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        book.opened(CALL)
        book.close()
        path = tmp_path / "t.dialogs"
        line = path.read_bytes()
        moved = json.loads(line) | {"call": "another"}
        path.write_bytes(json.dumps(moved).encode() + b"\n" + line + line[: len(line) // 2])

        assert left_in(tmp_path) == [CALL]

        tomorrow = clock.host_now() + timedelta(hours=25)
        monkeypatch.setattr(clock, "host_now", lambda: tomorrow)
        assert left_in(tmp_path) == []

    def test_does_not_grow_with_the_calls_that_are_over(
        self, book: DialogBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(kept_lines, "WORTH_REWRITING", 2_000)
        for number in range(40):
            book.opened(replace(CALL, call_id=f"n{number}"))
            deadline = time.monotonic() + 10
            while f"n{number}" not in book._lines._open and time.monotonic() < deadline:
                time.sleep(0.001)
            if number:
                book.closed(f"n{number}")
        book.close()

        assert [one.call_id for one in left_in(tmp_path)] == ["n0"]
        assert (tmp_path / "t.dialogs").stat().st_size < 6_000

    @pytest.mark.long
    def test_knows_after_a_kill_every_call_that_was_up_some_milliseconds_before(
        self, tmp_path: Path
    ) -> None:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(settings.KEYS_DIR)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdout is not None
        for _ in range(500):
            writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        last = [int(line) for line in writer.stdout if line.endswith("\n")][-1:] or [499]
        writer.wait()
        writer.stdout.close()

        found = {int(one.call_id) for one in left_in(tmp_path)}
        assert set(range(last[0] - 45, last[0] - 20)) <= found
        assert found <= set(range(last[0] - 90, last[0] + 3))
