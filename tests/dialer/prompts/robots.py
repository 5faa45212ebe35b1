"""A campaign in which a machine speaks."""

from pathlib import Path

from compliance.models import ScriptVersion
from compliance.scripts import Step
from compliance.services.filing_activate import filing_activate
from compliance.services.filing_register import FilingElements
from compliance.services.script_approve import script_approve
from dialer.models import Campaign
from dialer.services.campaign_register import campaign_register
from dialer.services.prompt_approve import PromptFile, prompt_approve
from tests.dialer.prompts.sounds import tone
from tests.parties import MORNING
from tests.world import World

OPERATOR, PRINCIPAL = "允呼测试呼叫中心有限公司", "晨星教育科技有限公司"
ROBOT_STEPS = (
    Step(
        "opening",
        f"您好，我是{OPERATOR}的智能语音机器人，工号R01，受{PRINCIPAL}委托，"
        "来电是为了回访您参加的课程，您的号码来自您本人的登记，通话会录音。"
        "不想接听请按9，我们不再来电。转人工请按0。",
    ),
    Step("question", "课程的上课时间没有变化，祝您学习愉快，再见。"),
    Step("nobody", "现在没有人工坐席，请您稍后致电我们，再见。"),
)
NOTICE_SECONDS = 13


SORRY = f"这里是{PRINCIPAL}的来电，刚才没能接通话务员，抱歉。不想再接到来电请按9。"
PERSON_STEPS = (
    Step(
        "opening",
        "您好，我是{operator}的话务员，工号{seat}，受{principal}委托来电。您在官网登记时留下了"
        "这个号码，来电是为了答复您登记的课程安排问题，通话会录音。不想接听请按9，我们不再来电。",
    ),
    Step("sorry", SORRY),
)


def robot_campaign(
    world: World, *, steps: tuple[Step, ...] = ROBOT_STEPS, robot: bool = True
) -> Campaign:
    """Register and activate it."""
    people = world.people
    script = script_approve(
        title="回访机器人",
        principal=world.principal,
        purpose=world.filing.purpose,
        steps=steps,
        offers=False,
        author=people.author,
        approver=people.approver,
        now=MORNING,
    )
    campaign = campaign_register(
        elements=FilingElements(
            code="robot-notice",
            name="回访通知",
            principal=world.principal,
            purpose=world.filing.purpose,
            caller_number=world.caller_number,
            audience="参加课程的家长",
            content="回访课程安排",
            contact=f"致电 {world.caller_number.number}",
            trunk=world.trunk,
            script=script,
            robot=robot,
        ),
        ring_seconds=15,
        max_attempts=3,
        author=people.author,
        now=MORNING,
    )
    filing_activate(filing=campaign.filing, approver=people.approver, now=MORNING)
    return campaign


def give_voice(world: World, script: ScriptVersion, folder: Path) -> None:
    """Approve both sound files of the script."""
    for part, seconds in (("notice", NOTICE_SECONDS), ("nobody", 2)):
        prompt_approve(
            script=script,
            file=PromptFile(data=tone(seconds), part=part, cloned=False),
            folder=folder,
            author=world.people.author,
            approver=world.people.approver,
            now=MORNING,
        )
