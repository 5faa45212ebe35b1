"""Protected numbers, barred regions, numbers that changed hands, bursts of calls."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_consent, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

MOMENT = timedelta(microseconds=1)


class TestProtected:
    @pytest.mark.parametrize(
        ("protected", "expected"),
        [(False, "allow"), (True, "protected_number"), (None, "protection_unknown")],
    )
    def test_number_is_never_called(self, protected: bool | None, expected: str) -> None:  # noqa: FBT001
        assert reason("CN13-NUM-10", make_facts(callee__protected=protected)) == expected


class TestRegion:
    @pytest.mark.parametrize(
        ("provinces", "expected"),
        [
            (("CN-BJ",), "allow"),
            (("CN-XJ",), "region_barred"),
            (("CN-XZ",), "region_barred"),
            (("CN-BJ", "CN-XZ"), "region_barred"),  # it may be there
            (("CN-*",), "allow"),  # TIM-05 keeps the latest hours for it
            ((), "locality_unknown"),
        ],
    )
    def test_that_carriers_bar_is_not_called(
        self, provinces: tuple[str, ...], expected: str
    ) -> None:
        assert reason("CN13-NUM-11", make_facts(callee__provinces=provinces)) == expected

    def test_that_carriers_bar_is_reached_without_a_carrier(self) -> None:
        facts = make_facts(callee__provinces=("CN-XJ",), filing__trunk__kind="loopback")

        assert reason("CN13-NUM-11", facts) == "allow"

    @pytest.mark.parametrize("barred", ["CN-GD", "CN-*"])
    def test_that_the_trunk_bars_is_not_called_either(self, barred: str) -> None:
        facts = make_facts(
            callee__provinces=(barred,), filing__trunk__barred_provinces=("CN-HI", barred)
        )

        answer = ask("CN13-NUM-11", facts)

        assert answer.reason == "region_barred"
        assert dict(answer.values) == {"region": barred}

    def test_is_unknown_without_a_trunk(self) -> None:
        assert reason("CN13-NUM-11", make_facts(filing__trunk=None)) == "trunk_unknown"

    @settings(deadline=None)
    @given(
        provinces=st.sets(st.sampled_from(["CN-BJ", "CN-GD", "CN-XJ", "CN-XZ", "CN-*"])),
        barred=st.sets(st.sampled_from(["CN-BJ", "CN-GD", "CN-*"])),
        more=st.sampled_from(["CN-BJ", "CN-GD", "CN-*"]),
    )
    def test_is_never_opened_by_barring_more(
        self, provinces: set[str], barred: set[str], more: str
    ) -> None:
        def verdict(trunk: set[str]) -> Verdict:
            facts = make_facts(
                callee__provinces=tuple(sorted(provinces)),
                filing__trunk__barred_provinces=tuple(sorted(trunk)),
            )
            return ask("CN13-NUM-11", facts).verdict

        assert verdict(barred) is Verdict.ALLOW or verdict(barred | {more}) is Verdict.REFUSE


def checked(pack: dict[str, Any]) -> None:
    pack["rules"]["CN13-NUM-12"]["params"][0]["checked_purposes"] = ["P3"]


class TestHolder:
    GIVEN = WORKDAY_MORNING - timedelta(hours=2)  # of the good consent

    @pytest.mark.parametrize(
        ("vacant_at", "expected"),
        [
            (None, "allow"),
            (GIVEN - MOMENT, "allow"),
            (GIVEN, "holder_changed"),
            (GIVEN + MOMENT, "holder_changed"),
        ],
    )
    def test_must_have_agreed_after_the_number_was_nobodys(
        self, vacant_at: datetime | None, expected: str
    ) -> None:
        facts = make_facts(callee__vacant_at=vacant_at)

        assert reason("CN13-NUM-12", facts) == expected
        assert (reason("CN13-CON-01", facts) == "allow") == (expected == "allow")
        assert (decide(facts, book()).verdict is Verdict.ALLOW) == (expected == "allow")

    def test_may_have_agreed_just_now(self) -> None:
        now = (make_consent(given_at=WORKDAY_MORNING),)
        facts = make_facts(consents=now, callee__vacant_at=WORKDAY_MORNING - MOMENT)

        assert reason("CN13-NUM-12", facts) == "allow"

    def test_of_an_older_consent_does_not_call_on_a_newer_one_that_does_not_hold(self) -> None:
        facts = make_facts(
            callee__vacant_at=self.GIVEN + timedelta(minutes=1),
            consents=(
                make_consent(id=1, given_at=self.GIVEN),
                make_consent(id=2, given_at=self.GIVEN + timedelta(minutes=2), explicit=False),
            ),
        )

        assert decide(facts, book()).verdict is Verdict.REFUSE

    def test_is_not_known_without_the_consents(self) -> None:
        assert reason("CN13-NUM-12", make_facts(consents=None)) == "consents_unknown"

    @pytest.mark.parametrize(
        ("ago", "expected"),
        [
            (timedelta(days=90), "allow"),
            (timedelta(days=90) + MOMENT, "holder_unchecked"),
            (timedelta(0), "allow"),
            (-MOMENT, "holder_unchecked"),  # nobody checks in the future
            (None, "holder_unchecked"),
        ],
    )
    def test_is_checked_again_after_90_days_where_a_purpose_asks_for_it(
        self, ago: timedelta | None, expected: str
    ) -> None:
        facts = make_facts(
            consents=(make_consent(given_at=WORKDAY_MORNING - timedelta(days=100)),),
            callee__checked_at=None if ago is None else WORKDAY_MORNING - ago,
        )

        assert reason("CN13-NUM-12", facts, book=other_book(checked)) == expected
        assert reason("CN13-NUM-12", facts) == "allow"  # no purpose asks for it yet

    def test_who_agreed_within_90_days_is_known(self) -> None:
        assert reason("CN13-NUM-12", make_facts(), book=other_book(checked)) == "allow"

    def test_cannot_go_unchecked_for_longer(self) -> None:
        def longer(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-12"]["params"][0]["recheck_days"] = 91

        with pytest.raises(PackError):
            other_book(longer)


class TestBurst:
    @pytest.mark.parametrize(
        ("ago", "expected"),
        [
            (timedelta(minutes=10) - MOMENT, "burst"),
            (timedelta(minutes=10), "allow"),
            (timedelta(0), "burst"),
        ],
    )
    def test_of_two_calls_in_ten_minutes_is_refused(self, ago: timedelta, expected: str) -> None:
        attempt = make_attempt(at=WORKDAY_MORNING - ago, same_principal=False, purpose="P7")

        assert reason("CN13-NUM-13", make_facts(attempts=(attempt,))) == expected

    def test_ends_exactly_ten_minutes_after_the_call(self) -> None:
        attempt = make_attempt(at=WORKDAY_MORNING - timedelta(minutes=4))

        answer = ask("CN13-NUM-13", make_facts(attempts=(attempt,)))

        assert answer.retry_at == WORKDAY_MORNING + timedelta(minutes=6)

    @pytest.mark.parametrize(("attempts", "expected"), [((), "allow"), (None, "ledger_unknown")])
    def test_is_not_ruled_out_without_the_ledger(
        self, attempts: tuple[()] | None, expected: str
    ) -> None:
        assert reason("CN13-NUM-13", make_facts(attempts=attempts)) == expected

    @settings(deadline=None)
    @given(ages=st.lists(st.integers(min_value=0, max_value=1200), max_size=5))
    def test_is_over_when_it_says_so(self, ages: list[int]) -> None:
        at = beijing("2026-03-11 10:00")
        attempts = tuple(make_attempt(at=at - timedelta(seconds=age)) for age in ages)
        answer = ask("CN13-NUM-13", make_facts(at=at, attempts=attempts))

        if answer.retry_at is None:
            assert all(age >= 600 for age in ages)
        else:
            later = make_facts(at=answer.retry_at, attempts=attempts)
            before = make_facts(at=answer.retry_at - MOMENT, attempts=attempts)
            assert ask("CN13-NUM-13", later).verdict is Verdict.ALLOW
            assert ask("CN13-NUM-13", before).verdict is Verdict.DEFER

    @pytest.mark.parametrize(("name", "value"), [("calls", 2), ("minutes", 9)])
    def test_cannot_be_allowed_by_a_pack(self, name: str, value: int) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-13"]["params"][0][name] = value

        with pytest.raises(PackError):
            other_book(loosen)
