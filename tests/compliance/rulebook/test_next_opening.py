"""When closed hours open again, to the instant."""

from datetime import datetime
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from tests.compliance.rulebook.asking import ask
from tests.compliance.rulebook.build import make_calendar, make_consent, make_facts
from tests.compliance.rulebook.instants import beijing
from tests.compliance.rulebook.test_hours import HOURS, MOMENT, WEEK, a_week, purposes


class TestNextOpening:
    @settings(deadline=None)
    @given(at=a_week, purpose=purposes, rule=st.sampled_from(HOURS), west=st.booleans())
    def test_is_exact(self, at: datetime, purpose: str, rule: str, west: bool) -> None:  # noqa: FBT001
        provinces = ("CN-XJ",) if west else ("CN-BJ",)
        calendar = make_calendar(at=WEEK)
        answer = ask(
            rule,
            make_facts(at=at, purpose=purpose, calendar=calendar, callee__provinces=provinces),
        )
        assume(answer.retry_at is not None)
        assert answer.retry_at is not None

        before, after = (
            ask(
                rule,
                make_facts(
                    at=then, purpose=purpose, calendar=calendar, callee__provinces=provinces
                ),
            )
            for then in (answer.retry_at - MOMENT, answer.retry_at)
        )

        assert answer.retry_at > at
        assert before.verdict is Verdict.DEFER
        assert after.verdict is Verdict.ALLOW

    @settings(deadline=None)
    # P2 waits for no morning: its request is over within half an hour (CN13-CON-08).
    @given(at=a_week, purpose=purposes.filter(lambda p: p not in ("P1", "P2")), west=st.booleans())
    def test_of_all_hours_together_is_an_instant_at_which_the_call_is_allowed(
        self,
        at: datetime,
        purpose: str,
        west: bool,  # noqa: FBT001
    ) -> None:
        changes: dict[str, Any] = {
            "purpose": purpose,
            "calendar": make_calendar(at=WEEK),
            "callee__provinces": ("CN-*",) if west else ("CN-BJ",),
            "consents": (make_consent(purpose=purpose, given_at=at),),
        }
        decision = decide(make_facts(at=at, **changes), book())
        assume(decision.retry_at is not None)
        assert decision.retry_at is not None

        then = decide(make_facts(at=decision.retry_at, **changes), book())
        just_before = decide(make_facts(at=decision.retry_at - MOMENT, **changes), book())

        assert then.verdict is Verdict.ALLOW
        assert just_before.verdict is Verdict.DEFER

    def test_of_friday_evening_is_monday_morning(self) -> None:
        decision = decide(make_facts(at=beijing("2026-03-13 20:30")), book())

        assert decision.retry_at == beijing("2026-03-16 09:00")


class TestNight:
    @settings(deadline=None)
    @given(
        at=st.datetimes(min_value=datetime(2005, 1, 1), max_value=datetime(2098, 1, 1)),
        purpose=purposes,
        days=st.text("wo?", min_size=1, max_size=5),
        provinces=st.sampled_from([("CN-BJ",), ("CN-XJ",), ("CN-*",)]),
    )
    def test_is_never_a_time_to_call_whatever_the_calendar_says(
        self, at: datetime, purpose: str, days: str, provinces: tuple[str, ...]
    ) -> None:
        assume(at.hour < 8 or at.hour >= 21)
        then = beijing(at.isoformat())

        decision = decide(
            make_facts(
                at=then,
                purpose=purpose,
                calendar=make_calendar(at=then, days=days),
                callee__provinces=provinces,
            ),
            book(),
        )

        assert decision.verdict is not Verdict.ALLOW
