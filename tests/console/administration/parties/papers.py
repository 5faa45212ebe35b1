"""What is typed into the forms of the parties, and what then stands."""

from datetime import timedelta

from audit.models import AuditEntry
from compliance import clock
from compliance.models import Principal
from compliance.selectors.clock_due import local_day
from console.selectors.administration.parties import PrincipalShown, parties_shown
from tests.console.call_centre.registers import paper
from tests.console.house import OPENING

TODAY = local_day(OPENING)
DAY = timedelta(days=1)
PARTIES = "/parties/"


def of(principal: Principal) -> PrincipalShown:
    _, principals = parties_shown(now=clock.read())
    return next(one for one in principals if one.row == principal)


def last_entry(action: str) -> AuditEntry:
    return AuditEntry.objects.of(action).latest("pk")


def mandate(**more: object) -> dict[str, object]:
    return {
        "contract": "WT-NEXT",
        "first": "2027-01-01",
        "last": "2031-12-31",
        "document": paper(),
        **more,
    }


def document(**more: object) -> dict[str, object]:
    return {
        "kind": "school_licence",
        "number": "教民 1",
        "issuer": "某教育局",
        "first": "2026-01-01",
        "last": "2030-12-31",
        "document": paper(),
        **more,
    }


def licence(**more: object) -> dict[str, object]:
    return {
        "kind": "B24",
        "number": "B2-20300001",
        "area": "CN",
        "first": "2030-01-01",
        "last": "2034-12-31",
        "document": paper(),
        **more,
    }
