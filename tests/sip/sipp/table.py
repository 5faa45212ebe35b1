"""What SIPp does as a carrier, callee by callee, and what the line has to make of it."""

from dataclasses import dataclass, field
from typing import Any, Literal

from dialer.lines.base import EndedBy, Outcome
from tests.sip.sipp import steps as s
from tests.sip.sipp.table_credentials import CREDENTIALS
from tests.sip.sipp.table_refusals import REFUSALS

HangUp = Literal["never", "when sent", "when ringing", "when answered"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One callee."""

    name: str
    steps: str  # of SIPp, after the INVITE has come
    outcome: Outcome = Outcome.ANSWERED
    code: int | None = 200
    by: EndedBy = "us"
    rings: tuple[int, ...] | None = None  # what is told before the answer; None: whatever
    we_hang_up: HangUp = "when answered"
    talk_seconds: float = 0.0  # before we hang up
    q850: int | None = None
    refusal: tuple[int, int] | None = None  # SIP code and Q.850 cause
    request: dict[str, Any] = field(default_factory=dict)  # of the call, where it is unusual

    @property
    def verdict(self) -> str:
        """What SIPp logs when it is content."""
        return f"done {self.name if self.refusal is None else self.code}"


def _refused(name: str, code: int, outcome: Outcome, cause: int) -> Row:
    return Row(
        name=name,
        steps="",  # the number says it all: `scenario.refusal`
        refusal=(code, cause),
        outcome=outcome,
        code=code,
        by="callee" if outcome in {Outcome.BUSY, Outcome.DECLINED} else "carrier",
        q850=cause,
        we_hang_up="never",
    )


BYE = s.bye_comes()
ROUTE = f"<sip:{s.HERE};lr>"
FAR = "Contact: <sip:callee@192.0.2.1:5999>"

ANSWERED = (
    Row(
        name="strict_ack",
        steps=s.trying() + s.ringing() + s.answered() + BYE,
        rings=(180,),
    ),
    Row(name="straight_answer", steps=s.answered() + BYE, rings=()),
    Row(
        name="early_media",
        steps=s.trying() + s.early_media() + s.pause(200) + s.answered() + BYE,
        rings=(183,),
    ),
    Row(name="only_183", steps=s.reply(183, "Session Progress") + s.answered() + BYE),
    Row(
        name="rings_and_plays",
        steps=s.ringing() + s.early_media() + s.pause(100) + s.answered() + BYE,
        rings=(180, 183),
    ),
    Row(
        name="answers_again",
        steps=s.answered()
        + s.late_reply(200, "OK", body=s.sdp())
        + s.ack()
        + s.late_reply(200, "OK", body=s.sdp())
        + s.ack()
        + BYE,
        talk_seconds=1.0,  # else the BYE may overtake what comes again
    ),
    Row(
        name="forked",
        steps=s.answered()
        + s.late_reply(200, "OK", tag="fork[call_number]", body=s.sdp())
        + s.ack(tag="fork[0-9]+")
        + s.bye_comes(tag="fork[0-9]+")
        + BYE,
        talk_seconds=1.0,
    ),
    Row(
        name="routed",
        steps=s.send(
            "SIP/2.0 200 OK",
            "[last_Via:]",
            f"Record-Route: {ROUTE}",
            "[last_From:]",
            f"[last_To:];tag={s.TAG}",
            "[last_Call-ID:]",
            "[last_CSeq:]",
            FAR,
            body=s.sdp(),
            attributes=s.RETRANSMIT,
        )
        + s.ack(s.ereg("sip:.*;lr", "checked", header="Route"), uri="sip:callee@192.0.2.1:5999")
        + s.recv("BYE", s.ereg("sip:.*;lr", "checked", header="Route"))
        + s.ok(),
    ),
    Row(
        name="compact",
        steps=s.send(
            "SIP/2.0 200 OK",
            "v:[$via]",
            "f:[$from]",
            f"t:[$to] ; tag={s.TAG}",
            "i:[call_id]",
            "CSeq:[$cseq]",
            f"m: <sip:callee@{s.HERE}>",
            body=s.sdp(),
            attributes=s.RETRANSMIT,
        )
        + s.ack()
        + BYE,
    ),
    Row(name="pcma", steps=s.answered(body=s.sdp("8 101")) + BYE),
    Row(
        name="opus",
        steps=s.answered(body=s.sdp("96 101")) + BYE,
        outcome=Outcome.NOT_ACCEPTABLE,
        code=488,
        we_hang_up="never",
    ),
    Row(
        name="callee_hangs_up",
        steps=s.answered() + s.pause(200) + s.asked("BYE", 200, "Reason: Q.850;cause=16"),
        by="callee",
        q850=16,
        we_hang_up="never",
    ),
    Row(
        name="bye_challenged",
        steps=s.answered()
        + s.recv("BYE")
        + s.send(
            "SIP/2.0 407 Proxy Authentication Required",
            *s.ECHO,
            "[last_To:]",
            "[last_Call-ID:]",
            "[last_CSeq:]",
            'Proxy-Authenticate: Digest realm="sipp", nonce="bye", qop="auth", algorithm=MD5',
        )
        + s.recv("BYE", s.ereg('username="line"', "checked", header="Proxy-Authorization"))
        + s.ok(),
    ),
)

INSIDE = (
    Row(
        name="reinvite",
        steps=s.answered() + s.reinvite("sendrecv", "sendrecv", cseq=1) + BYE,
        talk_seconds=1.0,
    ),
    Row(
        name="held",
        steps=s.answered()
        + s.reinvite("sendonly", "recvonly", cseq=1)
        + s.reinvite("sendrecv", "sendrecv", cseq=2)
        + BYE,
        talk_seconds=1.0,
    ),
    Row(
        name="session_timer_of_theirs",
        steps=s.answered("Require: timer", "Session-Expires: 1800;refresher=uas")
        + s.asked("UPDATE", 200, "Session-Expires: 1800;refresher=uac")
        + BYE,
        talk_seconds=1.0,
    ),
    Row(
        name="in_dialog",
        steps=s.answered()
        + s.asked("OPTIONS", cseq=1)
        + s.asked("INFO", cseq=2)
        + s.asked("NOTIFY", 200, "Event: keep-alive", cseq=3)
        + s.asked("REFER", 403, "Refer-To: <sip:+8613900139000@192.0.2.9>", cseq=4)
        + BYE,
        talk_seconds=1.5,
    ),
    Row(
        name="options_while_it_rings",
        steps=s.ringing()
        + s.send(
            f"OPTIONS sip:line@{s.HERE} SIP/2.0",
            f"Via: SIP/2.0/UDP {s.HERE};branch=[branch]",
            "Max-Forwards: 70",
            f"From: <sip:carrier@{s.HERE}>;tag=o[call_number]",
            "To: <sip:line@[remote_ip]>",
            "Call-ID: options///[call_id]",
            "CSeq: 7 OPTIONS",
            attributes=s.RETRANSMIT,
        )
        + s.recv("200", s.ereg("7 OPTIONS", "checked", header="CSeq"))
        + s.late_reply(200, "OK", body=s.sdp())
        + s.ack()
        + BYE,
    ),
)

ALLOW = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE"
OURS, THEIRS = "Session-Expires: 4;refresher=uac", "Session-Expires: 4;refresher=uas"
REFRESHED = ("Require: timer", OURS)
TIMERS = (  # of a line that wishes for 4 s and takes 2
    Row(
        name="we_refresh_by_update",
        steps=s.answered(ALLOW, *REFRESHED)
        + s.recv("UPDATE", s.ereg("refresher=uac", "checked", header="Session-Expires"))
        + s.ok(s.CONTACT, *REFRESHED)
        + BYE,
        talk_seconds=2.5,
    ),
    Row(
        name="we_refresh_by_reinvite",
        steps=s.answered(*REFRESHED)
        + s.recv("INVITE", s.ereg("m=audio ", "checked"))
        + s.send(
            "SIP/2.0 200 OK",
            *s.ECHO,
            "[last_To:]",
            "[last_Call-ID:]",
            "[last_CSeq:]",
            s.CONTACT,
            *REFRESHED,
            body=s.sdp(),
            attributes=s.RETRANSMIT,
        )
        + s.ack()
        + BYE,
        talk_seconds=2.5,
    ),
    Row(
        name="they_do_not_refresh",
        steps=s.answered("Require: timer", THEIRS) + BYE,
        by="line",
        we_hang_up="never",
    ),
    Row(
        name="session_too_brief",
        steps=s.refuse(422, "Session Interval Too Small", "Min-SE: 90")
        + s.recv("INVITE", s.ereg("90", "checked", header="Session-Expires"))
        + s.answered("Require: timer", "Session-Expires: 90;refresher=uac")
        + BYE,
    ),
)

RINGING = (
    Row(
        name="no_answer",
        steps=s.ringing() + s.cancel_comes() + s.ok() + s.terminated(),
        outcome=Outcome.NO_ANSWER,
        code=487,
        rings=(180,),
        we_hang_up="never",
        request={"ring_seconds": 1},
    ),
    Row(
        name="canceled",
        steps=s.trying() + s.ringing() + s.cancel_comes() + s.ok() + s.terminated(),
        outcome=Outcome.CANCELED,
        code=487,
        we_hang_up="when ringing",
    ),
    Row(
        name="canceled_before_a_word",
        steps=s.pause(700) + s.ringing() + s.cancel_comes() + s.ok() + s.terminated(),
        outcome=Outcome.CANCELED,
        code=487,
        we_hang_up="when sent",
    ),
    Row(
        name="glare",
        steps=s.ringing()
        + s.cancel_comes()
        + s.ok()
        + s.late_reply(200, "OK", body=s.sdp())
        + s.ack()
        + BYE,
        outcome=Outcome.CANCELED,
        code=200,
        we_hang_up="when ringing",
    ),
    Row(
        name="busy_meets_cancel",
        steps=s.ringing()
        + s.cancel_comes()
        + s.ok()
        + s.late_reply(486, "Busy Here")
        + s.ack_of_refusal(),
        outcome=Outcome.BUSY,
        code=486,
        by="callee",
        we_hang_up="when ringing",
    ),
    Row(
        name="silence",
        steps="",
        outcome=Outcome.LINE_DOWN,
        code=None,
        by="line",
        we_hang_up="never",
    ),
)

LONG = "forty_seconds"  # answers, and says goodbye after 40 s: by then a call without ACK is dead
CALLS: tuple[Row, ...] = (
    *ANSWERED,
    *INSIDE,
    *TIMERS,
    *RINGING,
    Row(
        name=LONG,
        steps=s.answered() + s.pause(40_000) + s.asked("BYE"),
        by="callee",
        we_hang_up="never",
    ),
)
OTHERS: tuple[Row, ...] = (
    *(Row(**one) for one in CREDENTIALS),
    *(_refused(*one) for one in REFUSALS),
)
PARTS = (CALLS, OTHERS)  # as much as SIPp reads of one scenario
TABLE: tuple[Row, ...] = CALLS + OTHERS
ROWS = {row.name: row for row in TABLE}
