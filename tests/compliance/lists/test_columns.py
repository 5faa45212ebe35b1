"""Headings, as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.lists import (
    CONSENT_COLUMNS,
    LEAD_COLUMNS,
    REJECT_HEADINGS,
    Column,
    ListFileError,
    map_headings,
)

EXTRA = ("身份证号", "月收入", "住址", "id card", "Income", "微信号", "病史", "", "  ")


def written(heading: str) -> st.SearchStrategy[str]:
    """Return ways in which people write the heading."""
    decorated = ("{}", " {} ", "*{}", "{}（必填）", "【必填】{}", "{}：", "\ufeff{}")
    said = st.sampled_from([heading, heading.upper(), heading.title()])
    return st.builds(str.format, st.sampled_from(decorated), said)


@st.composite
def heading_rows(draw: st.DrawFn) -> tuple[list[str], list[str], list[Column]]:
    """Draw a row of headings, what of it nobody may import, and the columns that it has."""
    wanted = draw(st.sampled_from([LEAD_COLUMNS, CONSENT_COLUMNS]))
    known = [draw(st.sampled_from(sorted(column.names)).flatmap(written)) for column in wanted]
    extra = draw(st.lists(st.sampled_from(EXTRA), max_size=6, unique=True))
    reject = draw(st.lists(st.sampled_from(REJECT_HEADINGS), max_size=2, unique=True))
    return draw(st.permutations([*known, *extra, *reject])), extra, list(wanted)


class TestMapHeadings:
    @pytest.mark.parametrize(
        "heading",
        [
            "手机", "手机号", "手机号码", "电话", "联系电话", "mobile", "Phone", "TEL",
            "phone_number", "Phone Number", " 手机号 ", "\ufeff手机号", "手 机 号",
            "手机号（必填）", "*手机号", "【必填】手机号", "手机号/mobile", "ＭＯＢＩＬＥ",
            "手机号：",
        ],
    )  # fmt: skip
    def test_knows_the_number_as(self, heading: str) -> None:
        assert map_headings([heading], LEAD_COLUMNS).keys == ("number",)

    @pytest.mark.parametrize(
        ("heading", "key"),
        [
            ("姓名", "name"), ("Name", "name"), ("来源", "source"), ("source", "source"),
            ("客户编号", "external_ref"), ("External ID", "external_ref"),
        ],
    )  # fmt: skip
    def test_knows_of_a_lead(self, heading: str, key: str) -> None:
        assert map_headings([heading, "手机"], LEAD_COLUMNS).keys == (key, "number")

    @pytest.mark.parametrize(
        "headings",
        [
            (
                "手机 是否同意 同意时间 告知文本 方式 凭证哈希 目的 有效期 AI外呼 凭证 "
                "敏感信息 回电请求 保单到期日"
            ),
            (
                "tel answer consented_at text_shown method sha256 purpose expires_on ai proof "
                "sensitive request_event policy_ends_on"
            ),
        ],
    )
    def test_knows_every_column_of_a_consent(self, headings: str) -> None:
        found = map_headings(headings.split(), CONSENT_COLUMNS)

        assert found.keys == (
            "number", "answer", "consented_at", "text_shown", "method", "evidence_sha256",
            "purpose", "expires_on", "ai_allowed", "evidence", "sensitive_allowed",
            "request_event", "policy_ends_on",
        )  # fmt: skip
        assert found.dropped == ()

    def test_takes_any_order_and_names_what_it_drops(self) -> None:
        found = map_headings(["身份证号", "来源", "月收入", "手机", "姓名", ""], LEAD_COLUMNS)

        assert found.keys == ("source", "number", "name")
        assert found.positions == (1, 3, 4)
        assert found.dropped == ("身份证号", "月收入")

    @given(heading_rows())
    def test_reads_what_is_needed_and_names_all_the_rest(
        self, drawn: tuple[list[str], list[str], list[Column]]
    ) -> None:
        """CN13-LST-08: no column is read that nobody asked for, and none is dropped unsaid."""
        row, extra, wanted = drawn

        found = map_headings(row, wanted)

        assert sorted(found.keys) == sorted(column.key for column in wanted)
        assert sorted(found.dropped) == sorted(one for one in extra if one.strip())
        assert not {row[at] for at in found.positions} & {*extra, *REJECT_HEADINGS}

    def test_does_not_report_the_columns_of_a_reject_file_as_dropped(self) -> None:
        found = map_headings(["手机", "行号/line", "原因", "reason"], LEAD_COLUMNS)

        assert (found.keys, found.dropped) == (("number",), ())

    def test_refuses_two_columns_with_one_meaning(self) -> None:
        with pytest.raises(ListFileError) as problem:
            map_headings(["手机号", "联系电话", "姓名"], LEAD_COLUMNS)

        for words in (problem.value.zh, problem.value.en):
            assert "手机号、联系电话" in words

    def test_names_what_is_missing_and_what_it_found(self) -> None:
        with pytest.raises(ListFileError) as problem:
            map_headings(["姓名", "来源"], LEAD_COLUMNS)

        for words in (problem.value.zh, problem.value.en):
            assert "手机号 / mobile" in words
            assert "姓名、来源" in words

    def test_shows_no_number_that_stands_in_place_of_a_heading(self) -> None:
        with pytest.raises(ListFileError) as problem:
            map_headings(["张三", "13800138000"], LEAD_COLUMNS)

        assert "13800138000" not in str(problem.value)

    @pytest.mark.parametrize(
        "lacking", ["answer", "evidence_sha256", "consented_at", "method", "purpose"]
    )
    def test_refuses_consents_without(self, lacking: str) -> None:
        headings = "phone answer consented_at text_shown method evidence_sha256 purpose"

        with pytest.raises(ListFileError):
            map_headings(headings.replace(lacking, "").split(), CONSENT_COLUMNS)
