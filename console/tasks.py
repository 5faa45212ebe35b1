"""What Celery runs for the console: long work, and a look after it."""

from uuid import UUID

from celery import shared_task

from console.jobs import queue


@shared_task(name="console.job", soft_time_limit=7200, time_limit=7260)
def job(*, job_id: str, **_: object) -> None:
    """Do one job. `**_` lets an old worker take a newer message."""
    queue.run(UUID(job_id))


@shared_task(name="console.jobs")
def jobs(**_: object) -> None:
    """Tell of jobs whose worker was killed, and send for those that nobody has taken."""
    queue.sweep()
