"""What the line heard, as the call record keeps it."""

from dialer.lines.base import CallResult
from dialer.services.call_end import CallEnd


def end_of(result: CallResult) -> CallEnd:
    """Translate a line's result; talk time is rounded up to whole seconds."""
    return CallEnd(
        outcome=result.outcome,
        sip_code=result.sip_code,
        q850=result.q850,
        ended_by=result.ended_by,
        talk_seconds=-int(-result.talk_seconds // 1),
    )
