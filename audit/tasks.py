"""What Celery schedules for the audit trail."""

from datetime import UTC, datetime

from celery import shared_task

from audit.anchors.run import anchors_run
from audit.partitions import months_ahead


@shared_task(name="audit.anchors")
def anchors(**_: object) -> None:
    """Take the newest checkpoint where it is due.

    `**_` lets an old worker take a newer message.
    """
    anchors_run(only_due=True, now=datetime.now(UTC))


@shared_task(name="audit.partitions")
def partitions(**_: object) -> None:
    """Make the months of the trail that are to come."""
    months_ahead()
