"""What the lint found in a script: where, against which rule, and how to mend it."""

from dataclasses import dataclass
from typing import Any

from compliance.numbers import Words

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFinding:
    """One place of a script that a rule objects to."""

    rule_id: str
    fault: str  # the code under which the rulebook knows it
    severity: str  # an error stands in the way of an approval; a warning asks for a look
    place: int  # of the step, from 0
    step: str
    start: int  # in the step's text, end excluded; 0, 0 where something is missing
    end: int
    span: str
    reason: Words
    mend: Words

    def as_row(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "rule": self.rule_id,
            "fault": self.fault,
            "severity": self.severity,
            "step": self.step,
            "start": self.start,
            "end": self.end,
            "span": self.span,
            "reason": {"zh": self.reason.zh, "en": self.reason.en},
            "mend": {"zh": self.mend.zh, "en": self.mend.en},
        }
