"""What Celery schedules for compliance: clocks that have to ring without anybody looking."""

from celery import shared_task

from compliance import clock
from compliance.services.complaints_sweep import complaints_sweep
from compliance.services.daily_report_make import daily_report_make, yesterday


@shared_task(name="compliance.complaints")
def complaints(**_: object) -> None:
    """Ring the clocks of open complaints. `**_` lets an old worker take a newer message."""
    complaints_sweep(now=clock.read())


@shared_task(name="compliance.daily_report")
def daily_report(**_: object) -> None:
    """Make the report of the day that ended last, unless it is there already."""
    now = clock.read()
    daily_report_make(day=yesterday(now), actor="svc:report", now=now)
