"""Anchors from the command and from the schedule, each put on record."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.db.models import F
from django.db.models.functions import Now
from pytest_django import Settings

from audit import cosignature, note
from audit.anchors.named import named_kinds
from audit.anchors.overdue import overdue
from audit.anchors.run import anchors_run, newest_published
from audit.checkpoint import Checkpoint
from audit.models import AuditAnchor, AuditCheckpoint, AuditEntry, AuditKey
from audit.tasks import anchors
from compliance.selectors.clock_anchors import anchor_clocks
from tests.audit.anchors.mailbox import taking_mail
from tests.audit.entries import NOW
from tests.audit.fixtures import execute

LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = WITNESS_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
WITNESS = cosignature.Witness("officer.example.cn/w1", PUBLIC)
ORIGIN = "yunhu.test/audit"
TEXT = Checkpoint(origin=ORIGIN, size=7, root=bytes(32)).text
NOTE = note.note(TEXT, [note.signature(TEXT, name=ORIGIN, key=LOG_KEY)])

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.AUDIT_PUBLISH_DIR = tmp_path
    (tmp_path / "checkpoints").mkdir()
    return tmp_path


@pytest.fixture
def published(folder: Path) -> Path:
    for size in (3, 7):
        text = Checkpoint(origin=ORIGIN, size=size, root=bytes(32)).text
        made = note.note(text, [note.signature(text, name=ORIGIN, key=LOG_KEY)])
        AuditCheckpoint.objects.create(
            epoch=1, size=size, note=made, signed_at=Now(), published_at=Now()
        )
        (folder / "checkpoints" / f"1-{size}").write_bytes(made)
    return folder / "checkpoints" / "1-7"


def later(hours: int) -> None:
    """Let everything that was done be so many hours older."""
    execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER audit_checkpoint_keep")
    execute(f"UPDATE audit_anchor SET at = at - interval '{hours} hours'")
    execute(f"UPDATE audit_checkpoint SET published_at = published_at - interval '{hours} hours'")


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def states() -> list[tuple[str, int, str]]:
    return list(AuditAnchor.objects.order_by("pk").values_list("kind", "size", "status"))


class TestAnchorsRun:
    def test_confirms_that_the_newest_checkpoint_is_in_the_folder(self, published: Path) -> None:
        (outcome,) = anchors_run(now=NOW)

        assert not outcome.failure
        assert states() == [("file", 7, "ok")]
        assert actions() == ["audit.anchored"]
        assert AuditEntry.objects.get().object == "checkpoint:1-7"

    @pytest.mark.parametrize("content", [None, b"another\n"])
    def test_puts_a_failure_on_record(self, published: Path, content: bytes | None) -> None:
        published.unlink()
        if content is not None:
            published.write_bytes(content)

        (outcome,) = anchors_run(now=NOW)

        assert outcome.failure
        assert states() == [("file", 7, "failed")]
        assert actions() == ["audit.anchor_failed"]

    def test_has_nothing_to_do_before_the_first_checkpoint(self, folder: Path) -> None:
        AuditCheckpoint.objects.create(epoch=1, size=7, note=NOTE, signed_at=Now())

        assert anchors_run(now=NOW) == []
        assert newest_published() is None
        assert actions() == []

    def test_goes_on_when_one_anchor_fails(
        self, published: Path, settings: Settings, tmp_path: Path
    ) -> None:
        published.unlink()
        settings.AUDIT_WRITE_ONCE_DIR = str(tmp_path)

        anchors_run(now=NOW)

        assert states() == [("file", 7, "failed"), ("object_lock", 7, "ok")]

    def test_sends_mail_where_an_officer_is_named(
        self, published: Path, settings: Settings
    ) -> None:
        with taking_mail() as mailbox:
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
            settings.AUDIT_MAIL_TO = "officer@example.cn"

            (outcome,) = anchors_run(kinds={"mail"}, now=NOW)

        assert not outcome.failure
        assert len(mailbox.messages) == 1


class TestSchedule:
    def test_does_what_is_due_and_no_more(self, published: Path) -> None:
        anchors()
        anchors()
        assert states() == [("file", 7, "ok")]

        later(1)
        anchors()
        assert len(states()) == 2

    def test_tries_again_a_quarter_of_an_hour_after_a_failure(self, published: Path) -> None:
        content = published.read_bytes()
        published.unlink()
        anchors()
        anchors()
        assert len(states()) == 1
        published.write_bytes(content)

        AuditAnchor.objects.update(at=F("at") - timedelta(minutes=15))
        anchors()

        assert [status for _, _, status in states()] == ["failed", "ok"]


class TestOverdue:
    def test_is_nothing_that_holds(self, published: Path) -> None:
        anchors_run(now=NOW)

        later(1)

        assert overdue(named_kinds()) == []

    def test_is_what_has_not_held_for_twice_its_interval(self, published: Path) -> None:
        anchors_run(now=NOW)

        later(3)

        (late,) = overdue(named_kinds())
        assert (late.kind, late.en) == ("file", "file drop is overdue (3 h)")
        (clock,) = anchor_clocks(today=NOW.date(), now=NOW)
        assert clock.overdue
        assert not clock.stops_calls

    def test_is_what_only_ever_failed(self, published: Path) -> None:
        published.unlink()
        later(3)
        anchors_run(now=NOW)

        assert [late.kind for late in overdue(named_kinds())] == ["file"]

    def test_is_a_witness_that_is_silent(self, published: Path) -> None:
        call_command("audit_witness_add", "--vkey", WITNESS.vkey)
        later(49)

        assert "witness" in {late.kind for late in overdue(named_kinds())}

    def test_is_nothing_before_the_first_checkpoint(self, folder: Path) -> None:
        assert overdue(named_kinds()) == []


class TestCommand:
    def test_prints_one_object(self, published: Path) -> None:
        out = io.StringIO()

        call_command("audit_anchor", "--json", stdout=out)

        assert json.loads(out.getvalue()) == {
            "anchors": [{"kind": "file", "checkpoint": "1-7", "ok": True, "failure": ""}],
            "overdue": [],
        }

    def test_fails_with_an_anchor(self, published: Path) -> None:
        published.unlink()

        with pytest.raises(SystemExit, match="1"):
            call_command("audit_anchor")


class TestWitness:
    @pytest.fixture
    def cosigned(self, published: Path, tmp_path: Path) -> Path:
        at = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
        line = cosignature.cosign(TEXT, name=WITNESS.name, key=WITNESS_KEY, at=at)
        path = tmp_path / "cosigned"
        path.write_bytes(published.read_bytes() + str(line).encode())
        return path

    def test_is_kept_with_the_cosigned_note(self, cosigned: Path) -> None:
        call_command("audit_witness_add", str(cosigned), "--vkey", WITNESS.vkey)

        row = AuditAnchor.objects.get()
        assert (row.kind, row.size, row.status) == ("witness", 7, "ok")
        assert bytes(row.token or b"") == cosigned.read_bytes()
        assert row.reference == "officer.example.cn/w1 2026-11-22T16:00:00+00:00"
        assert actions() == ["audit.witness_named", "audit.anchored"]

    def test_is_not_kept_for_a_stranger(self, cosigned: Path) -> None:
        with pytest.raises(CommandError, match="no witness is on record"):
            call_command("audit_witness_add", str(cosigned))

        assert not AuditAnchor.objects.exists()

    def test_is_not_kept_for_a_checkpoint_that_is_not_ours(self, cosigned: Path) -> None:
        execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER audit_checkpoint_deny")
        execute("DELETE FROM audit_checkpoint WHERE size = 7")

        with pytest.raises(CommandError, match="this database has no such checkpoint"):
            call_command("audit_witness_add", str(cosigned), "--vkey", WITNESS.vkey)

    def test_keeps_the_key_that_it_was_named_with(self, published: Path) -> None:
        call_command("audit_witness_add", "--vkey", WITNESS.vkey)
        other = cosignature.Witness(WITNESS.name, bytes(32)).vkey

        with pytest.raises(CommandError, match="has another key"):
            call_command("audit_witness_add", "--vkey", other)

        assert AuditKey.objects.get().public == WITNESS.vkey

    @pytest.mark.parametrize("content", [b"", b"\xff", b"text\n\n\xe2\x80\x94 x AAAAAAAA\n"])
    def test_is_no_other_file(self, published: Path, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "file"
        path.write_bytes(content)

        with pytest.raises(CommandError, match="no checkpoint"):
            call_command("audit_witness_add", str(path))
