"""What a reader asks of the decisions, as a query string holds it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.utils import timezone

from compliance.models import Decision
from console.asked import day_from, instant_from, person_from
from console.selectors.waterfall import DECIDED
from console.selectors.wire import BECAME

CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader asks for; an empty field asks for nothing."""

    rule: str = ""  # a rule's id, or a family such as "CON"
    answer: str = ""  # what the rule itself answered; "": it objected
    verdict: str = ""
    kind: str = ""
    campaign: str = ""  # code
    running: bool = False  # of campaigns that run
    stands: str = ""  # of leads that stand there now, as the waterfall counts them
    permit: str = ""  # what became of the permit: console.selectors.wire
    origin: str = ""  # which path asked
    caller: str = ""  # the house's own number that the permit shows
    trunk: str = ""  # code
    seat: str = ""  # code
    day: date | None = None  # local
    since: datetime | None = None
    until: datetime | None = None
    person: int | None = None

    @property
    def query(self) -> str:
        """Return the filters as a query string."""
        given = {
            "rule": self.rule,
            "answer": self.answer,
            "verdict": self.verdict,
            "kind": self.kind,
            "campaign": self.campaign,
            "running": "1" if self.running else "",
            "stands": self.stands,
            "permit": self.permit,
            "origin": self.origin,
            "caller": self.caller,
            "trunk": self.trunk,
            "seat": self.seat,
            "day": self.day.isoformat() if self.day else "",
            "since": local_text(self.since),
            "until": local_text(self.until),
            "person": str(self.person) if self.person else "",
        }
        return urlencode({name: value for name, value in given.items() if value})


def wanted_from(given: Mapping[str, str]) -> Wanted:
    """Read the filters of a query string; what cannot be understood is not asked for."""
    return Wanted(
        rule=_code(given.get("rule", "")),
        answer=_answer(given),
        verdict=_code(given.get("verdict", "")),
        kind=_code(given.get("kind", "")),
        campaign=_code(given.get("campaign", "")),
        running=given.get("running", "") == "1",
        stands=_one_of(DECIDED, given.get("stands", "")),
        permit=_one_of(BECAME, given.get("permit", "")),
        origin=_code(given.get("origin", "")),
        caller=_code(given.get("caller", "")),
        trunk=_code(given.get("trunk", "")),
        seat=_code(given.get("seat", "")),
        day=day_from(given.get("day", "")),
        since=instant_from(given.get("since", "")),
        until=instant_from(given.get("until", "")),
        person=person_from(given.get("person", "")),
    )


def _answer(given: Mapping[str, str]) -> str:
    """Read what the rule answered; where no rule is asked for there is no such answer."""
    said = given.get("answer", "")
    return _one_of(Decision.Verdict.values, said) if given.get("rule", "") else ""


def _one_of(known: Collection[str], text: str) -> str:
    return text if text in known else ""


def _code(text: str) -> str:
    return text if CODE.fullmatch(text) else ""


def local_text(at: datetime | None) -> str:
    """Return an instant as a field of a form takes it, in local time, to the millisecond."""
    if at is None:
        return ""
    parts = "milliseconds" if at.second or at.microsecond else "minutes"
    return timezone.localtime(at).replace(tzinfo=None).isoformat(timespec=parts)
