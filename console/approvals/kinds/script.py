"""A wording of a script is approved as its next version. Subject: a digest of what is asked."""

import hashlib
from datetime import datetime

from audit.canonical import canon
from compliance.keepers import KEEPERS
from compliance.models import Principal, User
from compliance.models.words import Purpose
from compliance.scripts import ScriptError, read_steps, steps_text
from compliance.services.script_approve import (
    APPROVERS,
    ScriptFaultsError,
    ScriptNotSecondPersonError,
    script_approve,
)
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject


class ScriptApproval(Kind):
    """Wraps `script_approve`, which reads the wording by the lint once more."""

    code, zh, en = "script", "核准话术", "Approve a script"
    roles = frozenset(map(str, APPROVERS))
    proposers = frozenset(map(str, KEEPERS))

    def shown(self, subject: Subject) -> Shown:
        """Return the whole wording."""
        asked = subject.asked
        return Shown(
            rows=(
                ("话术", "Script", str(asked["title"])),
                ("委托主体", "Principal", _principal(subject).name),
                ("用途", "Purpose", Purpose(str(asked["purpose"])).label),
                ("推销", "It sells", "✓" if asked["offers"] else "—"),
                ("撰写人", "Written by", str(subject.proposer.real_name or subject.proposer)),
                ("全文", "The wording", steps_text(read_steps(asked["steps"]))),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Approve it."""
        asked = subject.asked
        try:
            script_approve(
                title=str(asked["title"]),
                principal=_principal(subject),
                purpose=str(asked["purpose"]),
                steps=read_steps(asked["steps"]),
                offers=bool(asked["offers"]),
                author=subject.proposer,
                approver=by,
                now=now,
            )
        except ScriptFaultsError as error:
            zh = "；".join(f"{one.step}：{one.reason.zh}" for one in error.findings)
            en = "; ".join(f"{one.step}: {one.reason.en}" for one in error.findings)
            raise CannotCarryOutError(
                f"话术检查未通过：{zh}", f"The lint objects: {en}"
            ) from error
        except (ScriptNotSecondPersonError, ScriptError) as error:
            raise CannotCarryOutError(
                "话术须由撰写人以外的合规专员或管理员核准。",
                "A compliance officer or administrator who did not write it has to approve it.",
            ) from error


def subject_of_wording(asked: dict[str, object]) -> str:
    """Return what an approval calls a wording: the same one is not asked for twice."""
    return hashlib.sha256(canon(asked)).hexdigest()


def _principal(subject: Subject) -> Principal:
    return Principal.objects.get(pk=int(str(subject.asked["principal"])))
