"""The registries' commands: each verb calls its service, tells one JSON object, and may refuse."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.models import (
    ContactList,
    ExternalListEntry,
    Honeypot,
    KillSwitch,
    ProtectedNumber,
    QuietDays,
)
from tests.compliance.desks.ordering import DIGEST, TWO, refused, run
from tests.world import MORNING, World, number_at, sha256


class TestKillSwitch:
    def test_stops_and_lets_go(self, world: World) -> None:
        told = run(
            "kill_switch", "engage", "--scope", "platform", "--reason", "x", "--by", "approver"
        )
        assert [row["switch"] for row in run("kill_switch", "show")["engaged"]] == [told["switch"]]

        release = ("kill_switch", "release", str(told["switch"]), "--by", "approver")
        assert refused(*release, "--asked-by", "approver") == 4
        run(*release, "--asked-by", "author")

        assert not KillSwitch.objects.filter(released_at=None).exists()
        assert refused(*release, "--asked-by", "author") == 4

    def test_needs_somebody(self, world: World) -> None:
        args = ("kill_switch", "engage", "--scope", "platform", "--reason", "x", "--by", "nobody")

        assert refused(*args) == 2


class TestQuietDays:
    def test_end_by_two_people(self, world: World) -> None:
        told = run(
            "quiet_days", "declare", "--first", "2026-06-07", "--last", "2026-06-09",
            "--province", "CN-*", "--reason", "高考", "--source", "通知", "--by", "approver",
        )  # fmt: skip
        days = str(told["quiet_days"])

        assert run("quiet_days", "end", days, "--by", "approver")["stands"] is True
        assert refused("quiet_days", "end", days, "--by", "approver") == 4
        assert run("quiet_days", "end", days, "--by", "owner")["stands"] is False
        assert run("quiet_days", "show") == {"quiet_days": []}

    def test_begin_before_they_end(self, world: World) -> None:
        code = refused(
            "quiet_days", "declare", "--first", "2026-06-09", "--last", "2026-06-07",
            "--province", "CN-*", "--reason", "x", "--source", "x", "--by", "approver",
        )  # fmt: skip

        assert (code, QuietDays.objects.count()) == (4, 0)


class TestExternalList:
    def read(self, path: Path, edition: str, as_of: str = "2026-03-11T08:00:00+08:00") -> Any:
        return run(
            "external_list", "read", "association", str(path), "--list-version", edition,
            "--as-of", as_of, "--by", "approver",
        )  # fmt: skip

    @pytest.fixture
    def listed(self, world: World, tmp_path: Path) -> Path:
        run("external_list", "register", "association", "--name", "协会", "--by", "approver")
        path = tmp_path / "list.txt"
        path.write_text("13812345678\n\n139-1111-2222\n13812345678\n", encoding="utf-8-sig")
        return path

    def test_only_grows(self, listed: Path) -> None:
        first = self.read(listed, "1")
        listed.write_text("13700001111\n")
        second = self.read(listed, "2")

        assert (first["numbers"], first["added"]) == (2, 2)
        assert (second["numbers"], second["added"]) == (1, 1)
        assert ExternalListEntry.objects.count() == 3
        assert run("external_list", "show")["lists"][0]["version"] == "2"

    def test_adds_nothing_of_a_file_that_cannot_be_read(self, listed: Path) -> None:
        listed.write_text("13700001111\nnobody\n")

        with pytest.raises(CommandError) as caught:
            self.read(listed, "1")

        assert caught.value.returncode == 4
        assert not ExternalListEntry.objects.exists()

    def test_is_not_from_the_future_and_has_each_edition_once(self, listed: Path) -> None:
        with pytest.raises(CommandError, match="lies ahead"):
            self.read(listed, "1", as_of="2026-03-12T08:00:00+08:00")
        self.read(listed, "1")
        with pytest.raises(CommandError, match="edition_once"):
            self.read(listed, "1")


class TestNumberRegister:
    def test_protects_numbers_for_good(self, world: World, tmp_path: Path) -> None:
        path = tmp_path / "numbers.txt"
        path.write_text("010-62345678\n010-62345679\n")
        args = (
            "number_register", "protect", str(path), "--kind", "hospital", "--organisation",
            "某医院", "--source", "官网", "--by", "approver",
        )  # fmt: skip

        assert run(*args) == {"numbers": 2, "added": 2}
        assert run(*args) == {"numbers": 2, "added": 0}
        assert ProtectedNumber.objects.count() == 2

    def test_lets_only_compliance_plant(self, world: World) -> None:
        args = ("number_register", "plant", number_at(9), "--place", "网页 page")

        assert refused(*args, "--by", "owner") == 4
        run(*args, "--by", "approver")
        assert Honeypot.objects.count() == 1

    def test_notes_a_minor_by_the_day_of_age(self, world: World) -> None:
        told = run(
            "number_register", "minor", number_at(9), "--born", "2010-05-01", "--evidence",
            "来信 letter", "--by", "approver",
        )  # fmt: skip

        assert told["minor_until"] == "2028-05-01"

    def test_makes_nobody_older_than_they_are_known_to_be(self, world: World) -> None:
        args = ("number_register", "minor", number_at(9), "--evidence", "来信 letter")
        run(*args, "--born", "2010-05-01", "--by", "approver")

        assert refused(*args, "--born", "2010-04-30", "--by", "approver") == 4
        assert run(*args, "--born", "2010-05-02", "--by", "approver")["minor_until"] > "2028-05-01"

    def test_releases_a_held_list_by_somebody_else(self, world: World) -> None:
        ContactList.objects.update(state="held", cause="LST-02")
        args = ("lists", "release", str(world.contact_list.pk), "--reason", "查明")

        assert refused(*args, "--by", "owner") == 4
        assert run(*args, "--by", "approver")["state"] == "open"
        assert refused(*args, "--by", "approver") == 4


class TestOthers:
    def test_record_an_assessment_by_two(self, world: World) -> None:
        args = (
            "assessment", "record", "--principal", "晨星教育科技有限公司", "--source", "event",
            "--assessed", "2026-03-01", *DIGEST,
        )  # fmt: skip

        assert run(*args, *TWO)["keep_until"] == "2029-03-01"
        assert refused(*args, "--author", "approver", "--approver", "approver") == 4

    def test_record_a_channel_that_is_dead(self, world: World) -> None:
        run("channel_test", "record", "sms", "--dead", "--evidence", "x", "--by", "approver")

        channels = {
            row["channel"]: row["alive"] for row in run("channel_test", "show")["channels"]
        }
        assert channels == {"key_9": True, "letter": True, "web": True, "sms": False}

    def test_take_a_request_to_its_answer(self, world: World, tmp_path: Path) -> None:
        told = run(
            "subject_request", "open", number_at(3), "--kind", "copy", "--channel", "letter",
            "--by", "approver",
        )  # fmt: skip
        case, proof = str(told["request"]), tmp_path / "proof.pdf"
        proof.write_bytes(b"proof")
        answer = ("subject_request", "answer", case, *DIGEST, "--by", "approver")

        assert told["due_on"] == "2026-04-01"
        assert refused(*answer) == 4
        step = run("subject_request", "identify", case, "--file", str(proof), "--by", "approver")
        assert step["sha256"] == sha256("proof")
        run(*answer)
        assert run("subject_request", "show") == {"unanswered": []}
        read = AuditEntry.objects.of("records.read").get()
        assert (read.object, read.actor) == ("command:subject_request", "svc:command")

    def test_take_an_incident_to_its_end(self, world: World) -> None:
        run("incident", "playbook", "--rehearsed", "2026-03-01", *DIGEST, *TWO)
        told = run(
            "incident", "open", "--kind", "leaked", "--summary", "x", "--data", "numbers",
            "--noticed", (MORNING - timedelta(hours=1)).isoformat(), "--by", "approver",
        )  # fmt: skip
        step = ("incident", "step", str(told["incident"]))
        by = ("--by", "approver")

        run(*step, "contained", *by)
        run(*step, "reported", *DIGEST, *by)
        assert refused(*step, "closed", "--note", "x", "--approver", "owner", *by) == 4
        run(*step, "spared", "--note", "x", "--approver", "owner", *by)
        assert run(*step, "closed", "--note", "x", "--approver", "owner", *by)["closed"] is True

    def test_record_an_audit(self, world: World) -> None:
        told = run(
            "compliance_audit", "record", "--kind", "own", "--auditor", "x", "--first",
            "2025-01-01", "--last", "2025-12-31", "--finished", "2026-02-01", "--findings", "0",
            *DIGEST, *TWO,
        )  # fmt: skip

        assert told["findings"] == 0

    def test_end_a_contract_and_certify_its_end(self, world: World) -> None:
        name, by = "晨星教育科技有限公司", ("--by", "approver")
        run("parties", "mandate", name, "--contract", "old", "--first", "2025-01-01", "--last",
            "2025-12-01", *DIGEST, *by)  # fmt: skip
        returned = ("parties", "returned", name, "--contract-end", "2025-12-01", "--done",
                    "2026-03-10", "--method", "deleted", *DIGEST, *TWO)  # fmt: skip

        (shown,) = run("parties", "show")["principals"]
        assert shown["data_left_of"] == ["2025-12-01", "2026-12-31"]
        assert refused(*returned) == 4
        ContactList.objects.update(state="retired")
        run(*returned)
        (shown,) = run("parties", "show")["principals"]
        assert shown["data_left_of"] == ["2026-12-31"]

    def test_register_parties_and_their_papers(self, world: World) -> None:
        by = ("--by", "approver")
        run("parties", "principal", "新委托", "--industry", "retail", *by)
        told = run("parties", "document", "新委托", "--kind", "hr_licence", "--number", "1",
                   "--issuer", "x", "--first", "2026-01-01", "--last", "2026-12-31", *DIGEST,
                   *by)  # fmt: skip
        revoke = ("parties", "revoke", str(told["document"]), "--on", "2026-03-11", *by)

        run(*revoke)

        assert refused(*revoke) == 4
        assert refused("parties", "operator", "x", "--credit-code", "x", "--regime",
                       "b24_operator", *by) == 4  # fmt: skip

    def test_show_a_house_in_order(self, world: World) -> None:
        assert run("outlet_links") == {"outlets": []}
        assert run("numbers_compare") == {"principals": []}
        assert run("calls_review") == {"campaigns": []}

    @pytest.mark.parametrize("command", ["kill_switch", "quiet_days", "parties", "consent_form"])
    def test_tell_people_too(self, world: World, command: str) -> None:
        out = io.StringIO()

        call_command(command, "show", stdout=out)

        assert out.getvalue().strip()
