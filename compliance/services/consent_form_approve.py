"""Approve the text under which people agree to be called: a second person reviewed it."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import ConsentForm, Principal, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReview:
    """What the second person found; every point has to be there."""

    separate_box: bool
    unticked: bool
    names_principal: bool
    names_purpose: bool
    names_phone: bool
    states_ai: bool
    explains_withdrawal: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the points that the form lacks."""
        return tuple(sorted(name for name, found in asdict(self).items() if found is not True))


class ConsentFormRefusedError(Exception):
    """The form lacks something that it must have; `missing` names it."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        """Keep what is missing for whoever explains it."""
        super().__init__(f"The consent form lacks: {', '.join(missing)}.")
        self.missing = missing


class NotAReviewerError(DeniedError):
    """A form is approved by a compliance officer or administrator who did not write it."""


def consent_form_approve(
    *,
    principal: Principal,
    purposes: Sequence[str],
    text: str,
    review: FormReview,
    author: User,
    approver: User,
    now: datetime,
) -> ConsentForm:
    """Keep a reviewed text; from here on consents given under it can carry calls.

    A text that does not hold the principal's name cannot name the principal, whatever the
    reviewer ticked. A form that is turned down is on the record too.

    :raises NotAReviewerError: if the approver is the author or has no such role
    :raises ConsentFormRefusedError: if any point is missing
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise NotAReviewerError(f"{approver} cannot approve a form of {author}.")
    shown = text.strip()
    missing = review.missing
    if principal.name not in shown and "names_principal" not in missing:
        missing = tuple(sorted((*missing, "names_principal")))
    with transaction.atomic():
        form = None
        if not missing:
            form = ConsentForm.objects.create(
                principal=principal,
                purposes=sorted(purposes),
                text=shown,
                text_sha256=_sha256(shown),
                author=author,
                approver=approver,
                approved_at=now,
                **asdict(review),
            )
        audit.record(
            "consent_form.approved" if form else "consent_form.refused",
            obj=f"consent_form:{form.pk}" if form else f"principal:{principal.pk}",
            actor=f"u:{approver.pk}",
            now=now,
            outcome="ok" if form else "denied",
            data={
                "author": author.pk,
                "purposes": sorted(purposes),
                "text_sha256": _sha256(shown),
                "missing": list(missing),
            },
        )
    if form is None:
        raise ConsentFormRefusedError(missing)
    return form


@transaction.atomic
def consent_form_retire(*, form: ConsentForm, actor: str, now: datetime) -> bool:
    """Retire a form: consents given under it carry no call any more. False if it already was."""
    if ConsentForm.objects.filter(pk=form.pk, retired_at=None).update(retired_at=now) != 1:
        return False
    audit.record("consent_form.retired", obj=f"consent_form:{form.pk}", actor=actor, now=now)
    return True


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
