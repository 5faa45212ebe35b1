"""Clocks of what people work on: complaints, requests, breaches, audits, days, old records."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db.models import Max, Min

from compliance.desk_numbers import desk_numbers
from compliance.models import (
    Complaint,
    ComplianceAudit,
    ContactList,
    Deployment,
    Incident,
    Playbook,
)
from compliance.selectors.calendar_alarm import calendar_alarms
from compliance.selectors.clock_due import (
    DAY,
    Due,
    its_book,
    local_day,
    numbers_of,
    reminding,
    stopping,
)
from compliance.selectors.complaints import still_open
from compliance.selectors.list_facts import collected_on
from compliance.selectors.subject_requests import unanswered
from compliance.services.retention_run import HOLDERS

COMPLAINT = stopping("complaint", "投诉 {case} 应办结", "Complaint {case} has to be closed")
REQUEST = reminding(
    "subject_request",
    "个人权利请求 {case} 应答复",
    "Request {case} of a person has to be answered",
)
INCIDENT = {
    "contained": reminding(
        "incident", "安全事件 {case} 应控制", "Incident {case} has to be contained"
    ),
    "reported": reminding(
        "incident", "安全事件 {case} 应报主管部门", "Incident {case} has to be reported"
    ),
    "notified": reminding(
        "incident", "安全事件 {case} 应告知个人", "People have to be told of incident {case}"
    ),
}
PLAYBOOK = reminding(
    "playbook",
    "泄露处置预案应登记并演练",
    "The playbook for breaches has to be on record and rehearsed",
)
AUDIT = reminding("audit", "年度合规审计应完成", "The yearly audit has to be finished")
CALENDAR = reminding(
    "calendar",
    "{year} 年放假安排应载入并批准",
    "The holidays of {year} have to be on record and approved",
)
LIST = stopping("list_age", "名单 {list} 期满，应删除", "List {list} is too old and has to go")
RETENTION = reminding(
    "retention",
    "“{zh}”已达最长留存期，应删除",
    "The longest time that records are kept is over: {en}",
)


def case_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of open complaints, unanswered requests and open incidents."""
    for case in still_open(Complaint.objects.all()).order_by("pk"):
        # Calls stop when the day begins.
        yield COMPLAINT.due(f"complaint:{case.pk}", case.due_on - DAY, today=today, case=case.pk)
    for request in unanswered().order_by("pk"):
        obj = f"subject_request:{request.pk}"
        yield REQUEST.due(obj, request.due_on, today=today, case=request.pk)
    incidents = Incident.objects.exclude(events__kind="closed").prefetch_related("events")
    for incident in incidents.order_by("pk"):
        yield from _incident(incident, now)


def _incident(incident: Incident, now: datetime) -> Iterator[Due]:
    done = {event.kind for event in incident.events.all()}
    left = {"contained": incident.contain_by, "reported": incident.report_by}
    if "spared" not in done:
        left["notified"] = incident.notify_by
    for step, at in left.items():
        if step not in done:
            obj = f"incident:{incident.pk}"
            yield INCIDENT[step].due_at(obj, at, now=now, case=incident.pk)


def yearly_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks that come round every year: playbook, audit, the calendar of days."""
    review = Playbook.objects.aggregate(day=Max("review_on"))["day"]
    begun = Deployment.objects.aggregate(at=Min("recorded_at"))["at"]
    first = today if begun is None else local_day(begun)
    yield PLAYBOOK.due("playbook:newest", review or first, today=today)
    audited = ComplianceAudit.objects.aggregate(day=Max("finished_on"))["day"]
    every = desk_numbers("CN13-SEC-06")["every_days"] * DAY
    yield AUDIT.due("compliance_audit:newest", (audited or first) + every, today=today)
    for alarm in calendar_alarms(now=now):
        eve = date(alarm.year, 1, 1) - DAY
        yield CALENDAR.due(f"calendar:{alarm.year}", eve, today=today, year=alarm.year)


def record_clocks(*, today: date, now: datetime) -> Iterator[Due]:
    """Yield the clocks of lists that age, and of records that were kept for long enough."""
    days = numbers_of("CN13-LST-11", now).days
    for one in ContactList.objects.exclude(state=ContactList.State.RETIRED).order_by("pk"):
        day = collected_on(one) + days * DAY
        yield LIST.due(f"list:{one.pk}", day, today=today, list=one.pk)
    for its in its_book(now).retention.values():
        holder = HOLDERS.get(its.name)
        if its.ceiling_days is None or holder is None:
            continue
        oldest = holder.rows().aggregate(at=Min(holder.aged_by))["at"]
        if oldest is not None:
            at = oldest + its.ceiling_days * DAY
            yield RETENTION.due_at(
                f"retention:{its.name}", at, now=now, zh=its.title_zh, en=its.title_en
            )
