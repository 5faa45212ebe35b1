from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from audit import keys
from audit.check import mac_holds
from audit.models import AuditCheckpoint, AuditEntry, AuditKey
from audit.note import NoteError, opened, verifier
from audit.sealing_keys import log_key_names, log_keys, mac_key
from audit.services.log_key_rotate import OnlyKeyError, log_key_retire, log_key_rotate
from audit.services.mac_key_rotate import mac_key_rotate
from tests.audit.entries import NOW, write
from tests.audit.sealing import Log

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with override_settings(KEYS_DIR=tmp_path / "keys"):
        keys.make_missing()
        yield Log(folder=tmp_path)


def newest_note() -> bytes:
    return bytes(AuditCheckpoint.objects.order_by("size").last().note)  # type: ignore[union-attr]


class TestLogKeyRotate:
    def test_lets_both_sign_until_the_old_one_is_retired(self, log: Log) -> None:
        write()
        log.seal()
        old = verifier(AuditKey.objects.get().public)

        new = log_key_rotate(by="u:1", now=NOW)
        log.seal()
        for whose in (old, new):
            assert opened(newest_note(), [whose]).verified == (whose,)

        assert log_key_retire(by="u:1", now=NOW) == old
        log.seal()
        assert opened(newest_note(), [old, new]).verified == (new,)
        with pytest.raises(NoteError):
            opened(newest_note(), [old])
        assert [(key.public, key.to_size) for key in AuditKey.objects.order_by("from_size")] == [
            (old.vkey, 2),
            (new.vkey, None),
        ]

    def test_is_on_the_record(self, log: Log) -> None:
        log_key_rotate(by="u:1", now=NOW)
        log_key_retire(by="u:1", now=NOW)

        actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
        assert list(actions)[-2:] == ["audit.key_rotated", "audit.key_retired"]

    def test_takes_up_a_key_that_was_left_behind(self, log: Log) -> None:
        write()
        log.seal()
        keys.make_pair(Path(settings.KEYS_DIR), "audit-log-2")

        log_key_rotate(by="u:1", now=NOW)

        assert log_key_names(suffix=".key") == ["audit-log", "audit-log-2"]
        assert len(log_keys()) == 2

    def test_keeps_one_key_at_least(self, log: Log) -> None:
        with pytest.raises(OnlyKeyError):
            log_key_retire(by="u:1", now=NOW)

    def test_is_not_undone_by_making_missing_keys(self, log: Log) -> None:
        log_key_rotate(by="u:1", now=NOW)
        log_key_retire(by="u:1", now=NOW)

        assert keys.make_missing() == []
        assert log_key_names(suffix=".key") == ["audit-log-2"]
        log_key_rotate(by="u:1", now=NOW)
        assert log_key_names(suffix=".key") == ["audit-log-2", "audit-log-3"]


class TestMacKeyRotate:
    def test_keeps_what_the_old_key_wrote_verifiable(self, log: Log, tmp_path: Path) -> None:
        write("lead:1")
        kid = mac_key_rotate(by="u:1", now=NOW)
        with override_settings(KEYS_DIR=str(tmp_path / "keys")):  # as a process that starts anew
            write("lead:2")
            found = {entry.object: entry for entry in AuditEntry.objects.all()}

            assert found["lead:1"].kid != kid == found["lead:2"].kid
            assert all(mac_holds(entry) for entry in found.values())
            assert log.seal().stopped == ""
            assert keys.make_missing() == []

    def test_is_seen_by_a_sequencer_that_runs(self, log: Log) -> None:
        write("lead:1")
        log.seal()
        kid = mac_key_rotate(by="u:1", now=NOW)

        assert mac_key(kid) == (Path(settings.KEYS_DIR) / "audit-mac.key").read_bytes()
        assert mac_key("unknown") is None
        assert set(AuditKey.objects.filter(kind="mac").values_list("to_size", flat=True)) == {
            1,
            None,
        }


class TestAuditKeys:
    def test_lists_rotates_and_retires(self, log: Log, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("audit_keys", "rotate", "--by", "u:1")
        call_command("audit_keys", "rotate", "--by", "u:1", "--kind", "mac")
        call_command("audit_keys", "retire", "--by", "u:1")
        call_command("audit_keys", "list")

        said = capsys.readouterr().out.splitlines()
        assert said[0].startswith("新的日志密钥 / the new log key: yunhu.localhost/")
        assert "restart the processes" in said[1]
        assert len([line for line in said if line.startswith("log 0-")]) == 2
        assert len([line for line in said if line.startswith("mac 0-")]) == 2

    @pytest.mark.parametrize(
        "words",
        [
            ["rotate"],
            ["retire", "--by", "u:1"],
            ["retire", "--kind", "mac", "--by", "u:1"],
            ["rotate", "--by", "nobody"],
        ],
    )
    def test_say_what_is_wrong(self, log: Log, words: list[str]) -> None:
        with pytest.raises(CommandError):
            call_command("audit_keys", *words)
