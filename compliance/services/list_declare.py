"""Declare where a contact list lawfully comes from, under the declarer's own name."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.imports.outcome import ImportRefusedError
from compliance.keepers import keepers_only
from compliance.models import ContactList, ImpactAssessment, Principal, User
from compliance.numbers import Words

NO_TRANSFER_CONSENT = Words(
    "名单由“{collector}”收集，不是委托主体“{principal}”。请提供载明接收方的"
    "单独同意凭证（--transfer-sha256；个人信息保护法第二十三条）。",
    "The list was collected by “{collector}”, not by the principal “{principal}”. Give the "
    "evidence of the separate consent that names the receiver with --transfer-sha256 (PIPL 23).",
)
NO_ASSESSMENT = Words(
    "委托主体“{principal}”没有覆盖来源 {source} 的个人信息保护影响评估，不能接收名单。",
    "No impact assessment of the principal “{principal}” covers the source {source}; "
    "the list cannot be taken.",
)


@transaction.atomic
def list_declare(
    *,
    name: str,
    principal: Principal,
    source: str,
    collected_by: str,
    notice_text: str,
    declared_by: User,
    now: datetime,
    collected_on: date | None = None,
    transfer_sha256: str = "",
) -> ContactList:
    """Record a list's source before any of its rows is read.

    :param collected_on: the day of its oldest row, from which it ages; the present day if unsaid
    :param transfer_sha256: the evidence that people agreed to being handed on to the principal
    :raises NotAKeeperError: if the account may not
    :raises ImportRefusedError: if somebody else collected it and that evidence is missing, or
        nobody has assessed what a list of this source does to people
    """
    keepers_only(f"u:{declared_by.pk}")
    if collected_by.strip() != principal.name and not transfer_sha256:
        words = NO_TRANSFER_CONSENT.filled(collector=collected_by, principal=principal.name)
        raise ImportRefusedError(words)
    assessment = assessment_for(principal=principal, source=source)
    if assessment is None:
        raise ImportRefusedError(NO_ASSESSMENT.filled(principal=principal.name, source=source))
    declared = ContactList.objects.create(
        name=name,
        principal=principal,
        source=source,
        collected_by=collected_by.strip(),
        collected_on=collected_on,
        notice_text=notice_text,
        transfer_sha256=transfer_sha256,
        assessment=assessment,
        declared_by=declared_by,
        declared_at=now,
    )
    audit.record(
        "list.declared",
        obj=f"list:{declared.pk}",
        actor=f"u:{declared_by.pk}",
        now=now,
        data={
            "principal": principal.pk,
            "source": source,
            "transfer_sha256": transfer_sha256,
            "assessment_sha256": assessment.document_sha256,
        },
    )
    return declared


def assessment_for(*, principal: Principal, source: str) -> ImpactAssessment | None:
    """Return the newest assessment of the principal that covers lists of `source`."""
    covering = ImpactAssessment.objects.filter(
        principal=principal, sources__contains=[source], entrusted_processing=True
    )
    return covering.order_by("-assessed_on", "-pk").first()
