import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from audit.models import AuditCheckpoint, AuditEntry, AuditKey, AuditLeaf, AuditState
from audit.sealing.rebuild import LeavesMissingError
from audit.services.epoch_begin import NothingSaidError, epoch_begin
from audit.services.quarantine_answer import NothingToAnswerError, quarantine_answer
from tests.audit.entries import NOW, write
from tests.audit.fixtures import execute
from tests.audit.sealing import FORGED, Log, assert_sound, mended, said_by, write_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(folder=tmp_path)


def roll_back(size: int) -> None:
    """Put the database back to an older backup, as far as sealing is concerned."""
    mended("DELETE FROM audit_leaf WHERE leaf_index >= %s", [size])
    mended("DELETE FROM audit_checkpoint WHERE size > %s", [size])
    mended("DELETE FROM audit_tile")
    mended("UPDATE audit_state SET size = %s, root = sha256('x')", [size])


def said(action: str) -> dict[str, object]:
    data: dict[str, object] = json.loads(bytes(AuditEntry.objects.get(action=action).body))
    return data


class TestEpochBegin:
    @pytest.mark.parametrize("kept", [0, 2, 300])
    def test_recovers_a_log_that_was_refused(self, log: Log, kept: int) -> None:
        write_many(kept + 3)
        signed = log.seal()
        roll_back(kept)
        execute(
            "INSERT INTO audit_pending SELECT id FROM audit_entry"
            " WHERE id NOT IN (SELECT entry_id FROM audit_leaf) ORDER BY id DESC LIMIT 1"
        )
        log.seconds = 100
        assert log.seal().stopped == "refused"

        state = epoch_begin(reason="备份恢复", by="u:1", signer=log.signer(), now=NOW)
        first = log.sequencer()
        first.step()

        assert (state.epoch, state.stopped) == (2, "")
        assert state.origin == f"{signed.origin}/2"
        assert log.newest().origin == state.origin
        assert log.newest().size == kept + 2
        assert_sound(log)
        data = said("audit.epoch_begun")["data"]
        assert isinstance(data, dict)
        assert data["old_origin"] == signed.origin
        assert (data["old_size"], data["signed_size"]) == (kept, kept + 3)
        assert data["signed_root"] == bytes(signed.root).hex()
        assert data["reason"] == "备份恢复"

    def test_begins_a_third_with_the_first_ones_name(self, log: Log) -> None:
        write_many(1)
        origin = log.seal().origin

        for epoch in (2, 3):
            state = epoch_begin(reason="x", by="u:1", signer=log.signer(), now=NOW)
            log.seal()
            assert state.origin == f"{origin}/{epoch}"

        assert [row.epoch for row in AuditCheckpoint.objects.order_by("epoch", "size")] == [
            1,
            2,
            3,
        ]
        names = sorted(path.name for path in (log.published / "checkpoints").iterdir())
        assert names == ["1-1", "2-2", "3-3"]
        assert AuditKey.objects.filter(kind="log").count() == 3

    def test_lists_a_verifier_key_that_opens_its_checkpoints(self, log: Log) -> None:
        write_many(1)
        log.seal()
        epoch_begin(reason="x", by="u:1", signer=log.signer(), now=NOW)
        state = log.seal()

        key = AuditKey.objects.get(public__startswith=f"{state.origin}+")
        note = bytes(AuditCheckpoint.objects.get(epoch=2).note)
        assert said_by(note).origin == state.origin
        assert key.public.startswith(key.kid)

    def test_recovers_from_an_account_that_is_spoilt(self, log: Log) -> None:
        write_many(1)
        log.seal()
        (log.signer_folder / "signer.json").write_text("spoilt")
        write_many(1)
        log.seconds = 100
        assert log.seal().stopped == "refused"

        epoch_begin(reason="disk", by="u:1", signer=log.signer(), now=NOW)

        assert log.seal().stopped == ""
        assert (log.signer_folder / "former-1.json").read_text() == "spoilt"

    def test_needs_a_reason(self, log: Log) -> None:
        with pytest.raises(NothingSaidError):
            epoch_begin(reason=" ", by="u:1", signer=log.signer(), now=NOW)

    def test_cannot_make_leaves_that_are_gone(self, log: Log) -> None:
        write_many(3)
        log.seal()
        mended("DELETE FROM audit_leaf WHERE leaf_index = 1")

        with pytest.raises(LeavesMissingError):
            epoch_begin(reason="x", by="u:1", signer=log.signer(), now=NOW)
        assert AuditState.objects.get().epoch == 1

    def test_is_a_command(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        write_many(1)
        log.seal()
        with override_settings(AUDIT_SIGNER_DIR=log.signer_folder):
            call_command("audit_new_epoch", "--reason", "test", "--by", "u:1")
            with pytest.raises(CommandError, match="Say why"):
                call_command("audit_new_epoch", "--reason", " ", "--by", "u:1")

        assert "Epoch 2 has begun" in capsys.readouterr().out


class TestQuarantineAnswer:
    def test_lets_calls_go_on_with_the_reason_on_record(self, log: Log) -> None:
        write()
        execute(FORGED)
        assert log.seal().stopped == "quarantine"

        assert quarantine_answer(reason="a test by 13800138000", by="u:1", now=NOW) == 1

        assert AuditState.objects.get().stopped == ""
        data = said("audit.quarantine_answered")["data"]
        assert data == {"entries": 1, "reason": "a test by ***"}
        with pytest.raises(NothingToAnswerError):
            quarantine_answer(reason="again", by="u:1", now=NOW)

    def test_is_asked_for_again_after_the_next_one(self, log: Log) -> None:
        for obj in ("forged", "forged2"):
            write()
            execute(
                FORGED.replace("'lead:forged'", f"'lead:{obj}'").replace(
                    "abcdefabcdef", "abcdefabcde" + str(len(obj))
                )
            )
            log.seconds += 100
            assert log.seal().stopped == "quarantine"
            quarantine_answer(reason="seen", by="u:1", now=NOW)

    def test_does_not_lift_a_refusal(self, log: Log) -> None:
        write()
        execute(FORGED)
        log.seal()
        execute("UPDATE audit_state SET stopped = 'refused'")

        quarantine_answer(reason="seen", by="u:1", now=NOW)

        assert AuditState.objects.get().stopped == "refused"

    def test_is_a_command(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        write()
        execute(FORGED)
        log.seal()

        call_command("audit_quarantine")
        call_command("audit_quarantine", "--reason", "seen", "--by", "u:1")

        said = capsys.readouterr().out
        assert " mac " in said
        assert "1 entries answered for" in said
        with pytest.raises(CommandError, match="Nothing to answer"):
            call_command("audit_quarantine", "--reason", "seen", "--by", "u:1")


class TestAuditStatus:
    def test_speaks_to_people_and_to_programs(
        self, log: Log, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_many(2)
        log.seal()

        call_command("audit_status")
        call_command("audit_status", "--json")

        *people, program = capsys.readouterr().out.splitlines()
        assert people[0].startswith("正在封存")
        assert people[1].startswith("sealing goes on")
        found = json.loads(program)
        assert (found["size"], found["checkpoint_size"], found["pending"]) == (2, 2, 0)
        assert AuditLeaf.objects.count() == 2
