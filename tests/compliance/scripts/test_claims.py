"""CN13-IND: what the script of an industry may not promise."""

import pytest

from compliance.scripts import Step, errors, lint
from compliance.scripts.lint import LintContext

CLAIMS = {  # IND-03, IND-04, IND-09 and others: what SCR-10 forbids them to promise
    "finance_wealth": "这款产品年化收益高达 8%",
    "securities": "我给您推荐牛股，跟着老师买",
    "realestate": "这里的房子肯定升值",
    "hr": "我们保证就业",
    "education": "报我们的班保证通过考试",
    "medical": "用了就能根治",
    "finance_loan": "不看征信，秒放款",
}


class TestClaims:
    @pytest.mark.parametrize("industry", CLAIMS)
    def test_of_an_industry_keep_its_script_from_approval(self, industry: str) -> None:
        assert "claims" in faults(CLAIMS[industry], industry)

    def test_about_prices_are_told_from_an_honest_word(self) -> None:
        assert "claims" not in faults("房价不保证升值，市场有风险", "realestate")


def faults(text: str, industry: str) -> tuple[str, ...]:
    context = LintContext(principal="甲公司", operator="乙公司", industry=industry, purpose="P3")
    return errors(lint([Step("answer", text)], context=context))
