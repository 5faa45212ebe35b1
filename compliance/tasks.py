"""What Celery schedules for compliance: clocks that have to ring without anybody looking."""

from celery import shared_task

from compliance import clock
from compliance.services.complaints_sweep import complaints_sweep


@shared_task(name="compliance.complaints")
def complaints(**_: object) -> None:
    """Ring the clocks of open complaints. `**_` lets an old worker take a newer message."""
    complaints_sweep(now=clock.read())
