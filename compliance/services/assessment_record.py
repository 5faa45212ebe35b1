"""Record an impact assessment 个人信息保护影响评估: without one, no list is taken."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.ages import moved
from compliance.list_checks.limits import limits
from compliance.models import ImpactAssessment, Principal, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class AssessmentNotSecondPersonError(Exception):
    """An assessment is approved by a compliance officer or administrator who did not write it."""


@transaction.atomic
def assessment_record(
    *,
    principal: Principal,
    sources: Iterable[str],
    automated_decisions: bool,
    entrusted_processing: bool,
    document_sha256: str,
    assessed_on: date,
    author: User,
    approver: User,
    now: datetime,
) -> ImpactAssessment:
    """Keep the assessment of what lists of these sources do to the people on them.

    :raises AssessmentNotSecondPersonError: if the approver is the author or has no such role
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise AssessmentNotSecondPersonError(f"{approver} cannot approve the assessment.")
    years = limits("CN13-LST-09")["keep_years"]
    assessment = ImpactAssessment.objects.create(
        principal=principal,
        sources=sorted(sources),
        automated_decisions=automated_decisions,
        entrusted_processing=entrusted_processing,
        document_sha256=document_sha256,
        assessed_on=assessed_on,
        keep_until=moved(assessed_on, years=years),
        author=author,
        approver=approver,
        approved_at=now,
    )
    audit.record(
        "assessment.recorded",
        obj=f"assessment:{assessment.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "principal": principal.pk,
            "sources": assessment.sources,
            "document_sha256": document_sha256,
            "author": author.pk,
            "keep_until": assessment.keep_until.isoformat(),
        },
    )
    return assessment
