"""Let a registered campaign run: by a second person, and only if the rulebook still agrees."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.editions import book_at
from compliance.models import CampaignFiling, User
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import judge_filing
from compliance.selectors.filing_facts import filing_facts
from compliance.services.filing_register import FilingRefusedError

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class NotASecondPersonError(DeniedError):
    """Activation needs a compliance officer or administrator who is not the author."""


class FilingNotDraftError(Exception):
    """The campaign was activated or closed already."""


def filing_activate(*, filing: CampaignFiling, approver: User, now: datetime) -> None:
    """Activate a draft.

    :raises NotASecondPersonError: if the approver is the author or has no such role
    :raises FilingRefusedError: if a rule objects by now
    :raises FilingNotDraftError: if the filing is no draft
    """
    if approver.pk == filing.author_id or approver.role not in APPROVERS or not approver.is_active:
        raise NotASecondPersonError(f"{approver} cannot activate {filing.code}.")
    facts = replace(filing_facts(filing=filing, now=now), approver=approver.pk, state="active")
    decision = judge_filing(facts, book_at(now))
    if decision.verdict is not Verdict.ALLOW:
        raise FilingRefusedError(decision)
    with transaction.atomic(durable=True):
        drafts = CampaignFiling.objects.filter(pk=filing.pk, state=CampaignFiling.State.DRAFT)
        activated = drafts.update(
            state=CampaignFiling.State.ACTIVE, approver=approver, activated_at=now
        )
        if activated != 1:
            raise FilingNotDraftError(f"{filing.code} is no draft.")
        audit.record(
            "campaign.activated",
            obj=f"filing:{filing.pk}",
            actor=f"u:{approver.pk}",
            now=now,
            data={"author": filing.author_id, "book_sha256": decision.book_digest},
        )
    filing.refresh_from_db()
