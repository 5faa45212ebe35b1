"""What Celery schedules for compliance: clocks that have to ring without anybody looking."""

import logging

from celery import shared_task
from django.core.cache import cache

from audit.digests.digest import state_digest
from compliance import clock
from compliance.imports.given_back import uploads_sweep
from compliance.registers import REGISTERS, digest_due
from compliance.services.complaints_sweep import complaints_sweep
from compliance.services.daily_report_make import daily_report_make, yesterday
from compliance.services.numbers_compare import numbers_compare
from compliance.services.rule_hours_count import rule_hours_count
from compliance.services.subject_request_step import subject_requests_sweep
from compliance.webhooks.collect import collect
from compliance.webhooks.deliver import AT_ONCE, SECONDS, deliver

log = logging.getLogger(__name__)
DELIVERY_SECONDS = int(AT_ONCE * SECONDS)


@shared_task(name="compliance.complaints")
def complaints(**_: object) -> None:
    """Ring the clocks of open cases. `**_` lets an old worker take a newer message."""
    now = clock.read()
    complaints_sweep(now=now)
    subject_requests_sweep(now=now)
    uploads_sweep(now=now)


@shared_task(name="compliance.numbers")
def numbers(**_: object) -> None:
    """Compare the numbers that principals show with the places that they call."""
    numbers_compare(actor="svc:numbers", now=clock.read())


@shared_task(name="compliance.rule_hours")
def rule_hours(**_: object) -> None:
    """Count what every rule answered, for the pages that show a month of it."""
    rule_hours_count(now=clock.read())


@shared_task(name="compliance.daily_report")
def daily_report(**_: object) -> None:
    """Make the report of the day that ended last, unless it is there already."""
    now = clock.read()
    daily_report_make(day=yesterday(now), actor="svc:report", now=now)


@shared_task(name="compliance.state_digest", soft_time_limit=1800, time_limit=1860)
def digest_state(**_: object) -> None:
    """Digest the registers once a night; a change that nobody recorded is on the trail, and here.

    It looks whether the night's digest is there: a schedule that lives in memory may miss an hour.
    """
    now = clock.read()
    if not digest_due(now=now):
        return
    state = state_digest(registers=REGISTERS, actor="svc:state", now=now)
    if state.unexplained:
        log.error("registers: %s changes that no entry explains", len(state.unexplained))


@shared_task(
    name="compliance.webhooks",
    soft_time_limit=DELIVERY_SECONDS + 30,
    time_limit=DELIVERY_SECONDS + 60,
)
def webhooks(**_: object) -> None:
    """Make the messages of what was sealed since, and send what is due, by the host's clock.

    One message may take five seconds of one of the worker's threads; pacing has the others.
    """
    now = clock.host_now()
    collect(now=now)
    if cache.add("webhooks-at-work", 1, timeout=DELIVERY_SECONDS):
        try:
            deliver(now=now)
        finally:
            cache.delete("webhooks-at-work")
