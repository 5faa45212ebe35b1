"""Approve one wording of a script as its next version."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from audit import record as audit
from compliance.models import ScriptVersion, User


@transaction.atomic
def script_approve(
    *, title: str, text: str, offers: bool, author: User, approver: User, now: datetime
) -> ScriptVersion:
    """Keep the text that a second person approved; the database refuses one person for both."""
    latest = ScriptVersion.objects.filter(title=title).aggregate(v=Max("version"))["v"] or 0
    script = ScriptVersion.objects.create(
        title=title,
        version=latest + 1,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        offers=offers,
        author=author,
        approver=approver,
        approved_at=now,
    )
    audit.record(
        "script.approved",
        obj=f"script:{script.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={"text_sha256": script.text_sha256, "offers": offers, "author": author.pk},
    )
    return script
