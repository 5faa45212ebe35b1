"""What people vouch for in the sample: consent forms, samples of lists, channels of refusal."""

from collections.abc import Sequence
from datetime import datetime

from compliance.models import ChannelTest, Principal
from compliance.services.channel_test_record import channel_test_record
from compliance.services.consent_form_approve import FormReview, consent_form_approve
from compliance.services.consent_sample import consent_sample_check, consent_sample_draw
from config.demo.house import ACTOR, People
from config.demo.plans import Plan
from dialer.models import Campaign

CHANNELS = ("key_9", "letter", "web")


def consent_text(principal: str) -> str:
    """Return the words that the sample's people agreed to."""
    return (
        f"□ 同意{principal}就本人登记的事项电话联系本人（人工坐席，不使用机器人）；"
        "可随时按9、在公开页面或来信撤回。"
    )


def form_approve(plan: Plan, principal: Principal, people: People, now: datetime) -> None:
    """Have the principal's consent form reviewed by the compliance officer."""
    consent_form_approve(
        principal=principal,
        purposes=[plan.purpose],
        text=consent_text(plan.principal),
        review=FormReview(**dict.fromkeys(FormReview.__dataclass_fields__, True)),
        author=people.supervisor,
        approver=people.compliance,
        now=now,
    )


def lists_sample(campaigns: Sequence[Campaign], people: People, now: datetime) -> None:
    """Hold a sample of each list against its proofs."""
    for campaign in campaigns:
        sample = consent_sample_draw(
            whitelist=campaign.filing.whitelist, drawn_by=people.compliance, now=now
        )
        items = sample.items.values_list("pk", flat=True)
        consent_sample_check(
            sample=sample,
            proved=dict.fromkeys(items, True),
            checked_by=people.compliance,
            now=now,
        )


def channels_try(now: datetime) -> None:
    """Try every channel by which people can say no, unless somebody did so after `now`."""
    if ChannelTest.objects.filter(tested_at__gte=now).exists():
        return
    for channel in CHANNELS:
        channel_test_record(
            channel=channel, alive=True, evidence="演示测试 demo test", actor=ACTOR, now=now
        )
