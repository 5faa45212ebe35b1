"""The person of a seat's card or call, as its agent may know them: masked, and why.

Nothing here can be asked for: the card is of the lead that the dialer has given to the seat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.models import CampaignFiling, Consent, Operator, Permit, Person, Seat
from compliance.numbers.masking import mask_text
from compliance.vault import unseal
from console.selectors.explained import reader_language
from dialer.models import Attempt, Lead

METHODS = {
    "web_form": ("网页表单", "a form on the web"),
    "app": ("手机应用", "an app"),
    "paper": ("纸质文件", "paper"),
    "recording": ("通话录音", "a recorded call"),
    "sms": ("短信回复", "a text message"),
}
CLOSINGS = ("refused", "refusal")  # steps that say what to say to somebody's no
CLOSING = (
    "好的，已经为您登记，我们不再来电。打扰您了，再见。",
    "I have noted it: we will not call you again. Sorry to have troubled you; goodbye.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastContact:
    """The last call to this person for the same principal."""

    at: datetime
    result: str  # dialer.lines.base.Outcome
    disposition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One step of the script, filled in."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Who, why, with what consent, and when last."""

    masked: str
    name: str  # its first sign; "" if the list had none
    campaign: str
    principal: str
    purpose: str
    content: str
    caller_number: str
    consent: Consent | None
    consent_how: str
    tries: int
    last: LastContact | None
    steps: Sequence[Said]
    closing: str


def card_of(*, lead: Lead, seat: Seat, permit: Permit | None = None) -> Card:
    """Return the card of the lead that the seat has been given."""
    filing = lead.campaign.filing
    consent = permit.consent if permit is not None else _consent(filing, lead.person)
    steps = _steps(filing, seat)
    return Card(
        masked=lead.person.masked,
        name=_name(lead),
        campaign=filing.name,
        principal=filing.principal.name,
        purpose=filing.get_purpose_display(),
        content=filing.content,
        caller_number=filing.caller_number.number,
        consent=consent,
        consent_how=_how(consent),
        tries=lead.attempts,
        last=_last(lead, permit),
        steps=tuple(step for step in steps if step.name not in CLOSINGS),
        closing=_closing(steps),
    )


def _name(lead: Lead) -> str:
    sealed = bytes(lead.name_sealed)
    return mask_text(unseal(sealed, bound_to=bytes(lead.person.number_index))) if sealed else ""


def _consent(filing: CampaignFiling, person: Person) -> Consent | None:
    """Return the newest that stands; the gate says which one carries the call, if any does."""
    standing = Consent.objects.standing().filter(person=person, whitelist=filing.whitelist_id)
    return standing.order_by("-given_at", "-pk").first()


def _how(consent: Consent | None) -> str:
    if consent is None:
        return ""
    zh, en = METHODS.get(consent.method, (consent.method, consent.method))
    return zh if reader_language() == "zh" else en


def _last(lead: Lead, permit: Permit | None) -> LastContact | None:
    principal = lead.campaign.filing.principal_id
    calls = Attempt.objects.filter(
        permit__person_id=lead.person_id, permit__filing__principal_id=principal
    ).exclude(ended_at=None)
    if permit is not None:
        calls = calls.exclude(permit=permit)
    last = calls.order_by("-permit__issued_at").first()
    if last is None:
        return None
    return LastContact(at=last.started_at, result=last.result, disposition=last.disposition)


def _steps(filing: CampaignFiling, seat: Seat) -> list[Said]:
    operator = Operator.objects.first()
    said = {
        "{operator}": operator.legal_name if operator else "",
        "{principal}": filing.principal.name,
        "{seat}": seat.code,
    }
    return [Said(name=row["step"], text=_filled(row["text"], said)) for row in filing.script.steps]


def _filled(text: str, said: dict[str, str]) -> str:
    for place, word in said.items():
        text = text.replace(place, word)
    return text


def _closing(steps: Sequence[Said]) -> str:
    named = {step.name: step.text for step in steps}
    own = next((named[name] for name in CLOSINGS if name in named), "")
    return own or (CLOSING[0] if reader_language() == "zh" else CLOSING[1])
