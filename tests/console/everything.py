"""A call centre in which everything that has a page of its own has happened once."""

from datetime import timedelta

from django.db import transaction
from django.test import Client

from compliance import clock
from compliance.lists.moments import LOCAL
from compliance.models import Person, Suspension, User
from compliance.services.suspension_begin import suspension_begin
from dialer.models import Campaign
from tests.audit.tree import seal_all
from tests.console.audit.test_wire import sent, spent
from tests.console.call_centre.conftest import csv_file, work
from tests.console.factor import shown_before
from tests.console.officer.test_reports import PLAN
from tests.console.officer.troubles import Troubled, trouble
from tests.console.rulebook.test_proposals import ENVELOPE, PROPOSE, form
from tests.console.seed import Seeded
from tests.world import consent


def everything(seeded: Seeded) -> Troubled:
    """Let people press what leads to a page; workers have done what waited."""
    officer, supervisor = browser_of("compliance"), browser_of("supervisor")
    troubled = trouble(seeded)
    campaign = seeded.campaigns[0]
    _suspended(troubled, supervisor)
    _lists(supervisor, officer, campaign)
    _samples(officer, campaign)
    _rules(officer)
    day = clock.read().astimezone(LOCAL).date().isoformat()
    press(officer, "/reports/make/", day=day)
    press(officer, "/jobs/trail-check/")
    press(officer, "/retention/hold/", since="2026-01-01", until="2026-01-31", reason="court")
    press(officer, "/campaigns/new/")
    press(supervisor, f"/trunks/{campaign.filing.trunk_id}/check/")
    sent(spent())
    work()
    seal_all()
    return troubled


def _suspended(troubled: Troubled, supervisor: Client) -> None:
    """Let a seat rest, and its supervisor ask for an end by a report: that waits for approval."""
    with transaction.atomic():
        begun = suspension_begin(
            Suspension(
                seat=troubled.attempt.permit.seat,
                cause="chain",
                complaint=troubled.complaint,
                counts={"upheld": 2},
                begun_at=clock.read(),
                begun_by="u:1",
            )
        )
    press(supervisor, f"/suspensions/{begun.pk}/report/", text=PLAN)


def _lists(supervisor: Client, officer: Client, campaign: Campaign) -> None:
    """Leave of each kind of list one that waits for its columns, and one that was read."""
    terms = {
        "campaign": str(campaign.pk),
        "source": "own_form",
        "collected_by": campaign.filing.principal.name,
        "notice": "我们会就您登记的事项致电。",
    }
    columns = {"column-0": "name", "column-1": "number", "column-2": ""}
    for number, mapping in (("13810000001", columns), ("13810000002", None)):
        rows = csv_file(f"客户,{number},", "错号,1381,写错了")
        to = press(supervisor, "/lists/upload/", **terms, name=f"三月 {number[-2:]}", file=rows)
        if mapping:
            press(supervisor, to, **mapping)
    for heading in ("手机号", "甲"):  # the second is no heading that anybody knows
        rows = csv_file("13810000003", "1381", headings=heading)
        press(officer, "/imports/upload/refusals/", file=rows)


def _samples(officer: Client, campaign: Campaign) -> None:
    late = clock.read() - timedelta(hours=1)
    consent(campaign.filing, Person.objects.order_by("pk")[:3], given_at=late, vouched=False)
    press(officer, f"/consents/samples/draw/{campaign.filing.whitelist_id}/")


def _rules(officer: Client) -> None:
    """Propose an edition, and try another change on the calls of the past."""
    tighter = form(officer, at=PROPOSE, **{"n.P1.h24": "1", "propose": "1"})
    press(officer, PROPOSE, **tighter)
    later = {"n.P3": "15:00-21:00", "n.P4": "15:00-21:00", "replay": "1", "last": "1000"}
    press(officer, ENVELOPE, **form(officer, at=ENVELOPE, **later))


def browser_of(username: str) -> Client:
    """Return the browser of somebody who has logged in."""
    client, user = Client(), User.objects.get(username=username)
    client.force_login(user)
    shown_before(client, user)
    return client


def press(client: Client, url: str, **given: object) -> str:
    """Press what leads elsewhere; return where."""
    answer = client.post(url, given)
    assert answer.status_code == 302, (url, answer.status_code, answer.content.decode()[-3000:])
    return answer.headers["Location"]
