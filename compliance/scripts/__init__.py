"""What agents say: scripts in steps, and the lint that reads them as a sceptical person would."""

from compliance.scripts.finding import ScriptFinding
from compliance.scripts.lexicon import lexicon_digest, lexicons
from compliance.scripts.lint import LintContext, errors, lint, makes_an_offer
from compliance.scripts.steps import ScriptError, Step, read_steps, steps_digest, steps_text

__all__ = [
    "LintContext",
    "ScriptError",
    "ScriptFinding",
    "Step",
    "errors",
    "lexicon_digest",
    "lexicons",
    "lint",
    "makes_an_offer",
    "read_steps",
    "steps_digest",
    "steps_text",
]
