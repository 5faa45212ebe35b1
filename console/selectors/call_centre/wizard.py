"""How far a campaign is on its way from its purpose to its activation, and who objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from compliance.books import Explained, explain
from compliance.editions import book_of_decision
from compliance.models import CallerNumber, CampaignFiling, Principal, ScriptVersion, Trunk, User
from compliance.rulebook.decision import Decision, Language
from compliance.selectors.filing_preview import KNOWN_FROM, Parts, objections_so_far
from console.models import CampaignCheck, CampaignDraft

BEFORE = (  # registration
    ("purpose", "外呼目的", "Purpose"),
    ("principal", "委托主体与合同", "Principal and mandate"),
    ("number", "备案号码与线路", "Filed number and trunk"),
    ("script", "话术", "Script"),
    ("elements", "备案要素", "Elements and registration"),
)
AFTER = (
    ("list", "名单", "List"),
    ("hours", "外呼时段", "Hours"),
    ("check", "预检", "Pre-flight"),
    ("activation", "启用", "Activation"),
)
FIRST = {step: BEFORE[at + 1][0] for at, (step, _, _) in enumerate(BEFORE[:-1])}
NEEDS = {
    "purpose": ("purpose",),
    "principal": ("principal",),
    "number": ("number", "trunk"),
    "script": ("script",),
    "elements": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, as the wizard's index shows it."""

    code: str
    label: str
    url: str  # "": cannot be gone to yet
    state: str  # here, done or open


def steps(
    *, draft: CampaignDraft | None, filing: CampaignFiling | None, here: str, language: Language
) -> Sequence[Step]:
    """Return every step, with where it is."""
    done = {
        code
        for code, names in NEEDS.items()
        if names and draft and all(draft.answers.get(name) for name in names)
    }
    if filing is not None:
        done |= {code for code, _, _ in BEFORE}
    found = []
    for code, zh, en in (*BEFORE, *AFTER):
        before = code in NEEDS
        state = "here" if code == here else "done" if code in done else "open"
        found.append(
            Step(
                code=code,
                label=zh if language == "zh" else en,
                url=_draft_url(draft, filing, code) if before else _filing_url(filing, code),
                state=state,
            )
        )
    return found


def _draft_url(draft: CampaignDraft | None, filing: CampaignFiling | None, step: str) -> str:
    if draft is None or filing is not None:
        return ""  # what is registered is not changed any more
    return reverse("console:campaign_draft", kwargs={"draft_id": draft.pk, "step": step})


def _filing_url(filing: CampaignFiling | None, step: str) -> str:
    if filing is None:
        return ""
    return reverse("console:campaign", kwargs={"filing_id": filing.pk, "step": step})


def _key(answers: Mapping[str, Any], name: str) -> int:
    return int(answers.get(name) or 0)


def parts_of(answers: Mapping[str, Any]) -> Parts:
    """Return what a draft has chosen, as records."""
    return Parts(
        purpose=str(answers.get("purpose", "")),
        principal=Principal.objects.filter(pk=_key(answers, "principal")).first(),
        number=CallerNumber.objects.filter(pk=_key(answers, "number")).first(),
        trunk=Trunk.objects.filter(pk=_key(answers, "trunk")).first(),
        script=ScriptVersion.objects.filter(pk=_key(answers, "script")).first(),
        robot=bool(answers.get("robot")),
        sensitive=bool(answers.get("sensitive")),
    )


def objections_at(
    *, draft: CampaignDraft, step: str, by: User, language: Language, now: datetime
) -> Sequence[Explained]:
    """Return who objects to what this step chose; at the last step, to anything so far."""
    digest, found = objections_so_far(parts=parts_of(draft.answers), author=by, now=now)
    asked = KNOWN_FROM.get(step)
    book = book_of_decision(digest)
    return [
        explain(finding=one, book=book, language=language)
        for one in found
        if asked is None or one.rule_id in asked
    ]


def objections_of(decision: Decision, *, language: Language) -> Sequence[Explained]:
    """Explain who refuses a whole campaign."""
    book = book_of_decision(decision.book_digest)
    return [explain(finding=one, book=book, language=language) for one in decision.objections]


def newest_check(filing: CampaignFiling) -> CampaignCheck | None:
    """Return the newest pre-flight check."""
    checks = CampaignCheck.objects.filter(filing=filing).select_related("checked_by")
    return checks.order_by("-checked_at", "-pk").first()
