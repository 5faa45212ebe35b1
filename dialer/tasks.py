"""What Celery schedules: ticks that ask the gate again. Nothing here is retried by the broker."""

from celery import shared_task

from compliance import clock
from compliance.models import CampaignFiling
from compliance.services.abandonment_measure import abandonments_sweep
from dialer.models import Campaign
from dialer.services.calls_review import calls_review
from dialer.services.campaign_pace import campaign_pace
from dialer.services.leftovers_sweep import leftovers_sweep

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
