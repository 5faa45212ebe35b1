"""What a script says of the machine that speaks it (DIA-10, DIA-11), of renewals (FRQ-09)."""

import pytest

from compliance.selectors.script_signs import (
    offers_person,
    renews_policies,
    says_machine,
    takes_refusal,
)


class TestSigns:
    @pytest.mark.parametrize(
        ("script", "said"),
        [
            ("您好，我是晨星教育的智能语音助手。", True),
            ("您好，我是ＡＩ助手小云。", True),
            ("您好，我是机 器 人客服。", True),
            ("您好，我是小云。", False),
            ("您好，" + "我们的课程很好。" * 9 + "我是机器人。", False),  # far too late
        ],
    )
    def test_of_a_machine_stand_at_the_beginning(self, script: str, said: bool) -> None:  # noqa: FBT001
        assert says_machine(script=script) is said

    @pytest.mark.parametrize("script", ["不方便请按9。", "拒绝来电请按 ９ 键。", "请按九号键"])
    def test_of_a_refusal_by_key(self, script: str) -> None:
        assert takes_refusal(script=script)
        assert not takes_refusal(script="请按1继续。")

    @pytest.mark.parametrize("script", ["转人工请说人工。", "可转接人工坐席。"])
    def test_of_a_person_to_talk_to(self, script: str) -> None:
        assert offers_person(script=script)
        assert not offers_person(script="感谢接听。")

    def test_of_a_renewal_are_found_in_any_text(self) -> None:
        assert renews_policies(texts=("回访", "您的车险即将到期，是否续 保？"))
        assert not renews_policies(texts=("回访", "满意度调查"))
