"""Every final code with a meaning of its own, and the Q.850 causes that decide a vague one."""

from dialer.lines.base import Outcome

BY_CODE = (
    (302, Outcome.FAILED),
    (402, Outcome.FORBIDDEN),
    (403, Outcome.FORBIDDEN),
    (404, Outcome.INVALID_NUMBER),
    (405, Outcome.FORBIDDEN),
    (406, Outcome.NOT_ACCEPTABLE),
    (408, Outcome.NO_ANSWER),
    (410, Outcome.INVALID_NUMBER),
    (415, Outcome.NOT_ACCEPTABLE),
    (416, Outcome.INVALID_NUMBER),
    (471, Outcome.FAILED),
    (480, Outcome.UNAVAILABLE),
    (484, Outcome.INVALID_NUMBER),
    (485, Outcome.INVALID_NUMBER),
    (486, Outcome.BUSY),
    (487, Outcome.CANCELED),
    (488, Outcome.NOT_ACCEPTABLE),
    (499, Outcome.FAILED),
    (500, Outcome.CARRIER_ERROR),
    (502, Outcome.CARRIER_ERROR),
    (503, Outcome.CONGESTION),
    (504, Outcome.NO_ANSWER),
    (580, Outcome.CARRIER_ERROR),
    (600, Outcome.BUSY),
    (603, Outcome.DECLINED),
    (604, Outcome.INVALID_NUMBER),
    (606, Outcome.NOT_ACCEPTABLE),
    (607, Outcome.DECLINED),
    (608, Outcome.DECLINED),
    (609, Outcome.FAILED),
)
BY_CAUSE = (
    (480, 17, Outcome.BUSY),
    (480, 18, Outcome.NO_ANSWER),
    (503, 19, Outcome.NO_ANSWER),
    (500, 1, Outcome.INVALID_NUMBER),
    (480, 22, Outcome.INVALID_NUMBER),
    (502, 28, Outcome.INVALID_NUMBER),
    (480, 24, Outcome.DECLINED),
    (500, 34, Outcome.CONGESTION),
    (480, 42, Outcome.CONGESTION),
    (480, 31, Outcome.UNAVAILABLE),
    (486, 34, Outcome.BUSY),
)
REFUSALS = (
    *((f"code_{code}", code, outcome, 0) for code, outcome in BY_CODE),
    *((f"code_{code}_q850_{cause}", code, outcome, cause) for code, cause, outcome in BY_CAUSE),
)
