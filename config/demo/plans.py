"""The campaigns of the sample: two that a B24 licence allows with consent, one under contract."""

from dataclasses import dataclass

from compliance.scripts import Step

CALLER_NUMBERS = ("9512301", "9512302", "9512303")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One campaign of the sample."""

    code: str
    name: str
    principal: str
    industry: str
    purpose: str
    basis: str
    audience: str
    content: str
    script: tuple[Step, ...]
    source: str  # where its list comes from
    offers: bool = False


def _opening(why: str, source: str) -> Step:
    return Step(
        "opening",
        f"您好，我是{{operator}}的话务员，工号{{seat}}，受{{principal}}委托来电。{source}，"
        f"来电是为了{why}，通话会录音。不想接听请按9，我们不再来电。",
    )


PLANS = (
    Plan(
        code="spring-course",
        name="课程信息咨询回复",
        principal="晨星教育科技有限公司",
        industry="education",
        purpose="P3",
        basis="consent",
        audience="在本机构官网登记咨询的家长",
        content="回复其登记的课程安排问题",
        script=(
            _opening("答复您登记的课程安排问题", "您在官网登记时留下了这个号码"),
            Step("answer", "现在方便吗？您登记的课程每周两次，时间可以自己选。"),
        ),
        source="own_form",
    ),
    Plan(
        code="after-repair",
        name="维修满意度回访",
        principal="安居家电服务有限公司",
        industry="retail",
        purpose="P6",
        basis="consent",
        audience="三十日内完成维修并同意回访的客户",
        content="询问维修是否满意",
        script=(
            _opening("回访上次维修是否满意", "您报修时留下了这个号码"),
            Step("survey", "占用您一分钟可以吗？请从一到五评分，五分最满意。"),
        ),
        source="own_customers",
    ),
    Plan(
        code="meter-notice",
        name="换表上门时间通知",
        principal="江城燃气有限公司",
        industry="other",
        purpose="P4",
        basis="contract",
        audience="合同约定更换燃气表的用户",
        content="通知上门更换燃气表的时间",
        script=(
            _opening("通知您更换燃气表的上门时间", "您签订供气合同时留下了这个号码"),
            Step("notice", "本周更换燃气表，请问周四上午家里有人吗？更换由合同约定，不另收费。"),
        ),
        source="own_customers",
    ),
)
MARKETING = Plan(
    code="spring-sale",
    name="家电促销推广",
    principal="安居家电服务有限公司",
    industry="retail",
    purpose="P1",
    basis="consent",
    audience="老客户",
    content="推销新款家电",
    script=(
        _opening("介绍新款家电", "您购买家电时留下了这个号码"),
        Step("offer", "新款洗衣机现价两千元，到3月31日为止，每人限购一台。"),
    ),
    source="own_customers",
    offers=True,
)
