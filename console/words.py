"""What people read for the codes of the records that carry no words of their own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from compliance.models import User
from compliance.rulebook.decision import Verdict
from dialer.lines.base import Outcome

Words = str | Promise

ROLES: dict[str, Words] = {
    User.Role.ADMINISTRATOR: _("administrator"),
    User.Role.COMPLIANCE: _("compliance officer"),
    User.Role.SUPERVISOR: _("supervisor"),
    User.Role.AGENT: _("agent"),
    User.Role.REGULATOR: _("regulator (read only)"),
}
VERDICTS: dict[str, Words] = {
    Verdict.ALLOW: _("allowed"),
    Verdict.DEFER: _("deferred"),
    Verdict.REFUSE: _("refused"),
    Verdict.NOT_APPLICABLE: _("not applicable"),
}
ORIGINS: dict[str, Words] = {
    "progressive": _("campaign"),
    "preview": _("preview"),
    "retry": _("next try"),
    "manual": _("asked by hand"),
    "callback": _("call-back"),
    "api": _("API"),
    "question": _("question only"),
}
OUTCOMES: dict[str, Words] = {
    Outcome.ANSWERED: _("answered"),
    Outcome.ABANDONED: _("answered, no agent in time"),
    Outcome.BUSY: _("busy"),
    Outcome.DECLINED: _("declined"),
    Outcome.UNAVAILABLE: _("unavailable"),
    Outcome.INVALID_NUMBER: _("number does not exist"),
    Outcome.AUTH_FAILED: _("carrier refused our log-in"),
    Outcome.FORBIDDEN: _("carrier forbade the call"),
    Outcome.NOT_ACCEPTABLE: _("carrier did not accept the call"),
    Outcome.CONGESTION: _("carrier congested"),
    Outcome.CARRIER_ERROR: _("carrier error"),
    Outcome.NO_ANSWER: _("no answer"),
    Outcome.CANCELED: _("cancelled by us"),
    Outcome.LINE_DOWN: _("line down, never left"),
    Outcome.LOST: _("lost, counted as a try"),
    Outcome.FAILED: _("failed"),
}
FAMILIES: dict[str, Words] = {
    "CON": _("consent"),
    "REF": _("refusals"),
    "TIM": _("calling hours"),
    "FRQ": _("how often a person is called"),
    "DIA": _("caps of seats and lines"),
    "NUM": _("numbers"),
    "LIC": _("licence and filing"),
    "GOV": _("system health and kill switch"),
    "REC": _("On the record"),
}

STEPS: dict[str, Words] = {
    "list": _("On the list"),
    "consent": _("With consent"),
    "refusal": _("Have not refused"),
    "order": _("Licence, filing and line in order"),
    "hours": _("Inside calling hours"),
    "caps": _("Below every cap"),
}
STOPS: dict[str, Words] = {
    "list": "",
    "consent": _("without consent"),
    "refusal": _("refused calls"),
    "order": _("stopped"),
    "hours": _("outside hours"),
    "caps": _("cap used up"),
}
STANDINGS: dict[str, Words] = {
    "ready": _("waiting their turn"),
    "calling": _("being called"),
    "later": _("next try later"),
    "talked": _("talked to"),
    "unreached": _("not reached"),
}


def family_of(rule_id: str) -> str:
    """Return the family in a rule's id: "CON" of "CN13-CON-01"; "" if it has none."""
    parts = rule_id.split("-")
    return parts[1] if len(parts) > 2 else ""  # noqa: PLR2004 - pack, family, number
