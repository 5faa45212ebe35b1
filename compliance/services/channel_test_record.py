"""Record that somebody tried a channel by which people say no, and whether it worked."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import keepers_only
from compliance.models import ChannelTest


@transaction.atomic
def channel_test_record(
    *, channel: str, alive: bool, evidence: str, actor: str, now: datetime
) -> ChannelTest:
    """Record one test; one that failed holds every campaign until a later one works.

    :raises NotAKeeperError: if it worked and the account may not; anybody may say that it did not
    """
    if alive:
        keepers_only(actor)
    test = ChannelTest.objects.create(
        channel=ChannelTest.Channel(channel),
        alive=alive,
        evidence=without_numbers(evidence),
        tested_by=actor,
        tested_at=now,
    )
    audit.record(
        "channel.tested",
        obj=f"channel_test:{test.pk}",
        actor=actor,
        now=now,
        outcome="ok" if alive else "error",
        data={"channel": test.channel, "alive": alive, "evidence": test.evidence},
    )
    return test
