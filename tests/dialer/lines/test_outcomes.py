"""What final codes and causes are called."""

import pytest

from dialer.lines.base import Outcome
from dialer.lines.outcomes import consumes_attempt, outcome_of, retryable, unwanted


class TestOutcome:
    @pytest.mark.parametrize(
        ("codes", "outcome"),
        [
            ((200, 202), Outcome.ANSWERED),
            ((486, 600), Outcome.BUSY),
            ((603, 607, 608), Outcome.DECLINED),
            ((480,), Outcome.UNAVAILABLE),
            ((404, 410, 416, 484, 485, 604), Outcome.INVALID_NUMBER),
            ((401, 407), Outcome.AUTH_FAILED),
            ((402, 403, 405), Outcome.FORBIDDEN),
            ((406, 415, 488, 606), Outcome.NOT_ACCEPTABLE),
            ((503,), Outcome.CONGESTION),
            ((500, 501, 502, 505, 580), Outcome.CARRIER_ERROR),
            ((408, 504), Outcome.NO_ANSWER),
            ((487,), Outcome.CANCELED),
            ((None,), Outcome.LINE_DOWN),
            ((302, 400, 481, 499, 699), Outcome.FAILED),
        ],
    )
    def test_is_named_by_the_code(self, codes: tuple[int | None, ...], outcome: Outcome) -> None:
        assert {outcome_of(code, None) for code in codes} == {outcome}

    @pytest.mark.parametrize(
        ("cause", "outcome"),
        [
            (17, Outcome.BUSY),
            (18, Outcome.NO_ANSWER),
            (19, Outcome.NO_ANSWER),
            (1, Outcome.INVALID_NUMBER),
            (22, Outcome.INVALID_NUMBER),
            (28, Outcome.INVALID_NUMBER),
            (34, Outcome.CONGESTION),
            (42, Outcome.CONGESTION),
        ],
    )
    def test_follows_the_q850_cause_where_the_code_is_vague(
        self, cause: int, outcome: Outcome
    ) -> None:
        assert {outcome_of(code, cause) for code in (480, 499, 500, 503, 504)} == {outcome}

    @pytest.mark.parametrize("code", [200, 401, 403, 404, 486, 487, 488, 603])
    def test_keeps_a_clear_code_whatever_the_cause(self, code: int) -> None:
        assert {outcome_of(code, cause) for cause in (1, 17, 18, 34)} == {outcome_of(code, None)}

    def test_ignores_a_cause_that_says_nothing(self) -> None:
        assert outcome_of(480, 16) is Outcome.UNAVAILABLE

    def test_may_be_tried_again_only_when_the_person_may_still_be_reached(self) -> None:
        assert {outcome for outcome in Outcome if retryable(outcome)} == {
            Outcome.BUSY,
            Outcome.NO_ANSWER,
            Outcome.UNAVAILABLE,
            Outcome.CONGESTION,
            Outcome.LINE_DOWN,
        }

    def test_counts_as_an_attempt_unless_the_network_failed(self) -> None:
        assert {outcome for outcome in Outcome if not consumes_attempt(outcome)} == {
            Outcome.CONGESTION,
            Outcome.LINE_DOWN,
        }


class TestUnwanted:
    """CN13-REF-07: which of all codes and causes say that the callee wants no such calls."""

    def test_is_said_by_three_signals_and_by_no_other(self) -> None:
        pairs = [
            (code, cause)
            for code in (None, *range(100, 700))
            for cause in (None, *range(128))
            if unwanted(code, cause)
        ]

        assert {code for code, cause in pairs if cause is None} == {607, 608}
        assert {cause for code, cause in pairs if code is None} == {24}
        assert all(code in {607, 608} or cause == 24 for code, cause in pairs)
        assert len(pairs) == 2 * 129 + 601 - 2
