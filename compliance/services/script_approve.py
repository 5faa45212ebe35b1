"""Approve one wording of a script as its next version."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from audit import record as audit
from compliance.models import Operator, Principal, ScriptVersion, User
from compliance.scripts import (
    LintContext,
    ScriptFinding,
    Step,
    errors,
    lexicon_digest,
    lint,
    makes_an_offer,
    read_steps,
    steps_digest,
    steps_text,
)
from compliance.scripts.steps import steps_rows

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class ScriptNotSecondPersonError(Exception):
    """Approval needs a compliance officer or administrator who did not write the script."""


class ScriptFaultsError(Exception):
    """The lint objects to the script; `findings` says to what, and how to mend it."""

    def __init__(self, findings: Sequence[ScriptFinding]) -> None:
        """Keep the findings for whoever shows them."""
        super().__init__("; ".join(f"{one.rule_id} {one.step}: {one.reason}" for one in findings))
        self.findings = tuple(findings)


@transaction.atomic
def script_approve(
    *,
    title: str,
    principal: Principal,
    purpose: str,
    steps: Sequence[Step],
    offers: bool,
    author: User,
    approver: User,
    now: datetime,
) -> ScriptVersion:
    """Keep the steps that a second person approved for this principal and this purpose.

    What sells something is an offer, whatever `offers` says.

    :raises ScriptNotSecondPersonError: if the approver is the author or has no such role
    :raises ScriptFaultsError: if the lint finds an error
    :raises ScriptError: if the steps are no script
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise ScriptNotSecondPersonError(f"{approver} cannot approve {title}.")
    read = read_steps(steps_rows(steps))
    context = script_context(principal=principal, purpose=purpose)
    findings = lint(read, context=context)
    if errors(findings):
        raise ScriptFaultsError(findings)
    latest = ScriptVersion.objects.filter(title=title).aggregate(v=Max("version"))["v"] or 0
    script = ScriptVersion.objects.create(
        title=title,
        version=latest + 1,
        principal=principal,
        purpose=purpose,
        steps=steps_rows(read),
        text=steps_text(read),
        text_sha256=steps_digest(read),
        lexicon_sha256=lexicon_digest(),
        offers=offers or makes_an_offer(read, context=context),
        author=author,
        approver=approver,
        approved_at=now,
    )
    audit.record(
        "script.approved",
        obj=f"script:{script.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "text_sha256": script.text_sha256,
            "lexicon_sha256": script.lexicon_sha256,
            "principal": principal.pk,
            "purpose": purpose,
            "offers": script.offers,
            "author": author.pk,
            "warnings": sorted({one.rule_id for one in findings}),
        },
    )
    return script


def script_context(*, principal: Principal, purpose: str) -> LintContext:
    """Return in whose name a principal's script is read."""
    operator = Operator.objects.first()
    return LintContext(
        principal=principal.name,
        operator="" if operator is None else operator.legal_name,
        industry=principal.industry,
        purpose=purpose,
    )
