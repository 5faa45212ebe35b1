"""Daily reports as they were sealed: the newest edition of each day, and one with its proof."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.models import AuditEntry
from audit.proof_states import sealed_among
from compliance.models import DailyReport
from console.selectors.officer.dossier import Proof

ON_A_PAGE = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A report as it was made."""

    report: DailyReport
    figures: dict[str, Any]
    intact: bool  # the bytes are those of the digest
    proof: Proof | None


def reports_page(before: date | None) -> tuple[Sequence[DailyReport], date | None]:
    """Return the newest edition of each day, and the day to go on before."""
    rows = DailyReport.objects.order_by("-day", "-edition").distinct("day").defer("body")
    if before:
        rows = rows.filter(day__lt=before)
    found = list(rows[: ON_A_PAGE + 1])
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].day if len(found) > ON_A_PAGE else None


def kept_report(report: DailyReport) -> Kept:
    """Return the report with whether it is still what the trail says."""
    body = bytes(report.body)
    return Kept(
        report=report,
        figures=json.loads(body),
        intact=hashlib.sha256(body).hexdigest() == report.sha256,
        proof=_proof(report),
    )


def _proof(report: DailyReport) -> Proof | None:
    """Return the entry that tells the report's own digest; one that tells another is no proof."""
    made = AuditEntry.objects.about(f"daily_report:{report.pk}").of("report.made").order_by("pk")
    for entry in made:
        if json.loads(bytes(entry.body))["data"].get("sha256") == report.sha256:
            return Proof(entry=entry.eid, sealed=sealed_among([entry.pk]).get(entry.pk))
    return None
