"""When a frequency rule lets the next call be made."""

from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import PURPOSES, AttemptFacts
from tests.compliance.rulebook.asking import ask
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING
from tests.compliance.rulebook.test_frequency import DAY, FRQ, MOMENT

histories = st.lists(
    st.builds(
        make_attempt,
        at=st.sampled_from([DAY / 6, DAY, 7 * DAY, 30 * DAY, 60 * DAY])
        .flatmap(lambda most: st.timedeltas(min_value=timedelta(0), max_value=most))
        .map(lambda gap: WORKDAY_MORNING - gap),
        same_principal=st.sampled_from([True, True, False]),
        purpose=st.sampled_from(PURPOSES),
        rang=st.sampled_from([True, True, False]),
        answered=st.sampled_from([False, False, True]),
        conversation=st.booleans(),
    ),
    min_size=3,
    max_size=14,
).map(tuple)


class TestRetry:
    @settings(deadline=None)
    @given(attempts=histories, purpose=st.sampled_from(PURPOSES), rule=st.sampled_from(FRQ[:5]))
    def test_is_exact(self, attempts: tuple[AttemptFacts, ...], purpose: str, rule: str) -> None:
        answer = ask(rule, make_facts(purpose=purpose, attempts=attempts))
        assume(answer.retry_at is not None)
        assert answer.retry_at is not None

        def verdict(at: datetime) -> Verdict:
            return ask(rule, make_facts(at=at, purpose=purpose, attempts=attempts)).verdict

        assert answer.retry_at > WORKDAY_MORNING
        assert verdict(answer.retry_at - MOMENT) is Verdict.DEFER
        assert verdict(answer.retry_at) is Verdict.ALLOW

    @settings(deadline=None)
    @given(
        attempts=histories,
        purpose=st.sampled_from(PURPOSES),
        rule=st.sampled_from(FRQ),
        data=st.data(),
    )
    def test_does_not_depend_on_the_order_of_the_ledger(
        self, attempts: tuple[AttemptFacts, ...], purpose: str, rule: str, data: st.DataObject
    ) -> None:
        shuffled = tuple(data.draw(st.permutations(attempts)))

        assert ask(rule, make_facts(purpose=purpose, attempts=attempts)) == ask(
            rule, make_facts(purpose=purpose, attempts=shuffled)
        )
