"""The clock of a test: it stands, runs or is moved on."""

from datetime import datetime, timedelta

from django.db import connection, transaction

from compliance.models import CallerNumber, ChannelTest, DemoClock
from compliance.services.channel_test_record import channel_test_record
from compliance.services.demo_clock_set import demo_clock_set
from config.demo.papers import call_back
from tests.parties import ACTOR


def freeze(at: datetime) -> datetime:
    """Make `at` the present, standing still; like every change of the clock a new epoch."""
    demo_clock_set(base_at=at, running=False, actor=ACTOR, now=at)
    try_channels(at)
    return at


def run_clock(at: datetime) -> datetime:
    """Make `at` the present, running on from there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        real: datetime = cursor.fetchone()[0]
    demo_clock_set(base_at=at, running=True, actor=ACTOR, now=real)
    return at


def let_time_pass(at: datetime) -> datetime:
    """Move the standing clock to `at` as time does: without a new epoch."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # skips the epoch's trigger
        DemoClock.objects.update(base_at=at)
        cursor.execute("SET LOCAL session_replication_role = origin")
    try_channels(at)
    return at


def try_channels(at: datetime) -> None:
    """Try every channel of refusal and every number as each week has to, if nobody did so."""
    if ChannelTest.objects.filter(tested_at__gt=at - timedelta(days=5)).exists():
        return
    for number in CallerNumber.objects.filter(callbacks__isnull=False).distinct():
        call_back(number, actor=ACTOR, now=at)
    for channel in ("key_9", "letter", "web"):
        channel_test_record(
            channel=channel, alive=True, evidence="每周测试 weekly test", actor=ACTOR, now=at
        )
