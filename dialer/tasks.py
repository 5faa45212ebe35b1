"""What Celery schedules: ticks that ask the gate again. Nothing here is retried by the broker."""

import logging

import redis
from celery import shared_task

from compliance import clock
from compliance.models import CampaignFiling
from compliance.services.abandonment_measure import abandonments_sweep
from dialer.edge.log import edges
from dialer.edge.take_over import take_over
from dialer.models import Campaign
from dialer.reconcile.hours import day_before
from dialer.reconcile.near import witnesses_near
from dialer.reconcile.run import TOLERANCE, reconcile
from dialer.services.calls_review import calls_review
from dialer.services.campaign_pace import campaign_pace
from dialer.services.leftovers_sweep import leftovers_sweep
from dialer.services.reconciliation_record import is_recorded, reconciliation_record

log = logging.getLogger(__name__)
TURNS_A_TICK = 10


@shared_task(name="dialer.pace")
def pace(**_: object) -> None:
    """Tick every running campaign. `**_` lets an old worker take a newer message."""
    running = Campaign.objects.filter(filing__state=CampaignFiling.State.ACTIVE)
    for campaign in running.select_related("filing__trunk"):
        # The gate refuses whoever asks by an old clock, so each turn is short and reads it anew.
        for _turn in range(TURNS_A_TICK):
            if not campaign_pace(campaign=campaign, now=clock.read()):
                break


@shared_task(name="dialer.sweep")
def sweep(**_: object) -> None:
    """Set right what a crash left behind."""
    now = clock.read()
    leftovers_sweep(now=now)
    abandonments_sweep(now=now)


@shared_task(name="dialer.review")
def review(**_: object) -> None:
    """Look at the last day's call records, and suspend campaigns that they speak against."""
    calls_review(actor="svc:review", now=clock.read())


@shared_task(name="dialer.reconcile", soft_time_limit=900, time_limit=960)
def reconcile_yesterday(**_: object) -> None:
    """Hold the day that ended last against the witness, unless that is done; by the wire's clock.

    A witness that cannot be read fails the task, which tries again with the next tick.
    """
    span = day_before(clock.host_now())
    if is_recorded(span):
        return
    made = reconcile(span=span, witnesses=witnesses_near(span.widened(TOLERANCE)))
    reconciliation_record(made=made, actor="svc:reconcile", now=clock.read())


@shared_task(name="dialer.edge_log", acks_late=True, reject_on_worker_lost=True)
def edge_log(**_: object) -> None:
    """Take over what the edges have seen; a store that is away is asked with the next tick."""
    for edge, url in edges().items():
        try:
            take_over(edge=edge, url=url, now=clock.read())
        except redis.RedisError as error:
            log.warning("edge %s: its store is away: %s", edge, type(error).__name__)
