"""CN13-DIA-05, CN13-DIA-08: whoever answers hears an agent within two seconds, or is abandoned."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from dialer.line_process.both_legs import JOIN_SECONDS, BothLegs, CallEvent, NobodyThere
from dialer.lines.base import Answered, CallHandle, CallRequest, Ended, Outcome
from dialer.lines.fake import FakeCall
from dialer.lines.seat.fake import FakeTimer

SILENCE = b"\xff" * 160
ASKED = CallRequest(permit_id="p", callee="+8613800138000", caller_number="95123")


class Phone:
    """A seat's phone that comes and goes as told."""

    def __init__(self) -> None:
        self.there = FakeCall(call_id="phone", request=ASKED, events=[], on_event=lambda _: None)
        self.handle: CallHandle | None = self.there
        self.timers: list[FakeTimer] = []

    def take(self, call: BothLegs) -> None:
        """Remember nothing: the test tells the call itself."""

    def let_go(self, call: BothLegs) -> None:
        """Remember nothing."""

    def soon(self, action: Callable[[], object]) -> None:
        action()

    def after(self, seconds: float, action: Callable[[], object]) -> FakeTimer:
        self.timers.append(FakeTimer(seconds=seconds, action=action))
        return self.timers[-1]


HAPPENINGS = st.lists(
    st.sampled_from(["left", "came", "silence", "noise", "hold", "resume"]), max_size=12
)


class TestAnsweredCall:
    @given(before=HAPPENINGS, after=HAPPENINGS)
    def test_is_abandoned_exactly_if_no_agent_was_heard_in_time(
        self, before: list[str], after: list[str]
    ) -> None:
        phone, told = Phone(), list[CallEvent]()
        legs = BothLegs(seat=phone, tell=told.append)
        callee = FakeCall(call_id="callee", request=ASKED, events=[], on_event=legs.heard)
        legs.begin(callee)
        heard = any(_happens(one, legs, phone, callee) for one in before)
        assert not heard  # nobody has answered

        callee.say(Answered())
        for one in after:
            heard = _happens(one, legs, phone, callee) or heard
        ended_by_agent = callee.over
        (timer,) = [one for one in phone.timers if one.seconds == JOIN_SECONDS]
        timer.fire()
        callee.hangup()

        (last,) = [event for event in told if isinstance(event, Ended)]
        assert heard or NobodyThere() in told
        assert (last.result.outcome is Outcome.ABANDONED) is not heard
        assert heard or not ended_by_agent


def _happens(one: str, legs: BothLegs, phone: Phone, callee: FakeCall) -> bool:
    """Let one thing happen; return whether the callee hears an agent by it."""
    joined = callee.answered and not callee.over and callee.bridged is phone.there
    match one:
        case "left" if phone.handle is not None:
            phone.handle = None
            phone.there.unbridge()
            legs.seat_left(by="line")
        case "came" if phone.handle is None:
            phone.handle = phone.there
            legs.seat_came()
        case "hold" | "resume":
            legs.seat_held(one == "hold")
        case "silence" | "noise" if joined and not callee.held:
            payload = SILENCE if one == "silence" else b"\x10" * 160
            legs.sound.take(side="us", position=160, payload=payload, codec=0)
            return one == "noise"
    return False
