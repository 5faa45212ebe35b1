"""Words of illicit trade, and how many rows of it are a criminal matter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.list_checks.limits import limits
from compliance.list_checks.sources import refuse_criminal_count, worst_kind
from compliance.list_checks.stopped import ListStoppedError
from compliance.list_checks.titles import refuse_illicit_titles
from compliance.list_checks.words import dropped_kinds, illicit_source, illicit_title
from compliance.rulebook.dated import FloorError


class TestTitle:
    @pytest.mark.parametrize(
        "title",
        ["2024全国车主名单.xlsx", "股民-3146条.csv", "业 主 资 源", "機主名單", "家长名单"],
    )
    def test_gives_a_leaked_list_away(self, title: str) -> None:
        assert illicit_title(title)
        with pytest.raises(ListStoppedError) as refused:
            refuse_illicit_titles(file_name=title, list_name="x", headings=())
        assert (refused.value.cause, refused.value.state) == ("LST-02", "held")

    @pytest.mark.parametrize(
        "title", ["官网三月", "leads-spring-course.csv", "维修客户", "家长姓名", "客户电话"]
    )
    def test_of_an_honest_list_is_left_alone(self, title: str) -> None:
        refuse_illicit_titles(file_name=title, list_name=title, headings=(title,))

    @given(separators=st.lists(st.sampled_from(["", " ", "-", "\u200b", "·"]), min_size=3))
    def test_cannot_hide_behind_separators(self, separators: list[str]) -> None:
        a, b, c, *_ = separators

        assert illicit_title(f"车{a}主{b}名{c}单")


class TestSource:
    @pytest.mark.parametrize(
        "cell", ["购买", "朋友给的", "QQ群", "网站爬取", "bought", "不详", "內部渠道"]
    )
    def test_is_none_if_it_is_bought_swapped_scraped_or_leaked(self, cell: str) -> None:
        assert illicit_source(cell)

    @pytest.mark.parametrize("cell", ["官网表单", "门店登记", "来电咨询", "老客户", "web form"])
    def test_is_taken_if_it_is_ones_own(self, cell: str) -> None:
        assert not illicit_source(cell)


class TestCriminalCount:
    @pytest.mark.parametrize(
        ("headings", "most"),
        [
            (("手机号", "姓名"), 5000),
            (("手机号", "家庭住址"), 5000),
            (("手机号", "消费记录"), 500),
            (("手机号", "月收入", "消费记录"), 50),
        ],
    )
    def test_depends_on_the_worst_column(self, headings: tuple[str, ...], most: int) -> None:
        refuse_criminal_count(unsourced=most - 1, headings=headings)

        for count in (most, most + 1):
            with pytest.raises(ListStoppedError) as refused:
                refuse_criminal_count(unsourced=count, headings=headings)
            assert (refused.value.cause, refused.value.state) == ("LST-03", "frozen")

    def test_of_columns_is_logged_by_kind(self) -> None:
        kinds = dropped_kinds(["身份证号", "家庭住址", "月收入", "备注"])

        assert kinds == {"other": 1, "plain": 2, "private": 1}
        assert worst_kind(["备注"]) == "plain"


class TestLimits:
    @pytest.mark.parametrize("kind", ["private", "sensitive", "plain"])
    def test_cannot_be_loosened(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        table = {**limits("CN13-LST-03"), "floor": {kind: {"at_most": 49}}}
        pack = {"imports": {"CN13-LST-03": table}}
        monkeypatch.setattr("compliance.list_checks.limits.read_pack", lambda _: pack)
        limits.cache_clear()

        with pytest.raises(FloorError):
            limits("CN13-LST-03")

        limits.cache_clear()

    def test_are_stated_by_the_pack(self) -> None:
        assert limits("CN13-LST-03") == {"private": 50, "sensitive": 500, "plain": 5000}
        assert limits("CN13-LST-04")["max_run"] == 3
