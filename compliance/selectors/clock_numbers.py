"""Clocks of what calls go out by: numbers, channels of refusal, trunks, outlets, training."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max

from compliance.models import (
    CallerNumber,
    ChannelTest,
    ExternalList,
    FilingChange,
    Outlet,
    Seat,
    Trunk,
)
from compliance.selectors.clock_due import DAY, Due, local_day, numbers_of, stopping
from compliance.workdays import FILING_WORKDAYS, nth_workday_after

CERTIFICATE = stopping(
    "number_certificate",
    "主叫号码 {number} 的码号证书到期",
    "The certificate of caller number {number} expires",
)
FILING = stopping(
    "number_filing",
    "主叫号码 {number} 的变更应备案",
    "A change of caller number {number} has to be filed",
)
CALL_BACK = stopping(
    "call_back_test",
    "主叫号码 {number} 应回拨测试",
    "Caller number {number} has to be called back",
)
CHANNEL = stopping(
    "channel_test",
    "撤回渠道 {channel} 应测试",
    "The channel of refusal {channel} has to be tested",
)
TRUNK = stopping("trunk_review", "线路 {code} 应复核", "Trunk {code} has to be reviewed")
OUTLET = stopping(
    "outlet_inspection",
    "门店 {code} 尚未现场核验",
    "Outlet {code} was never inspected on site",
)
TRAINING = stopping("training", "{username} 的培训到期", "The training of {username} lapses")
EXTERNAL = stopping(
    "external_list",
    "外部谢绝来电名单 {code} 应更新",
    "The do-not-call list {code} has to be read again",
)


def number_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of filed numbers and of changes that wait for their receipt."""
    days = numbers_of("CN13-NUM-08", now).hold_days
    tested = CallerNumber.objects.annotate(tested=Max("callbacks__tested_on"))
    for one in tested.filter(callout_opened=True).order_by("pk"):
        obj, said = f"caller_number:{one.pk}", one.number
        yield CERTIFICATE.due(obj, one.certificate_until, today=today, number=said)
        last = today - DAY if one.tested is None else one.tested + days * DAY
        yield CALL_BACK.due(obj, last, today=today, number=said)
    for change in FilingChange.objects.filter(filed_on=None).select_related("number"):
        last = nth_workday_after(change.changed_on, count=FILING_WORKDAYS)
        obj = f"filing_change:{change.pk}"
        yield FILING.due(obj, last, today=today, number=change.number.number)


def channel_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of the channels by which people say no, and of others' lists."""
    params = numbers_of("CN13-CON-10", now)
    tests = dict(ChannelTest.objects.values_list("channel").annotate(Max("tested_at")))
    for channel in sorted({*params.required, *tests}):
        if channel in tests:
            at = tests[channel] + params.max_age
            yield CHANNEL.due_at(f"channel:{channel}", at, now=now, channel=channel)
        else:
            yield CHANNEL.due(f"channel:{channel}", today - DAY, today=today, channel=channel)
    max_age = numbers_of("CN13-REF-08", now).max_age
    for one in ExternalList.objects.annotate(read=Max("editions__as_of")).order_by("pk"):
        obj = f"external_list:{one.pk}"
        if one.read is None:
            yield EXTERNAL.due(obj, local_day(one.registered_at), today=today, code=one.code)
        else:
            yield EXTERNAL.due_at(obj, one.read + max_age, now=now, code=one.code)


def place_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of trunks, outlets and the training of the people in seats."""
    review = numbers_of("CN13-LIC-07", now).review_days
    for trunk in Trunk.objects.filter(active=True).order_by("pk"):
        day = trunk.reviewed_on + review * DAY
        yield TRUNK.due(f"trunk:{trunk.pk}", day, today=today, code=trunk.code)
    for outlet in Outlet.objects.filter(active=True, inspected_on=None).order_by("pk"):
        day = local_day(outlet.registered_at)
        yield OUTLET.due(f"outlet:{outlet.pk}", day, today=today, code=outlet.code)
    days = numbers_of("CN13-AGT-04", now).days
    seated = Seat.objects.filter(active=True, agent__staff_record__left_on=None)
    passed = seated.values_list("agent_id", "agent__username").annotate(
        Max("agent__trainings__passed_on")
    )
    for agent, username, last in passed.order_by("agent_id").distinct():
        day = today - DAY if last is None else last + days * DAY
        yield TRAINING.due(f"u:{agent}", day, today=today, username=username)
