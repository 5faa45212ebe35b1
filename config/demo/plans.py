"""The campaigns of the sample: two that a B24 licence allows with consent, one under contract."""

from dataclasses import dataclass

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
    script: str
    offers: bool = False


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
        script="您好，我是晨星教育委托的话务员，您在官网登记想了解课程安排，现在方便吗？不方便请按9。",
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
        script="您好，安居家电委托我们回访上次维修，占用您一分钟可以吗？不愿意请按9。",
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
        script="您好，江城燃气通知您：本周更换燃气表，请确认上门时间。不愿接听请按9。",
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
    script="您好，新款家电限时优惠。",
    offers=True,
)
