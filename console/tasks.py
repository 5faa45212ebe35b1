"""What Celery runs for the console: long work, and a look after it."""

from uuid import UUID

from celery import shared_task

from compliance import clock
from console.exports import forget_old
from console.health import pulse
from console.health.board import everything
from console.health.marks import remember
from console.jobs import queue
from console.jobs.kinds.audit_bundle import AUDIT_BUNDLE
from console.jobs.kinds.complaint_pack import COMPLAINT_PACK
from console.jobs.kinds.dossier_bundle import DOSSIER_BUNDLE


@shared_task(name="console.job", soft_time_limit=7200, time_limit=7260)
def job(*, job_id: str, **_: object) -> None:
    """Do one job. `**_` lets an old worker take a newer message."""
    queue.run(UUID(job_id))


@shared_task(name="console.jobs")
def jobs(**_: object) -> None:
    """Tell of jobs whose worker was killed, and send for those that nobody has taken."""
    pulse.beat()
    queue.sweep()


@shared_task(name="console.exports")
def exports(**_: object) -> None:
    """Delete the files of exports whose time is over."""
    kinds = frozenset({DOSSIER_BUNDLE.code, COMPLAINT_PACK.code, AUDIT_BUNDLE.code})
    forget_old(kinds=kinds, now=clock.read())


@shared_task(name="console.health")
def health(**_: object) -> None:
    """Look at every part, so that the page knows since when each is as it is."""
    remember(everything(now=clock.read()), at=clock.host_now())
