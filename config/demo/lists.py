"""The sample's lists: written as files as people have them, and imported as people do."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from compliance.imports.outcome import Imported, Watcher
from compliance.imports.rows import ImportFile
from compliance.lists import CONSENT_COLUMNS, LEAD_COLUMNS
from compliance.models import User
from compliance.services.consents_import import consents_import
from compliance.services.list_choose import ListChoice
from config.demo.people import Fate, SampleLead
from config.demo.plans import PLANS, Plan
from config.demo.vouching import consent_text
from dialer.models import Campaign
from dialer.services.leads_import import leads_import

NOTICE = "我们会就您登记的事项致电，您可随时拒绝。"
# What real lists hold besides numbers; the import refuses each with its reason.
SPOILED = (("王女士", "1.38E+10"), ("李先生", "1380013"), ("陈女士", "010-65530000"))
CONSENT_HEADINGS = ("手机号", "是否同意", "同意时间", "告知文本", "方式", "凭证哈希", "目的")
# The same number as people write it.
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    lambda n: f"+86 {n[:3]}-{n[3:7]}-{n[7:]}",
    lambda n: f"{n}.0",
    lambda n: f"0086{n}",
)
# Encoding and delimiter of each campaign's file, as Excel and other systems write them.
SHAPES = (("gbk", ","), ("utf-8-sig", "\t"), ("gb18030", ";"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the imports came to."""

    leads: int
    rejected: int
    consents: int


def lists_import(
    *,
    leads: Sequence[SampleLead],
    campaigns: Sequence[Campaign],
    by: User,
    folder: Path,
    now: datetime,
) -> Read:
    """Write a list of leads and one of consents for each campaign, and import them."""
    done: list[Imported] = []
    agreed: list[Imported] = []
    for place, campaign in enumerate(campaigns):
        own = [lead for lead in leads if lead.campaign == place]
        shape = SHAPES[place % len(SHAPES)]
        path = folder / f"leads-{campaign.filing.code}.csv"
        _write(path, shape, _lead_rows(own))
        done.append(_import_leads(path, campaign, by, now))
        path = folder / f"consents-{campaign.filing.code}.csv"
        _write(path, shape, _consent_rows(own, PLANS[place], now))
        agreed.append(_import_consents(path, campaign, PLANS[place], by, now))
    return Read(
        leads=sum(one.added for one in done),
        rejected=sum(one.rejects for one in done),
        consents=sum(one.added for one in agreed),
    )


def _lead_rows(leads: Iterable[SampleLead]) -> list[list[str]]:
    rows = [["姓名", "联系电话"]]
    for position, lead in enumerate(leads):
        rows.append([lead.name, SPELLINGS[position % len(SPELLINGS)](lead.number)])
    return [*rows, *map(list, SPOILED)]


def _consent_rows(leads: Iterable[SampleLead], plan: Plan, now: datetime) -> list[list[str]]:
    agreed = [lead for lead in leads if lead.fate is not Fate.NO_CONSENT]
    return [[*CONSENT_HEADINGS], *(consent_row(lead.number, plan, now) for lead in agreed)]


def consent_row(number: str, plan: Plan, now: datetime) -> list[str]:
    """Return the row of somebody who agreed five days ago."""
    return [
        number,
        "同意",
        (now - timedelta(days=5)).strftime("%Y/%m/%d %H:%M"),
        consent_text(plan.principal),
        "web",
        _sha256(f"evidence {number}"),
        plan.purpose,
    ]


def _write(path: Path, shape: tuple[str, str], rows: Iterable[Sequence[str]]) -> None:
    encoding, delimiter = shape
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)


def _import_leads(path: Path, campaign: Campaign, by: User, now: datetime) -> Imported:
    source = next(plan.source for plan in PLANS if plan.code == campaign.filing.code)
    with ImportFile(path=path, columns=LEAD_COLUMNS) as file:
        return leads_import(
            campaign=campaign,
            file=file,
            choice=ListChoice(
                reference=f"{campaign.filing.name} 名单",
                source=source,
                collected_by=campaign.filing.principal.name,
                notice_text=NOTICE,
            ),
            imported_by=by,
            now=now,
            watcher=Watcher(),
        )


def _import_consents(
    path: Path, campaign: Campaign, plan: Plan, by: User, now: datetime
) -> Imported:
    with ImportFile(path=path, columns=CONSENT_COLUMNS) as file:
        return consents_import(
            principal=campaign.filing.principal,
            purpose=plan.purpose,
            file=file,
            imported_by=by,
            now=now,
            watcher=Watcher(),
            basis=plan.basis,
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
