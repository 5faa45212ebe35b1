import hashlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.models import Consent, ListImport, Person, Whitelist
from compliance.numbers import normalise
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.person_for_number import known_person
from tests.compliance.imports.files import write_text, write_workbook
from tests.compliance.imports.house import NOW, House, everything_stored, recorded, row_counts

HEADINGS = [
    "手机号",
    "是否同意",
    "同意时间",
    "告知文本",
    "方式",
    "凭证哈希",
    "目的",
    "有效期",
    "AI外呼",
]
TEXT = "同意贵公司就登记事项致电本人。"


def row(number: str, proof: str = "a", **cells: str) -> list[str]:
    usual = dict(
        zip(
            HEADINGS,
            [number, "同意", "2026-03-01 09:30", TEXT, "网页", proof * 64, "P3", "", "是"],
            strict=True,
        )
    )
    return list((usual | cells).values())


TABLE = [
    HEADINGS,
    row("13800138000"),
    row("139-1111-2223", 有效期="2026-06-30", AI外呼=""),
    row("15012345678", 是否同意="考虑一下"),
    row("18600001111", 凭证哈希=""),
    row("17700001234", 目的="P6"),
    row("13700001234", 同意时间="2026-03-12 10:00"),
]


@pytest.fixture
def consents(tmp_path: Path) -> Path:
    return write_text(tmp_path / "同意.csv", TABLE, encoding="gb18030")


