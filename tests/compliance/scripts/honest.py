"""Scripts that an honest call centre would use, one for each kind of business and purpose."""

from compliance.scripts import LintContext, Step

OPERATOR = "云山呼叫中心有限公司"


def context(
    *, principal: str = "晨星教育科技有限公司", industry: str = "education", purpose: str = "P3"
) -> LintContext:
    return LintContext(principal=principal, operator=OPERATOR, industry=industry, purpose=purpose)


def opening(why: str, source: str = "您的号码来自您在官网的登记") -> Step:
    return Step(
        "opening",
        f"您好，我是{OPERATOR}的话务员，工号{{seat}}，受{{principal}}委托来电。{source}，"
        f"来电是为了{why}，通话会录音。不想接听请按9，我们不再来电。",
    )


HONEST = [
    (
        context(),
        (
            opening("答复您登记的课程安排"),
            Step("answer", "课程每周两次，每次两小时，报名截止到9月1日。费用是每学期三千元。"),
            Step("choice", "报名需要您本人在官网操作，验证码请不要告诉任何人。"),
        ),
    ),
    (
        context(principal="安居家电服务有限公司", industry="retail", purpose="P6"),
        (
            opening("回访上次维修是否满意", "您报修时留下了这个号码"),
            Step("survey", "请从一到五评分。以免费用有误，请您再看一下账单。"),
        ),
    ),
    (
        context(principal="江城燃气有限公司", industry="other", purpose="P4"),
        (
            opening("通知您更换燃气表的时间", "您签订供气合同时留下了这个号码"),
            Step("notice", "更换由合同约定，不另收费。我们不会向您索要验证码。"),
        ),
    ),
    (
        context(principal="稳健基金管理有限公司", industry="securities"),
        (
            opening("答复您咨询的产品说明"),
            Step("answer", "该产品不保本，不承诺收益，投资有风险，请阅读说明书。"),
        ),
    ),
    (
        context(principal="江城银行股份有限公司", industry="card", purpose="P4"),
        (
            opening("提醒您账单已出", "您开户时留下了这个号码"),
            Step("notice", "我们是江城银行的信用卡中心，本期账单到期日是每月5日。"),
        ),
    ),
    (
        context(principal="中国移动通信集团江城有限公司", industry="telecom", purpose="P4"),
        (
            opening("通知您所在小区的网络割接时间", "您入网时留下了这个号码"),
            Step("notice", "割接在周四凌晨，可拨打10086查询进度。"),
        ),
    ),
    (
        context(principal="安居地产经纪有限公司", industry="realestate"),
        (
            opening("答复您预约的看房时间"),
            Step("answer", "房子八十九平方米，看房前请带身份证登记。"),
        ),
    ),
    (
        context(principal="康民医院", industry="medical", purpose="P4"),
        (
            opening("提醒您明天的复诊时间", "您挂号时留下了这个号码"),
            Step("notice", "请于上午九点到三楼，治疗情况由医生当面说明。"),
        ),
    ),
    (
        context(purpose="P3"),
        (
            opening("答复您咨询的试听安排"),
            Step(
                "trial",
                "试听免费，原价一百元，期限7天，到期自动停止，不会续费，每人限一次。",
            ),
        ),
    ),
    (
        context(purpose="P2"),
        (
            opening("答复您刚才的来电", "您刚才来电时留下了这个号码"),
            Step("answer", "您上次问的课程，考虑得怎么样了？"),
        ),
    ),
]
