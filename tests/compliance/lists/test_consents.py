"""Lists of consents."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from compliance.lists import CONSENT_COLUMNS, ConsentRow, Reject, check_consents, open_rows
from compliance.lists.answers import Method
from tests.compliance.lists.files import book_file, refused, text_file

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PROOF = "ab" * 32
TEXT = "我同意甲公司就服务通知致电。"
GOOD = {
    "手机": "13800138000",
    "是否同意": "同意",
    "同意时间": "2026-11-02 09:30",
    "告知文本": TEXT,
    "方式": "网页",
    "凭证哈希": PROOF,
    "目的": "P4",
    "有效期": "2027-05-01",
    "AI外呼": "",
}


def table(*changes: dict[str, str]) -> list[list[str]]:
    """Make one good row a change, with the change made."""
    headings = list({key: None for change in changes for key in {**GOOD, **change}})
    return [
        headings,
        *([{**GOOD, **change}.get(key, "") for key in headings] for change in changes),
    ]


def consents(path: Path) -> list[ConsentRow | Reject]:
    with open_rows(path, columns=CONSENT_COLUMNS) as rows:
        return list(check_consents(rows, now=NOW))


def consent(folder: Path, **change: str) -> ConsentRow | Reject:
    (outcome,) = consents(text_file(folder, table(change)))
    return outcome


class TestCheckConsents:
    def test_gives_all_that_makes_a_consent_usable(self, tmp_path: Path) -> None:
        outcome = consent(tmp_path)

        assert outcome == ConsentRow(
            line=2,
            number=outcome.number,  # type: ignore[union-attr]
            consented_at=datetime(2026, 11, 2, 1, 30, tzinfo=UTC),
            zone_assumed=True,
            text_shown=TEXT,
            text_sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
            method=Method.WEB_FORM,
            evidence=None,
            evidence_sha256=PROOF,
            purposes=("P4",),
            expires_on=date(2027, 5, 1),
            ai_allowed=False,
            sensitive_allowed=False,
            request_event="",
            policy_ends_on=None,
            name=None,
            external_ref=None,
        )
        assert outcome.number.e164 == "+8613800138000"

    @pytest.mark.parametrize(
        "said", ["同意", "是", "yes", "Y", "1", "1.0", "TRUE", "agree", "√", " 已同意 ", "ＹＥＳ"]
    )
    def test_takes_a_plain_yes(self, tmp_path: Path, said: str) -> None:
        assert isinstance(consent(tmp_path, 是否同意=said), ConsentRow)

    @pytest.mark.parametrize(
        "said",
        [
            "", " ", "考虑一下", "待定", "unknown", "未知", "maybe", "同意(待确认)", "不确定",
            "10", "1-0", "是？", "是/否", "2", "好像同意", "yes no", "①", "=TRUE()", "-",
        ],
    )  # fmt: skip
    def test_holds_the_unclear_for_a_no(self, tmp_path: Path, said: str) -> None:
        outcome = consent(tmp_path, 是否同意=said)

        assert refused([outcome]) == [(2, "answer_unclear")]

    @pytest.mark.parametrize("said", ["不同意", "否", "no", "N", "0", "false", "拒绝"])
    def test_knows_a_no(self, tmp_path: Path, said: str) -> None:
        assert refused([consent(tmp_path, 是否同意=said)]) == [(2, "answer_no")]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"手机": "110"}, "emergency"),
            ({"手机": "1.38E+10"}, "scientific"),
            ({"手机": "4001234567"}, "called_free"),
            ({"凭证哈希": ""}, "no_evidence"),
            ({"凭证哈希": "ab" * 31}, "no_evidence"),
            ({"凭证哈希": "zz" * 32}, "no_evidence"),
            ({"凭证哈希": "form.pdf"}, "no_evidence"),
            ({"同意时间": ""}, "no_time"),
            ({"同意时间": "2026-02-30"}, "no_time"),
            ({"同意时间": "2026-11-02 25:00"}, "no_time"),
            ({"同意时间": "02/11/2026"}, "no_time"),
            ({"同意时间": "1926-11-02"}, "no_time"),
            ({"同意时间": "去年"}, "no_time"),
            ({"同意时间": "2026-11-20 10:00:01"}, "future"),
            ({"同意时间": "2027-01-01"}, "future"),
            ({"告知文本": ""}, "no_text"),
            ({"告知文本": "", "告知文本哈希": "xyz"}, "no_text"),
            ({"告知文本哈希": "cd" * 32}, "text_differs"),
            ({"告知文本哈希": "xyz"}, "text_differs"),
            ({"方式": ""}, "no_method"),
            ({"方式": "心灵感应"}, "no_method"),
            ({"目的": ""}, "no_purpose"),
            ({"目的": "P8"}, "no_purpose"),
            ({"目的": "P4;随便"}, "no_purpose"),
            ({"有效期": "长期"}, "bad_expiry"),
            ({"有效期": "2026-02-30"}, "bad_expiry"),
            ({"有效期": "2026-11-01"}, "bad_expiry"),
            ({"有效期": "2026-11-19"}, "expired"),
            ({"姓名": "=1+1"}, "formula_text"),
        ],
    )
    def test_refuses(self, tmp_path: Path, change: dict[str, str], code: str) -> None:
        assert refused([consent(tmp_path, **change)]) == [(2, code)]

    def test_takes_the_present_instant_and_the_last_day(self, tmp_path: Path) -> None:
        outcome = consent(tmp_path, 同意时间="2026-11-20 10:00:00", 有效期="2026-11-20")

        assert isinstance(outcome, ConsentRow)
        assert outcome.consented_at == NOW

    def test_takes_a_digest_in_place_of_the_text(self, tmp_path: Path) -> None:
        for change in ({"告知文本": "", "告知文本哈希": PROOF}, {"告知文本": PROOF.upper()}):
            outcome = consent(tmp_path, **change)
            assert isinstance(outcome, ConsentRow)
            assert (outcome.text_shown, outcome.text_sha256) == (None, PROOF)

    def test_takes_both_if_they_agree(self, tmp_path: Path) -> None:
        own = hashlib.sha256(TEXT.encode()).hexdigest()

        assert isinstance(consent(tmp_path, 告知文本哈希=own), ConsentRow)

    @pytest.mark.parametrize(
        "proof", [PROOF.upper(), f"sha256:{PROOF}", f" {PROOF} ", f"'{PROOF}"]
    )
    def test_takes_a_digest_as_tools_write_it(self, tmp_path: Path, proof: str) -> None:
        outcome = consent(tmp_path, 凭证哈希=proof, 凭证="表单/2026/17.pdf")

        assert isinstance(outcome, ConsentRow)
        assert (outcome.evidence, outcome.evidence_sha256) == ("表单/2026/17.pdf", PROOF)

    @pytest.mark.parametrize(
        ("cell", "purposes"),
        [
            ("p4", ("P4",)),
            ("服务通知", ("P4",)),
            ("P6;P4", ("P4", "P6")),
            ("Service notice、survey", ("P4", "P6")),
        ],
    )
    def test_reads_purposes(self, tmp_path: Path, cell: str, purposes: tuple[str, ...]) -> None:
        outcome = consent(tmp_path, 目的=cell)

        assert isinstance(outcome, ConsentRow)
        assert outcome.purposes == purposes

    @pytest.mark.parametrize(
        ("cell", "allowed"), [("是", True), ("", False), ("待定", False), ("否", False)]
    )
    def test_lets_a_machine_call_only_on_a_plain_yes(
        self, tmp_path: Path, cell: str, *, allowed: bool
    ) -> None:
        outcome = consent(tmp_path, AI外呼=cell)

        assert isinstance(outcome, ConsentRow)
        assert outcome.ai_allowed is allowed

    @pytest.mark.parametrize(
        ("cell", "allowed"), [("是", True), ("", False), ("考虑一下", False), ("否", False)]
    )
    def test_uses_sensitive_information_only_on_a_plain_yes(
        self, tmp_path: Path, cell: str, *, allowed: bool
    ) -> None:
        outcome = consent(tmp_path, 敏感信息=cell)

        assert isinstance(outcome, ConsentRow)
        assert outcome.sensitive_allowed is allowed

    @pytest.mark.parametrize(
        ("cell", "event"), [("form-2026-0188", "form-2026-0188"), (" 无 ", ""), ("", "")]
    )
    def test_reads_the_event_by_which_a_call_was_asked_for(
        self, tmp_path: Path, cell: str, event: str
    ) -> None:
        outcome = consent(tmp_path, 回电请求=cell)

        assert isinstance(outcome, ConsentRow)
        assert outcome.request_event == event

    @pytest.mark.parametrize(("letters", "code"), [(64, None), (65, "long_text")])
    def test_takes_no_story_for_an_event(
        self, tmp_path: Path, letters: int, code: str | None
    ) -> None:
        outcome = consent(tmp_path, 回电请求="f" * letters)

        assert getattr(outcome, "code", None) == code

    def test_reads_when_the_policy_ends(self, tmp_path: Path) -> None:
        outcome = consent(tmp_path, 保单到期日="2026-12-31")

        assert isinstance(outcome, ConsentRow)
        assert outcome.policy_ends_on == date(2026, 12, 31)

    def test_sends_back_an_end_of_a_policy_that_is_no_day(self, tmp_path: Path) -> None:
        outcome = consent(tmp_path, 保单到期日="明年")

        assert isinstance(outcome, Reject)
        assert outcome.code == "bad_policy_end"

    def test_takes_landlines(self, tmp_path: Path) -> None:
        assert isinstance(consent(tmp_path, 手机="010-62345678"), ConsentRow)

    def test_refuses_rows_whose_cells_have_shifted(self, tmp_path: Path) -> None:
        rows = table({})
        rows[1].append("x")

        assert refused(consents(text_file(tmp_path, rows))) == [(2, "columns")]

    def test_reads_the_dates_of_a_workbook(self, tmp_path: Path) -> None:
        headings, cells = table({})
        row: list[object] = list(cells)
        row[headings.index("同意时间")] = datetime(2026, 11, 2, 9, 30)
        row[headings.index("有效期")] = datetime(2027, 5, 1)
        row[headings.index("是否同意")] = True
        row[headings.index("手机")] = 13800138000.0

        (outcome,) = consents(book_file(tmp_path, [headings, row]))

        assert isinstance(outcome, ConsentRow)
        assert outcome.consented_at == datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
        assert outcome.expires_on == date(2027, 5, 1)

    def test_hides_name_text_and_number_in_its_repr(self, tmp_path: Path) -> None:
        shown = repr(consent(tmp_path, 姓名="欧阳娜"))

        assert "13800138000" not in shown
        assert "欧阳娜" not in shown
        assert TEXT not in shown
