"""Declare what this installation is: a pack that two people signed off, or nothing starts."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.deployment import pack_bytes, sign_pack
from compliance.models import Deployment, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class NotASecondPersonError(DeniedError):
    """A deployment pack needs two different people, the second one of compliance."""


def deployment_declare(
    *, pack: Mapping[str, Any], author: User, approver: User, now: datetime
) -> Deployment:
    """Sign the pack and put it in force; what it says is the rulebook's to judge.

    :raises DeploymentPackError: if it is not a deployment pack
    :raises NotASecondPersonError: if the approver is the author or has no such role
    """
    content = pack_bytes(pack)
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise NotASecondPersonError(f"{approver} cannot approve a deployment pack.")
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        deployment = Deployment.objects.create(
            content=content,
            content_sha256=digest,
            signature=sign_pack(content),
            author=author,
            approver=approver,
            recorded_at=now,
        )
        audit.record(
            "deployment.declared",
            obj=f"deployment:{deployment.pk}",
            actor=f"u:{approver.pk}",
            now=now,
            data={
                "pack_sha256": digest,
                "regime": pack["regime"],
                "data_location": pack["data_location"],
                "author": author.pk,
            },
        )
    return deployment
