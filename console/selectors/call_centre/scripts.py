"""Scripts: their versions, what the lint says of them today, who speaks them, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from itertools import groupby

from compliance.books import Explained, explain
from compliance.editions import book_to_show
from compliance.models import CampaignFiling, Operator, Principal, ScriptVersion
from compliance.rulebook.decision import ALLOW, Finding, Language
from compliance.scripts import LintContext, ScriptError, ScriptFinding, Step, lint, read_steps
from compliance.scripts.finding import ERROR
from console.models import Approval

KIND = "script"  # console.approvals.kinds
CLOSED = CampaignFiling.State.CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One finding of the lint, with the provision that it goes by."""

    finding: ScriptFinding
    rule: Explained

    @property
    def stops(self) -> bool:
        """Return whether it stands in the way of an approval, and of calls."""
        return self.finding.severity == ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """One script in its newest version."""

    newest: ScriptVersion
    versions: int
    faults: int  # what the lint objects to today
    speaking: int  # campaigns that are not closed


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """One step in two versions: pieces of (how, text), how being same, gone or new."""

    step: str
    how: str  # same, changed, gone, new
    pieces: Sequence[tuple[str, str]]


def titles() -> list[Title]:
    """Return every script, the one approved last first; three queries."""
    rows = ScriptVersion.objects.select_related("principal", "approver")
    versions = list(rows.order_by("title", "-version"))
    operator, speaking = _operator(), _speaking()
    found = []
    for _, group in groupby(versions, key=lambda one: one.title):
        own = list(group)
        faults = sum(one.severity == ERROR for one in _lint(own[0], operator))
        speaks = sum(speaking.get(one.pk, 0) for one in own)
        found.append(Title(newest=own[0], versions=len(own), faults=faults, speaking=speaks))
    return sorted(found, key=lambda one: one.newest.approved_at, reverse=True)


def waiting_scripts() -> Sequence[Approval]:
    """Return the wordings that wait for a second person."""
    rows = Approval.objects.filter(kind=KIND, state=Approval.State.OPEN)
    return list(rows.select_related("proposer").order_by("-pk"))


def versions_of(script: ScriptVersion) -> Sequence[ScriptVersion]:
    """Return all versions of a script, the newest first."""
    rows = ScriptVersion.objects.filter(title=script.title).select_related("author", "approver")
    return list(rows.order_by("-version"))


def campaigns_of(script: ScriptVersion) -> Sequence[CampaignFiling]:
    """Return the campaigns that speak any version of it, those that are not closed first."""
    rows = CampaignFiling.objects.filter(script__title=script.title)
    found = list(rows.select_related("script").order_by("-pk"))
    return sorted(found, key=lambda one: one.state == CLOSED)


def findings_of(script: ScriptVersion, *, language: Language, now: datetime) -> Sequence[Said]:
    """Return what the lint of today says of a version."""
    return _explained(_lint(script, _operator()), language, now)


def findings_in(
    steps: Sequence[Step],
    *,
    principal: Principal,
    purpose: str,
    language: Language,
    now: datetime,
) -> Sequence[Said]:
    """Return what the lint says of a wording that nobody has approved yet."""
    return _explained(
        lint(steps, context=_context(principal, purpose, _operator())), language, now
    )


def changes(old: ScriptVersion, new: ScriptVersion) -> Sequence[StepChange]:
    """Return step by step what another version says otherwise, in the newer one's order."""
    before, after = _texts(old), _texts(new)
    found = [_change(step, before.get(step), text) for step, text in after.items()]
    gone = [_change(step, text, None) for step, text in before.items() if step not in after]
    return [*found, *gone]


def _change(step: str, old: str | None, new: str | None) -> StepChange:
    if old is None:
        return StepChange(step=step, how="new", pieces=[("new", new or "")])
    if new is None:
        return StepChange(step=step, how="gone", pieces=[("gone", old)])
    if old == new:
        return StepChange(step=step, how="same", pieces=[("same", new)])
    return StepChange(step=step, how="changed", pieces=list(_pieces(old, new)))


def _pieces(old: str, new: str) -> Sequence[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for code, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if code == "equal":
            found.append(("same", old[i1:i2]))
            continue
        found += [("gone", old[i1:i2])] if i2 > i1 else []
        found += [("new", new[j1:j2])] if j2 > j1 else []
    return found


def _texts(script: ScriptVersion) -> Mapping[str, str]:
    return {str(one["step"]): str(one["text"]) for one in script.steps}


def _explained(
    found: Sequence[ScriptFinding], language: Language, now: datetime
) -> Sequence[Said]:
    book = book_to_show(now)
    return [
        Said(
            finding=one,
            rule=explain(
                finding=Finding(rule_id=one.rule_id, answer=ALLOW), book=book, language=language
            ),
        )
        for one in found
    ]


def _lint(script: ScriptVersion, operator: str) -> Sequence[ScriptFinding]:
    """Read a version again as the lint knows it today; one that is no script has no findings."""
    if script.principal is None:
        return ()
    try:
        steps = read_steps(script.steps)
    except ScriptError:
        return ()
    return lint(steps, context=_context(script.principal, script.purpose, operator))


def _context(principal: Principal, purpose: str, operator: str) -> LintContext:
    return LintContext(
        principal=principal.name, operator=operator, industry=principal.industry, purpose=purpose
    )


def _operator() -> str:
    return Operator.objects.values_list("legal_name", flat=True).first() or ""


def _speaking() -> Mapping[int, int]:
    found: dict[int, int] = {}
    rows = CampaignFiling.objects.exclude(state=CLOSED).values_list("script_id", flat=True)
    for script_id in rows:
        found[script_id] = found.get(script_id, 0) + 1
    return found
