"""What Celery schedules for compliance: clocks that have to ring without anybody looking."""

from celery import shared_task

from compliance import clock
from compliance.services.complaints_sweep import complaints_sweep
from compliance.services.daily_report_make import daily_report_make, yesterday
from compliance.services.numbers_compare import numbers_compare
from compliance.services.subject_request_step import subject_requests_sweep


@shared_task(name="compliance.complaints")
def complaints(**_: object) -> None:
    """Ring the clocks of open cases. `**_` lets an old worker take a newer message."""
    now = clock.read()
    complaints_sweep(now=now)
    subject_requests_sweep(now=now)


@shared_task(name="compliance.numbers")
def numbers(**_: object) -> None:
    """Compare the numbers that principals show with the places that they call."""
    numbers_compare(actor="svc:numbers", now=clock.read())


@shared_task(name="compliance.daily_report")
def daily_report(**_: object) -> None:
    """Make the report of the day that ended last, unless it is there already."""
    now = clock.read()
    daily_report_make(day=yesterday(now), actor="svc:report", now=now)
