"""What the rules may know about the script that a campaign was filed with."""

from functools import lru_cache

from compliance.models import CampaignFiling, Operator, ScriptVersion
from compliance.rulebook.facts import ScriptFacts
from compliance.scripts import (
    LintContext,
    ScriptError,
    Step,
    errors,
    lint,
    makes_an_offer,
    read_steps,
    steps_digest,
    steps_text,
)


def script_facts(filing: CampaignFiling, operator: Operator | None) -> ScriptFacts | None:
    """Read the script again as the lint knows it today, in the name of the filing's parties."""
    script, context = filing.script, _context(filing, operator)
    steps = _steps(script)
    return ScriptFacts(
        sha256=script.text_sha256,
        intact=bool(steps)
        and steps_digest(steps) == script.text_sha256
        and steps_text(steps) == script.text,
        for_principal=script.principal_id == filing.principal_id,
        for_purpose=script.purpose == filing.purpose,
        author=script.author_id,
        approver=script.approver_id,
        faults=_faults(steps, context) if steps else None,
    )


def script_offers(filing: CampaignFiling, operator: Operator | None) -> bool:
    """Say whether the script sells something, by its label or by its words."""
    steps = _steps(filing.script)
    return filing.script.offers or _offers(steps, _context(filing, operator))


def _context(filing: CampaignFiling, operator: Operator | None) -> LintContext:
    return LintContext(
        principal=filing.principal.name,
        operator="" if operator is None else operator.legal_name,
        industry=filing.industry,
        purpose=filing.purpose,
    )


def _steps(script: ScriptVersion) -> tuple[Step, ...]:
    """Return the script's steps; none if what is on record is no script."""
    try:
        return read_steps(script.steps)
    except ScriptError:
        return ()


@lru_cache(maxsize=1024)
def _faults(steps: tuple[Step, ...], context: LintContext) -> tuple[str, ...]:
    return errors(lint(steps, context=context))


@lru_cache(maxsize=1024)
def _offers(steps: tuple[Step, ...], context: LintContext) -> bool:
    return makes_an_offer(steps, context=context)
