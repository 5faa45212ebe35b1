"""Everything that the live page shows, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.models import CampaignFiling
from compliance.rulebook.decision import Language
from compliance.selectors.sealing import sealing_now
from console.selectors.call_centre.abandonment import Abandoned, abandoned
from console.selectors.floor import Calls, Seats, TrunkNow, calls_now, seats_now, trunks_now
from console.selectors.objections import Objection, objections_today
from console.selectors.waterfall import DECIDED, EMPTY, Waterfall, waterfalls
from console.selectors.wire import Wire, wire
from dialer.models import Campaign

DRY = (
    ("ready", "轮候中", "wait their turn"),
    ("hours", "等待外呼时段", "wait for calling hours"),
    ("caps", "达到频次上限", "at a cap"),
    ("later", "等待下次再试", "wait for their next try"),
    ("refusal", "本人已拒绝", "refused calls"),
    ("consent", "没有同意", "without consent"),
    ("order", "牌照、备案、线路或号码", "licence, filing, line or number"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """Whether the audit trail is sealed in time, which the gate waits for."""

    state: str  # fine, late, stopped
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dry:
    """Some of the people who are not called, and what holds them back."""

    code: str
    people: int
    zh: str
    en: str

    @property
    def decided(self) -> bool:
        """Return whether a decision stands behind each of them."""
        return self.code in DECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The floor at one instant, for one campaign or for all."""

    at: datetime
    campaign: Campaign | None
    waterfall: Waterfall
    rows: Sequence[tuple[Campaign, Waterfall]]  # one by one, where all are shown together
    wire: Wire
    seats: Seats
    calls: Calls
    trunks: Sequence[TrunkNow]
    objections: Sequence[Objection]
    sealing: Sealing
    abandoned: Abandoned
    stopped: bool  # the one campaign shown is not active

    @property
    def dry(self) -> Sequence[Dry]:
        """Return why the queue is dry: whom what holds back, if nobody is called or can be."""
        if self.pace in ("calling", "starting"):
            return ()
        return [
            Dry(code=code, people=people, zh=zh, en=en)
            for code, zh, en in DRY
            if (people := getattr(self.waterfall, code))
        ]

    @property
    def pace(self) -> str:
        """Return why calls go out or do not: the code of one sentence on the page."""
        if self.stopped:
            return "stopped"
        if self.calls.total:
            return "calling"
        if not self.waterfall.ready:
            return "waiting" if self.waterfall.next_at else "finished"
        if not any(trunk.state == "up" for trunk in self.trunks):
            return "no_line"
        return "starting" if self.seats.ready else "no_seat"


def campaigns() -> Sequence[Campaign]:
    """Return every campaign, the oldest first."""
    return list(Campaign.objects.select_related("filing__principal").order_by("pk"))


def picture(*, campaign: Campaign | None, language: Language, now: datetime) -> Picture:
    """Read the floor."""
    campaign_id = campaign.pk if campaign else None
    shown = [campaign] if campaign else campaigns()
    counted = waterfalls(now=now)
    rows = [(one, counted.get(one.pk, EMPTY)) for one in shown]
    active = campaign is None or campaign.filing.state == CampaignFiling.State.ACTIVE
    return Picture(
        at=now,
        campaign=campaign,
        waterfall=sum((fall for _, fall in rows), EMPTY),
        rows=rows,
        wire=wire(),
        seats=seats_now(campaign_id=campaign_id, now=now),
        calls=calls_now(campaign_id=campaign_id, now=now),
        trunks=trunks_now(),
        objections=objections_today(
            filing_id=campaign.filing_id if campaign else None, language=language, now=now
        ),
        sealing=_sealing(language, now),
        abandoned=abandoned(filing_id=campaign.filing_id if campaign else None, now=now),
        stopped=not active,
    )


def _sealing(language: Language, now: datetime) -> Sealing:
    seen = sealing_now(now=now)
    return Sealing(state=seen.state, said=seen.words.zh if language == "zh" else seen.words.en)
