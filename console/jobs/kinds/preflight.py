"""Ask beforehand how many of a campaign's leads could be called, and why the others could not."""

from django.urls import reverse

from compliance import clock
from compliance.selectors.call_facts import FactsUnavailableError
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.matrix import OVERSIGHT
from console.models import CampaignCheck, Job
from dialer.models import Campaign
from dialer.services.campaign_check import campaign_check

CODE = "preflight"
ASKING = ("正在逐人询问规则书", "Asking the rulebook about each person")


def check_job_of(filing_id: int) -> Job | None:
    """Return the newest check of a campaign that was asked for."""
    jobs = Job.objects.filter(kind=CODE, arguments__filing=filing_id)
    return jobs.order_by("-started_at").first()


def _run(job: Job, report: Report) -> Result:
    campaign = Campaign.objects.select_related("filing").get(filing_id=job.arguments["filing"])
    now = clock.read()
    try:
        checked = campaign_check(
            campaign=campaign,
            actor=f"u:{job.owner_id}",
            now=now,
            on_people=lambda done, of: report(done=done, of=of, words=ASKING),
        )
    except FactsUnavailableError as error:
        raise JobFailedError(
            "有事实无法读取，预检未完成。", "A fact could not be read; the check was not finished."
        ) from error
    CampaignCheck.objects.create(
        filing=campaign.filing, report=checked.data, checked_by=job.owner, checked_at=now
    )
    found = checked.found
    return Result(
        zh=f"{found.people} 人中现在可呼 {found.now}，稍后 {found.later}，不可呼 {found.never}。",
        en=f"Of {found.people} people {found.now} now, {found.later} later, {found.never} never.",
        url=reverse("console:campaign", kwargs={"filing_id": campaign.filing_id, "step": "check"}),
    )


PREFLIGHT = Kind(
    code=CODE, zh="启用前预检", en="Pre-flight check", run=_run, roles=frozenset(OVERSIGHT)
)
