"""What the lint finds in dishonest scripts, and that it leaves honest ones alone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.scripts import LintContext, Step, errors, lexicons, lint, makes_an_offer
from compliance.scripts.fold import fold_sign
from tests.compliance.scripts.honest import HONEST, OPERATOR, context, opening

FAULTY: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "codes": [
        ("请把您收到的验证码告诉我", {}),
        ("麻烦报一下校验码", {}),
        ("把六位数字念给我", {}),
        ("动态码发我就行", {}),
        ("为了给您办理，需要您提供短信验证码", {}),
        ("请不要把验证码告诉别人，念给我就可以", {}),
        ("我们不会索要验证码，现在请把验证码发给我", {}),
        ("請把驗證碼告訴我", {}),
    ],
    "free": [
        ("这个套餐免费送给您", {}),
        ("我们回馈老客户，不加钱升级", {}),
        ("赠送您三个月会员", {}),
        ("免费体验，原价九十九元，期限一个月", {}),  # neither renewal nor limits
        ("兔费领取", {}),
        ("mian fei 领取", {}),
    ],
    "identity": [
        ("我是移动公司的", {}),
        ("这里是10086", {}),
        ("我是幺零零八六的客服", {}),
        ("我们是市公安局反诈中心", {}),
        ("社保局工作人员通知您", {}),
        ("我是银行客服", {}),
        ("我是支付宝官方客服", {}),
        ("我们是工商银行", {"principal": "江城银行股份有限公司", "industry": "card"}),
        ("我是联通公司的", {"principal": "中国移动通信集团江城有限公司"}),
    ],
    "pressure": [
        ("名额仅剩三个，今天最后一天", {}),
        ("再不报名就来不及了", {}),
        ("不处理后果自负", {}),
        ("您的账户涉嫌洗钱", {}),
        ("您考虑得怎么样了", {}),
        ("我是您的老朋友", {}),
        ("限时办理", {}),
    ],
    "claims": [
        ("我们保过，不过退费", {}),
        ("这款产品保本", {"industry": "finance_wealth"}),
        ("稳赚不赔", {"industry": "retail"}),
        ("这里的房子一定升值", {"industry": "realestate"}),
        ("三个疗程根治", {"industry": "medical"}),
        ("不看征信，秒放款", {"industry": "finance_loan"}),
        ("包就业", {"industry": "hr"}),
    ],
    "future_consent": [
        ("您是否同意我们以后再给您来电介绍新课程", {}),
        ("今后有活动给您打电话可以吗", {}),
        ("方便我们后续定期推送优惠吗", {}),
        ("客户拒绝后，再次询问是否愿意了解", {}),
    ],
}
FLAT = [(fault, text, who) for fault, cases in FAULTY.items() for text, who in cases]
SEPARATORS = [
    sign
    for sign in map(chr, [*range(0x20, 0x30), *range(0x3000, 0x3020), *range(0x2000, 0x2070)])
    if not fold_sign(sign)
] + ["\ufeff", "\u200b", "\u00b7", "\u2605", "\U0001f600", "\n", "\t", "\u0301", "\ufe0f"]


def faults(text: str, **who: Any) -> tuple[str, ...]:
    steps = (opening("答复您登记的事项"), Step("body", text))
    return errors(lint(steps, context=context(**who)))


class TestHonestScripts:
    @pytest.mark.parametrize(
        ("who", "steps"), HONEST, ids=lambda value: getattr(value, "principal", "")
    )
    def test_are_left_alone(self, who: LintContext, steps: tuple[Step, ...]) -> None:
        assert [
            finding for finding in lint(steps, context=who) if finding.severity == "error"
        ] == []

    @pytest.mark.parametrize(
        ("who", "steps"), HONEST[1:8], ids=lambda value: getattr(value, "principal", "")
    )
    def test_sell_nothing(self, who: LintContext, steps: tuple[Step, ...]) -> None:
        assert makes_an_offer(steps, context=who) is False


class TestDishonestScripts:
    @pytest.mark.parametrize(("fault", "text", "who"), FLAT)
    def test_are_found_out(self, fault: str, text: str, who: dict[str, Any]) -> None:
        assert fault in faults(text, **who)

    @settings(deadline=None, max_examples=100)
    @given(case=st.sampled_from(FLAT), data=st.data())
    def test_cannot_hide_behind_separators(
        self, case: tuple[str, str, dict[str, Any]], data: st.DataObject
    ) -> None:
        fault, text, who = case
        between = st.text(st.sampled_from(SEPARATORS), max_size=3)
        spread = "".join(sign + data.draw(between) for sign in text)

        assert fault in faults(spread, **who)

    @pytest.mark.parametrize(("fault", "text", "who"), FLAT)
    def test_cannot_hide_behind_width(self, fault: str, text: str, who: dict[str, Any]) -> None:
        wide = "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" else s for s in text)

        assert fault in faults(wide, **who)

    @pytest.mark.parametrize(
        "text",
        ["新課程現在報名有優惠", "马上下单立减", "给您推荐一款理财产品", "现在办理升级套餐"],
    )
    def test_that_sell_are_offers_whatever_their_label(self, text: str) -> None:
        steps = (opening("答复您登记的事项"), Step("body", text))

        assert makes_an_offer(steps, context=context()) is True


class TestFinding:
    def test_points_at_the_words_and_says_how_to_mend_them(self) -> None:
        text = "您好，免-费 领取。"

        (found,) = [
            one
            for one in lint((opening("答复您"), Step("offer", text)), context=context())
            if one.fault == "free"
        ]

        assert found.rule_id == "CN13-SCR-04"
        assert found.step == "offer"
        assert text[found.start : found.end] == found.span == "免-费"
        assert "价格" in found.reason.zh
        assert "renewal" in found.reason.en
        assert found.mend.zh
        assert found.as_row()["span"] == "免-费"

    def test_only_warns_of_wechat(self) -> None:
        steps = (opening("答复您登记的事项"), Step("body", "方便加个微信吗"))

        findings = lint(steps, context=context())

        assert [one.severity for one in findings] == ["warning"]


class TestOpening:
    @pytest.mark.parametrize(
        ("left_out", "named"),
        [
            ("受{principal}委托", "委托主体真实名称"),
            (OPERATOR, "呼叫中心名称"),
            ("工号{seat}", "工号"),
            ("通话会录音", "录音告知"),
            ("您的号码来自您在官网的登记，", "号码来源"),
            ("不想接听请按9，我们不再来电", "拒绝方式"),
        ],
    )
    def test_has_to_say_everything(self, left_out: str, named: str) -> None:
        whole = opening("答复您登记的事项").text
        assert left_out in whole

        (found,) = lint((Step("opening", whole.replace(left_out, "")),), context=context())

        assert found.rule_id == "CN13-SCR-02"
        assert named in found.reason.zh

    def test_has_to_say_why(self) -> None:
        text = (
            opening("答复您登记的事项")
            .text.replace("委托来电", "委托")
            .replace("来电是为了答复您登记的事项，", "")
        )

        (found,) = lint((Step("opening", text),), context=context())

        assert "来电目的" in found.reason.zh

    def test_says_the_principals_own_name(self) -> None:
        spoken = opening("答复您登记的事项").text.replace("{principal}", "晨星教育科技有限公司")

        assert lint((Step("opening", spoken),), context=context()) == ()
        other = lint((Step("opening", spoken),), context=context(principal="别家公司"))
        assert errors(other) == ("disclosure",)


class TestLexicons:
    def test_stand_for_the_rules_of_the_catalogue(self) -> None:
        assert {lexicon.rule_id for lexicon in lexicons()} == {
            "CN13-SCR-02",
            "CN13-SCR-03",
            "CN13-SCR-04",
            "CN13-SCR-05",
            "CN13-SCR-07",
            "CN13-SCR-10",
            "CN13-CON-07",
            "CN13-LIC-02",
        }