def run_import(path: Path, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    given: dict[str, Any] = {
        "principal": "晨星教育科技有限公司",
        "purpose": "P3",
        "by": "compliance",
    }
    if not options.get("dry_run") and not options.get("plan"):
        given["yes"] = True
    call_command("consents_import", str(path), **{**given, **options}, json=True, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def consent_of(number: str) -> Consent:
    return Consent.objects.get(person=known_person(number=normalise(number)))


class TestConsentsImport:
    def test_keeps_who_agreed_to_what_when_and_how(self, house: House, consents: Path) -> None:
        run_import(consents)

        kept = consent_of("13800138000")
        assert kept.whitelist == house.whitelist
        assert kept.text_shown_sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
        assert (kept.method, kept.evidence_sha256) == ("web_form", "a" * 64)
        assert kept.given_at == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
        assert (kept.explicit, kept.ai_allowed, kept.expires_at) == (True, True, None)
        assert kept.recorded_at == NOW

    def test_lets_a_consent_last_to_the_end_of_its_last_day(
        self, house: House, consents: Path
    ) -> None:
        run_import(consents)

        kept = consent_of("13911112223")
        assert kept.expires_at == datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # midnight in Beijing
        assert kept.ai_allowed is False

    def test_keeps_what_the_person_agreed_to_beside_the_call(
        self, house: House, tmp_path: Path
    ) -> None:
        more = ["敏感信息", "回电请求", "保单到期日"]
        table = [
            HEADINGS + more,
            [*row("13800138000"), "是", "来电 13911112223", "2026-12-31"],
            [*row("13911112223", proof="b"), "", "", ""],
        ]

        run_import(write_text(tmp_path / "more.csv", table))

        one, other = consent_of("13800138000"), consent_of("13911112223")
        assert (one.sensitive_allowed, one.policy_ends_on) == (True, date(2026, 12, 31))
        assert one.request_event == "来电 ***"  # no number in plain sight
        assert (other.sensitive_allowed, other.request_event, other.policy_ends_on) == (
            False,
            "",
            None,
        )

    def test_takes_only_plain_proved_consents_for_the_purpose(
        self, house: House, consents: Path
    ) -> None:
        done = run_import(consents)

        assert (done["rows"], done["added"]) == (6, 2)
        assert done["rejected_by_code"] == {
            "answer_unclear": 1, "no_evidence": 1, "no_purpose": 1, "future": 1,
        }  # fmt: skip
        assert Consent.objects.count() == Person.objects.count() == 2

    def test_reads_workbooks_too(self, house: House, tmp_path: Path) -> None:
        table = [HEADINGS, row("13800138000", 同意时间=datetime(2026, 3, 1, 9, 30))]  # type: ignore[arg-type]

        run_import(write_workbook(tmp_path / "a.xlsx", table))

        assert consent_of("13800138000").given_at == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)

    def test_says_that_a_time_without_a_zone_is_beijings(
        self, house: House, consents: Path
    ) -> None:
        notes = run_import(consents)["notes"]

        assert "北京时间" in notes[0]["zh"]

    def test_puts_the_whitelist_one_version_up(self, house: House, consents: Path) -> None:
        run_import(consents)

        assert Whitelist.objects.get(pk=house.whitelist.pk).version == 1

    def test_changes_nothing_the_second_time(self, house: House, consents: Path) -> None:
        run_import(consents)
        before = row_counts()

        again = run_import(consents)

        assert row_counts() == before
        assert (again["changed"], again["added"], again["known"]) == (False, 0, 2)
        assert Whitelist.objects.get(pk=house.whitelist.pk).version == 1

    def test_is_on_the_record(self, house: House, consents: Path) -> None:
        run_import(consents)

        entry = AuditEntry.objects.get(action="consents.imported")
        said = json.loads(bytes(entry.body))["data"]
        assert entry.actor == f"u:{house.compliance.pk}"
        assert said["file_sha256"] == hashlib.sha256(consents.read_bytes()).hexdigest()
        assert (said["added"], said["version"], said["basis"]) == (2, 1, "consent")

    def test_changes_nothing_in_a_dry_run(self, house: House, consents: Path) -> None:
        before = row_counts()

        assert run_import(consents, dry_run=True)["added"] == 2
        assert row_counts() == recorded(before, "import.discarded")

    def test_gives_rejects_back_to_be_corrected(self, house: House, consents: Path) -> None:
        rejects = Path(run_import(consents)["reject_file"])
        text = rejects.read_text("utf-8-sig")

        rejects.write_text(text.replace("考虑一下", "同意").replace("P6", "P6、P3"), "utf-8-sig")
        second = run_import(rejects)

        assert (second["added"], second["rejected"]) == (2, 2)

    def test_waits_unchanged_if_it_breaks(
        self, house: House, consents: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = row_counts()

        def broken(*_: object, **__: object) -> None:
            raise OSError("the record cannot be written")

        monkeypatch.setattr("compliance.imports.apply.record_import", broken)
        with pytest.raises(OSError, match="record"):
            run_import(consents)

        assert row_counts() == before
        assert ListImport.objects.get().stage == "planned"

    def test_shows_no_number_anywhere(
        self,
        house: House,
        consents: Path,
        capfd: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG")
        call_command(
            "consents_import", str(consents), principal=house.principal.name, purpose="P3",
            by="compliance", yes=True,
        )  # fmt: skip

        told = "".join(capfd.readouterr()) + caplog.text + everything_stored()
        for number in ("13800138000", "13911112223", "15012345678"):
            assert number not in told

    @pytest.mark.parametrize("role", ["supervisor", "agent", "regulator"])
    def test_is_not_for_every_role(self, house: House, consents: Path, role: str) -> None:
        before = row_counts()

        with pytest.raises(CommandError):
            run_import(consents, by=role)

        assert row_counts() == recorded(before, "access.denied")


class TestAWithdrawnConsent:
    def test_does_not_return_with_its_own_file(self, house: House, consents: Path) -> None:
        run_import(consents)
        consent_withdraw(consent=consent_of("13800138000"), actor="svc:test", now=NOW)

        again = run_import(consents)

        assert (again["added"], again["withdrawn"]) == (0, 1)
        assert consent_of("13800138000").withdrawn_at is not None

    def test_does_not_return_with_an_older_paper(
        self, house: House, consents: Path, tmp_path: Path
    ) -> None:
        run_import(consents)
        consent_withdraw(consent=consent_of("13800138000"), actor="svc:test", now=NOW)
        table = [HEADINGS, row("13800138000", "b", 同意时间="2026-02-01")]

        done = run_import(write_text(tmp_path / "older.csv", table))

        assert (done["added"], done["withdrawn"]) == (0, 1)
        assert not Consent.objects.standing().filter(person__masked="138****8000").exists()

    def test_is_followed_by_the_persons_own_later_one(
        self, house: House, consents: Path, tmp_path: Path
    ) -> None:
        run_import(consents)
        Consent.objects.update(withdrawn_at=NOW - timedelta(days=3))
        table = [HEADINGS, row("13800138000", "b", 同意时间="2026-03-10 09:00")]

        done = run_import(write_text(tmp_path / "later.csv", table))

        assert (done["added"], done["withdrawn"]) == (1, 0)
