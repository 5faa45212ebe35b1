"""What a final SIP code and a Q.850 cause mean, and whether another try makes sense."""

from dialer.lines.base import Outcome

BY_CODE = {
    **dict.fromkeys((486, 600), Outcome.BUSY),
    **dict.fromkeys((603, 607, 608), Outcome.DECLINED),
    480: Outcome.UNAVAILABLE,
    **dict.fromkeys((404, 410, 416, 484, 485, 604), Outcome.INVALID_NUMBER),
    **dict.fromkeys((401, 407), Outcome.AUTH_FAILED),
    **dict.fromkeys((402, 403, 405), Outcome.FORBIDDEN),
    **dict.fromkeys((406, 415, 488, 606), Outcome.NOT_ACCEPTABLE),
    503: Outcome.CONGESTION,
    **dict.fromkeys((408, 504), Outcome.NO_ANSWER),
    487: Outcome.CANCELED,
}
BY_CLASS = {2: Outcome.ANSWERED, 5: Outcome.CARRIER_ERROR}
BY_Q850 = {
    17: Outcome.BUSY,
    **dict.fromkeys((18, 19), Outcome.NO_ANSWER),
    **dict.fromkeys((1, 22, 28), Outcome.INVALID_NUMBER),
    24: Outcome.DECLINED,
    **dict.fromkeys((34, 42), Outcome.CONGESTION),
}
UNWANTED_CODES = frozenset({607, 608})  # RFC 8197: unwanted; RFC 8688: rejected on the way there
UNWANTED_CAUSES = frozenset({24})  # Q.850: rejected by a feature that the callee has switched on
VAGUE = frozenset(
    {
        Outcome.UNAVAILABLE,
        Outcome.CONGESTION,
        Outcome.CARRIER_ERROR,
        Outcome.NO_ANSWER,
        Outcome.FAILED,
    }
)
RETRYABLE = frozenset(
    {
        Outcome.BUSY,
        Outcome.NO_ANSWER,
        Outcome.UNAVAILABLE,
        Outcome.CONGESTION,
        Outcome.LINE_DOWN,
    }
)
NOT_AN_ATTEMPT = frozenset({Outcome.CONGESTION, Outcome.LINE_DOWN})


def outcome_of(sip_code: int | None, q850: int | None) -> Outcome:
    """Name a final SIP code; a Q.850 cause decides where the code is vague.

    No code at all means that the carrier never replied: the line is down.
    """
    if sip_code is None:
        return Outcome.LINE_DOWN
    outcome = BY_CODE.get(sip_code) or BY_CLASS.get(sip_code // 100, Outcome.FAILED)
    if outcome in VAGUE and q850 is not None:
        return BY_Q850.get(q850, outcome)
    return outcome


def unwanted(sip_code: int | None, q850: int | None) -> bool:
    """Say whether the carrier reports a callee who does not want such calls at all."""
    return sip_code in UNWANTED_CODES or q850 in UNWANTED_CAUSES


def retryable(outcome: Outcome) -> bool:
    """Say whether another try later may reach the person."""
    return outcome in RETRYABLE


def consumes_attempt(outcome: Outcome) -> bool:
    """Say whether the try counts against the lead; a network's failure does not."""
    return outcome not in NOT_AN_ATTEMPT
