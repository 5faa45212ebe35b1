"""Whether a no would be heard and kept: the channels that take it, the seat that writes it."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, ChannelFacts, FilingFacts
from compliance.rulebook.rule import call_rule, filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import SEAT_UNKNOWN

OVERRULED = Reason(
    code="overruled",
    zh="该坐席已有 {count} 通被叫明确拒绝的通话被记为其他结果，坐席暂停。",
    en="The seat wrote down {count} refusals as something else; it is suspended.",
)
CHANNELS_UNKNOWN = Reason(
    code="channels_unknown",
    zh="无法读取撤回渠道的测试记录。",
    en="The tests of the channels by which people say no could not be read.",
)
CHANNEL_UNTESTED = Reason(
    code="channel_untested",
    zh="撤回渠道 {channel} 近 {days} 天没有测试记录。",
    en="The channel {channel} was not tested in the last {days} days.",
)
CHANNEL_DEAD = Reason(
    code="channel_dead",
    zh="撤回渠道 {channel} 测试不通，任务暂停。",
    en="The channel {channel} did not work when it was last tested; the campaign waits.",
)


def _limit(stated: Stated) -> int:
    stated.only("suspend_at")
    return stated.number("suspend_at")


@call_rule(SEAT_UNKNOWN, OVERRULED, params=_limit)
def seat_keeps_refusals(facts: CallFacts, params: int) -> Answer:
    """Refuse calls from a seat that keeps writing refusals down as something else."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    if facts.seat.overruled < params:
        return ALLOW
    return refuse(OVERRULED, count=facts.seat.overruled)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelParams:
    """Which channels must work, and how long a test says so."""

    required: frozenset[str]
    max_age: timedelta


def _channels(stated: Stated) -> ChannelParams:
    stated.only("required", "test_days")
    return ChannelParams(
        required=stated.names("required"),
        max_age=timedelta(days=stated.number("test_days")),
    )


@filing_rule(CHANNELS_UNKNOWN, CHANNEL_UNTESTED, CHANNEL_DEAD, params=_channels)
def channels_alive(facts: FilingFacts, params: ChannelParams) -> Answer:
    """Refuse unless every channel by which a person can say no worked when tried this week.

    A channel that was ever tested is one that people were told about: it cannot drop out unseen.
    """
    if facts.channels is None:
        return refuse(CHANNELS_UNKNOWN)
    tests = {test.channel: test for test in facts.channels}
    for test in facts.channels:
        if test.alive is not True:
            return refuse(CHANNEL_DEAD, channel=test.channel)
    for channel in sorted({*params.required, *tests}):
        if _untested(tests.get(channel), facts, params):
            return refuse(CHANNEL_UNTESTED, channel=channel, days=params.max_age.days)
    return ALLOW


def _untested(test: ChannelFacts | None, facts: FilingFacts, params: ChannelParams) -> bool:
    return test is None or facts.at - test.tested_at > params.max_age
