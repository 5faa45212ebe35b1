"""The state of one agent's desk, as the records have it; two readings of one state are equal."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from compliance.models import Decision, Permit, Refusal, Seat
from compliance.rulebook.decision import Language
from compliance.selectors.refusals_of_call import refusals_of_call
from compliance.selectors.seat_use import SeatUse, seat_use
from console.selectors.desk.card import Card, card_of
from console.selectors.explained import findings_of, reader_language
from console.selectors.floor import waits_for_phone
from dialer.models import Attempt, DeskPress, Lead, Preview, SeatSession
from dialer.models.preview import LEAST_LOOK
from dialer.services.seat_press import wrap_up_owed

State = SeatSession.State


class Phase(StrEnum):
    """What the desk is about, one thing at a time."""

    AWAY = "away"  # on a break, or not begun
    READY = "ready"  # the next call comes by itself
    LOOKING = "looking"  # a card is up
    NOBODY = "nobody"  # a card was asked for, and there is nobody to show
    DIALLING = "dialling"  # permitted; the line sets the call up
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"  # what came of the call has to be said
    BETWEEN = "between"  # said, or nothing to say; the next press is open


UNDER_WAY = frozenset({Phase.DIALLING, Phase.RINGING, Phase.TALKING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A refusal that was heard in the call."""

    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why the gate let no call leave."""

    title: str
    rule_id: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNow:
    """One desk at one moment. Nothing of it goes on by itself: clocks run in the browser."""

    phase: Phase
    seat: Seat
    session: SeatSession | None
    since: datetime | None  # the phase began
    opens_at: datetime | None  # the card's call button, or the next press
    until: datetime | None  # of the card
    capped_until: datetime | None
    waits_for_phone: bool
    card: Card | None
    attempt: Attempt | None
    held: bool
    heard: Sequence[Heard]
    objections: Sequence[Objection]
    asked: Decision | None  # the gate's answer to the last press, if it was no
    use: SeatUse | None

    def mark(self, *, language: Language) -> str:
        """Return what is the same as long as the desk is."""
        session = self.session
        told = (
            language,
            self.phase,
            self.since,
            self.opens_at,
            self.until,
            self.capped_until,
            self.waits_for_phone,
            session and (session.state, session.campaign_id),
            self.card,
            self.attempt and (self.attempt.pk, self.attempt.ended_at, self.attempt.result),
            self.held,
            self.heard,
            self.asked and self.asked.pk,
            self.use and (self.use.hour, self.use.day),
        )
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def desk_now(*, seat: Seat, now: datetime) -> DeskNow:
    """Return the desk of the seat."""
    sessions = SeatSession.objects.filter(seat=seat).select_related("campaign__filing")
    session = sessions.first()
    up = _attempts().filter(permit__seat_id=seat.pk, ended_at=None).first()
    owed = None if up else wrap_up_owed(seat_id=seat.pk)
    preview = _preview(seat, session, now)
    phase = _phase(session, up, owed, preview)
    attempt = up or (_attempts().get(pk=owed.pk) if owed else None)
    use = seat_use(seat_id=seat.pk, now=now)
    asked = _asked(seat, session, phase)
    return DeskNow(
        phase=phase,
        seat=seat,
        session=session,
        since=_since(phase, session, attempt, preview),
        opens_at=_opens_at(phase, preview, seat, use),
        until=preview.until if preview else None,
        capped_until=_capped(session, now),
        waits_for_phone=waits_for_phone(session),
        card=_card(phase, seat, attempt, preview),
        attempt=attempt,
        held=phase is Phase.TALKING and attempt is not None and _is_held(attempt),
        heard=_heard(attempt),
        objections=_objections(asked),
        asked=asked,
        use=use,
    )


def _attempts() -> QuerySet[Attempt]:
    return Attempt.objects.select_related(
        "permit__consent",
        "lead__person",
        "lead__campaign__filing__principal",
        "lead__campaign__filing__script",
        "lead__campaign__filing__caller_number",
    )


def _preview(seat: Seat, session: SeatSession | None, now: datetime) -> Preview | None:
    if session is None or session.state != State.READY or not session.previews:
        return None
    shown = Preview.objects.open().filter(seat=seat, until__gt=now)
    return shown.select_related(
        "lead__person",
        "lead__campaign__filing__principal",
        "lead__campaign__filing__script",
        "lead__campaign__filing__caller_number",
    ).first()


def _phase(
    session: SeatSession | None,
    up: Attempt | None,
    owed: Attempt | None,
    preview: Preview | None,
) -> Phase:
    if up is not None:
        return _phase_of_call(up)
    if owed is not None:
        return Phase.WRAP_UP
    if session is None:
        return Phase.AWAY
    if session.state == State.READY and session.previews:
        return Phase.LOOKING if preview else Phase.NOBODY
    return PHASES.get(session.state, Phase.AWAY)


PHASES: dict[str, Phase] = {
    State.READY: Phase.READY,
    State.RESERVED: Phase.DIALLING,
    State.ON_CALL: Phase.BETWEEN,  # the call has just ended, and its seat is being let go
    State.WRAP_UP: Phase.BETWEEN,
}


def _phase_of_call(up: Attempt) -> Phase:
    if up.answered_at is not None:
        return Phase.TALKING
    return Phase.RINGING if up.ringing_at is not None else Phase.DIALLING


def _since(
    phase: Phase,
    session: SeatSession | None,
    attempt: Attempt | None,
    preview: Preview | None,
) -> datetime | None:
    if phase is Phase.LOOKING and preview is not None:
        return preview.shown_at
    if attempt is not None:
        return attempt.ended_at or attempt.answered_at or attempt.ringing_at or attempt.started_at
    return session.since if session else None


def _opens_at(
    phase: Phase, preview: Preview | None, seat: Seat, use: SeatUse | None
) -> datetime | None:
    """Return when the main button begins to be of use; the gate would defer before."""
    if preview is not None:
        return preview.shown_at + LEAST_LOOK
    if use is None or phase not in {Phase.BETWEEN, Phase.WRAP_UP}:
        return None
    talks = Permit.objects.filter(seat=seat, result__in=["answered", "abandoned"])
    last = talks.order_by("-issued_at").values_list("ended_at", flat=True).first()
    return last + timedelta(seconds=use.wrap_seconds) if last else None


def _capped(session: SeatSession | None, now: datetime) -> datetime | None:
    until = session.capped_until if session else None
    return until if until is not None and until > now else None


def _card(
    phase: Phase, seat: Seat, attempt: Attempt | None, preview: Preview | None
) -> Card | None:
    if attempt is not None:
        return card_of(lead=attempt.lead, seat=seat, permit=attempt.permit)
    if preview is not None:
        return card_of(lead=preview.lead, seat=seat)
    if phase is not Phase.DIALLING:
        return None
    permit = Permit.objects.open().filter(seat=seat).first()
    leads = Lead.objects.select_related(
        "person",
        "campaign__filing__principal",
        "campaign__filing__script",
        "campaign__filing__caller_number",
    )
    lead = (
        permit
        and leads.filter(person_id=permit.person_id, campaign__filing_id=permit.filing_id).first()
    )
    return card_of(lead=lead, seat=seat, permit=permit) if lead else None


def _is_held(attempt: Attempt) -> bool:
    holds = [DeskPress.What.HOLD, DeskPress.What.RESUME]
    last = attempt.presses.filter(what__in=holds, taken_at__isnull=False).order_by("-pk").first()
    return last is not None and last.what == DeskPress.What.HOLD


def _heard(attempt: Attempt | None) -> Sequence[Heard]:
    if attempt is None:
        return ()
    rows: list[Refusal] = list(refusals_of_call(attempt.permit).order_by("pk"))
    return tuple(Heard(source=row.source, at=row.recorded_at) for row in rows)


def _asked(seat: Seat, session: SeatSession | None, phase: Phase) -> Decision | None:
    """Return the gate's no to the last press for a call, as long as nothing was pressed since."""
    if phase is not Phase.NOBODY or session is None:
        return None
    last = Preview.objects.filter(seat=seat).order_by("-shown_at").first()
    if last is None or last.end != Preview.End.CALLED or last.ended_at != session.since:
        return None
    if last.decision is None:
        return None
    return Decision.objects.filter(pk=last.decision).exclude(verdict="allow").first()


def _objections(asked: Decision | None) -> Sequence[Objection]:
    if asked is None:
        return ()
    found = findings_of(asked, language=reader_language())
    return tuple(
        Objection(title=one.title, rule_id=one.rule_id, sentence=one.sentence)
        for one in found.objections
    )
