"""The line protocol: requests that may be built, and those that may not."""

from typing import Any

import pytest

from dialer.lines.base import CallRequest, NumberShapeError, RingTooShortError


class TestCallRequest:
    @pytest.mark.parametrize("callee", ["+8613800138000", "+8601012345678", "+12025550123"])
    def test_takes_an_e164_number(self, callee: str) -> None:
        built = CallRequest(permit_id="p", callee=callee, caller_number="95013")

        assert built.callee == callee

    @pytest.mark.parametrize(
        "callee",
        ["13800138000", "+86138001380001234", "+", "", "+861380013800O", "+8613800138000\n",
         "+8613800138000\r\nP-Asserted-Identity: x", "+86 138", "+８６138001380", "tel:+8613"],
    )  # fmt: skip
    def test_refuses_another_callee(self, callee: str) -> None:
        with pytest.raises(NumberShapeError):
            CallRequest(permit_id="p", callee=callee, caller_number="95013")

    @pytest.mark.parametrize("caller", ["", "12", "anonymous", "95013\r\n", "9501\x00", "<95013>"])
    def test_refuses_another_caller_number(self, caller: str) -> None:
        with pytest.raises(NumberShapeError):
            CallRequest(permit_id="p", callee="+8613800138000", caller_number=caller)

    @pytest.mark.parametrize(
        "limits", [{"ring_seconds": 0}, {"max_talk_seconds": -1}, {"silence_seconds": 0}]
    )
    def test_refuses_a_limit_that_is_none(self, limits: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="above 0"):
            CallRequest(permit_id="p", callee="+8613800138000", caller_number="95013", **limits)

    @pytest.mark.parametrize("seconds", [1, 14])
    def test_refuses_to_be_given_up_before_it_can_be_heard(self, seconds: int) -> None:
        with pytest.raises(RingTooShortError):
            CallRequest(
                permit_id="p",
                callee="+8613800138000",
                caller_number="95013",
                ring_seconds=seconds,
            )

    def test_may_ring_for_fifteen_seconds(self) -> None:
        built = CallRequest(
            permit_id="p", callee="+8613800138000", caller_number="95013", ring_seconds=15
        )

        assert built.ring_seconds == 15
