"""What the rulebook says of a campaign that is half filled in: each rule whose facts are there.

It never says yes: a campaign is judged as a whole when it is registered, and again at every call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from compliance.editions import book_at
from compliance.models import CallerNumber, CampaignFiling, Principal, ScriptVersion, Trunk, User
from compliance.rulebook.decision import Finding
from compliance.rulebook.engine import judge_filing
from compliance.selectors.filing_facts import filing_facts

PURPOSE, PRINCIPAL, NUMBER, SCRIPT = "purpose", "principal", "number", "script"
PARTS = (PURPOSE, PRINCIPAL, NUMBER, SCRIPT)

# From which part on a rule knows enough; what stands nowhere is asked of the whole campaign only.
KNOWN_FROM: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        PURPOSE: ("CN13-LIC-01", "CN13-LIC-02", "CN13-GOV-09", "CN13-SEC-02"),
        PRINCIPAL: (
            "CN13-LIC-05",
            "CN13-LIC-06",
            "CN13-IND-05",
            "CN13-IND-06",
            "CN13-IND-10",
            "CN13-IND-12",
            "CN13-SEC-05",
        ),
        NUMBER: (
            "CN13-LIC-03",
            "CN13-LIC-07",
            "CN13-LIC-08",
            "CN13-LIC-09",
            "CN13-LIC-10",
            "CN13-NUM-01",
            "CN13-NUM-03",
            "CN13-NUM-04",
            "CN13-NUM-05",
            "CN13-NUM-06",
            "CN13-NUM-07",
            "CN13-IND-02",
            "CN13-IND-11",
            "CN13-GOV-04",
        ),
        SCRIPT: (
            "CN13-SCR-01",
            "CN13-SCR-02",
            "CN13-SCR-03",
            "CN13-SCR-04",
            "CN13-SCR-05",
            "CN13-SCR-07",
            "CN13-SCR-10",
            "CN13-CON-07",
            "CN13-DIA-09",
            "CN13-DIA-10",
            "CN13-DIA-11",
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What has been chosen so far."""

    purpose: str
    principal: Principal | None = None
    number: CallerNumber | None = None
    trunk: Trunk | None = None
    script: ScriptVersion | None = None
    robot: bool = False
    sensitive: bool = False

    @property
    def known(self) -> Sequence[str]:
        """Return which parts are there, up to the first that is not."""
        have = {
            PURPOSE: bool(self.purpose),
            PRINCIPAL: self.principal is not None,
            NUMBER: self.number is not None and self.trunk is not None,
            SCRIPT: self.script is not None,
        }
        missing = next((at for at, part in enumerate(PARTS) if not have[part]), len(PARTS))
        return PARTS[:missing]


def objections_so_far(*, parts: Parts, author: User, now: datetime) -> tuple[str, list[Finding]]:
    """Return the book's digest, and who objects of the rules that know enough.

    Whatever is not chosen yet is filled in with any row of its kind: no rule that reads it is
    among those that are told. Without a row of each kind nothing can be asked, and nobody objects.
    """
    book = book_at(now)
    filing = _stand_in(parts, author, now)
    if filing is None:
        return book.digest, []
    facts = filing_facts(filing=filing, now=now)
    if parts.script is None:
        facts = replace(facts, script_offers=False)
    asked = {rule for part in parts.known for rule in KNOWN_FROM[part]}
    decision = judge_filing(facts, book)
    return book.digest, [one for one in decision.objections if one.rule_id in asked]


def _stand_in(parts: Parts, author: User, now: datetime) -> CampaignFiling | None:
    principal = parts.principal or Principal.objects.first()
    number = parts.number or CallerNumber.objects.first()
    trunk = parts.trunk or Trunk.objects.first()
    script = parts.script or ScriptVersion.objects.first()
    if principal is None or number is None or trunk is None or script is None:
        return None
    return CampaignFiling(
        code="-",
        name="-",
        principal=principal,
        purpose=parts.purpose,
        industry=principal.industry,
        caller_number=number,
        audience="-",
        content="-",
        contact="-",
        trunk=trunk,
        script=script,
        robot=parts.robot,
        sensitive_data=parts.sensitive,
        author=author,
        registered_at=now,
    )
