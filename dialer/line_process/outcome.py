"""What the line heard, as the call record keeps it."""

from dialer.line_process.both_legs import BothLegs
from dialer.lines.base import CallResult
from dialer.services.call_end import CallEnd


def end_of(result: CallResult, *, legs: BothLegs | None = None) -> CallEnd:
    """Translate a line's result; talk time is rounded up to whole seconds."""
    return CallEnd(
        outcome=result.outcome,
        sip_code=result.sip_code,
        q850=result.q850,
        ended_by=result.ended_by,
        talk_seconds=-int(-result.talk_seconds // 1),
        bridged_after_ms=legs.bridged_after_ms if legs else None,
        agent_after_ms=legs.sound.after_ms if legs else None,
    )
