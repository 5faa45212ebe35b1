"""Debt collection: a day's limits, a province's hours, and nobody but the debtor."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.rulebook.bound import PackError
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_calendar, make_consent, make_facts
from tests.compliance.rulebook.instants import beijing

NOON = beijing("2026-03-11 15:00")  # Wednesday
CAPS, DEBTOR, HOURS = "CN13-FRQ-06", "CN13-FRQ-07", "CN13-TIM-07"


def collecting(**changes: Any) -> Any:
    return make_facts(**{"purpose": "P5", "at": NOON} | changes)


def calls(count: int, **changes: Any) -> tuple[Any, ...]:
    """Return calls of this morning by another principal."""
    given = {"at": beijing("2026-03-11 09:00"), "purpose": "P5", "same_principal": False} | changes
    return tuple(make_attempt(**given) for _ in range(count))


TALK = {"answered": True, "conversation": True}


class TestDay:
    @pytest.mark.parametrize(
        ("attempts", "expected"),
        [
            ((), "allow"),
            (calls(2, **TALK), "allow"),
            (calls(3, **TALK), "talked_today"),
            (calls(5), "allow"),
            (calls(6), "rang_in_vain_today"),
            (calls(3, at=beijing("2026-03-10 23:59"), **TALK), "allow"),
            (calls(3, at=beijing("2026-03-11 00:00"), **TALK), "talked_today"),
            (calls(6, purpose="P4"), "allow"),
            (None, "ledger_unknown"),
        ],
    )
    def test_has_three_talks_and_six_calls_in_vain(
        self, attempts: tuple[Any, ...] | None, expected: str
    ) -> None:
        assert reason(CAPS, collecting(attempts=attempts)) == expected

    @pytest.mark.parametrize("provinces", [("CN-NX",), ("CN-*",), ("CN-BJ", "CN-NX")])
    def test_has_three_contacts_where_the_province_says_so(
        self, provinces: tuple[str, ...]
    ) -> None:
        two, three = (
            collecting(attempts=calls(count), callee__provinces=provinces) for count in (2, 3)
        )

        assert reason(CAPS, two) == "allow"
        assert reason(CAPS, three) == "contacted_today"

    def test_has_as_few_contacts_as_a_province_says_but_one(self) -> None:
        def once(pack: dict[str, Any]) -> None:
            pack["rules"][CAPS]["params"][0]["contacts"] = {"CN-NX": 1, "CN-*": 1}

        one = collecting(attempts=calls(1), callee__provinces=("CN-NX",))

        assert reason(CAPS, one, book=other_book(once)) == "contacted_today"

    def test_cannot_have_no_contact_at_all(self) -> None:
        def never(pack: dict[str, Any]) -> None:
            pack["rules"][CAPS]["params"][0]["contacts"] = {"CN-NX": 0, "CN-*": 1}

        with pytest.raises(PackError, match="at least 1"):
            other_book(never)

    def test_ends_at_midnight(self) -> None:
        answer = ask(CAPS, collecting(attempts=calls(3, **TALK)))

        assert answer.retry_at == beijing("2026-03-12 00:00")

    def test_is_not_counted_for_other_purposes(self) -> None:
        assert reason(CAPS, make_facts(attempts=calls(9))) == "not_applicable"


class TestDebtor:
    @pytest.mark.parametrize(
        ("consents", "expected"),
        [
            ((make_consent(purpose="P5"),), "allow"),
            ((make_consent(purpose="P5", basis="consent"),), "not_the_debtor"),
            ((make_consent(purpose="P5", withdrawn_at=NOON),), "not_the_debtor"),
            ((make_consent(purpose="P4", basis="debt_contract"),), "not_the_debtor"),
            ((), "not_the_debtor"),
            (None, "consents_unknown"),
        ],
    )
    def test_is_the_only_one_to_call(
        self, consents: tuple[Any, ...] | None, expected: str
    ) -> None:
        assert reason(DEBTOR, collecting(consents=consents)) == expected

    def test_is_asked_for_in_collection_only(self) -> None:
        assert reason(DEBTOR, make_facts()) == "not_applicable"


class TestProvince:
    @pytest.mark.parametrize(
        ("at", "days", "expected"),
        [
            ("2026-03-11 07:59:59", "w", "province_hours"),
            ("2026-03-11 08:00", "w", "allow"),
            ("2026-03-11 19:59:59", "w", "allow"),
            ("2026-03-11 20:00", "w", "province_hours"),
            ("2026-03-11 08:59:59", "o", "province_hours"),
            ("2026-03-11 09:00", "o", "allow"),
            ("2026-03-11 17:59:59", "o", "allow"),
            ("2026-03-11 18:00", "o", "province_hours"),
        ],
    )
    def test_keeps_its_own_hours(self, at: str, days: str, expected: str) -> None:
        facts = collecting(
            at=beijing(at),
            callee__provinces=("CN-NX",),
            calendar=make_calendar(at=beijing(at), days=days + "w" * 9),
        )

        assert reason(HOURS, facts) == expected

    def test_opens_again_at_a_known_instant(self) -> None:
        facts = collecting(at=beijing("2026-03-11 21:00"), callee__provinces=("CN-*",))

        assert ask(HOURS, facts).retry_at == beijing("2026-03-12 08:00")

    @pytest.mark.parametrize(
        "changes", [{"purpose": "P3", "callee__provinces": ("CN-NX",)}, {"purpose": "P5"}]
    )
    def test_has_no_say_elsewhere(self, changes: dict[str, Any]) -> None:
        assert reason(HOURS, make_facts(**changes)) == "not_applicable"

    def test_needs_the_calendar(self) -> None:
        facts = collecting(callee__provinces=("CN-NX",), calendar=None)

        assert reason(HOURS, facts) == "calendar_unknown"


class TestFloors:
    @pytest.mark.parametrize(
        ("rule_id", "name", "loose"),
        [
            (CAPS, "talks", 4),
            (CAPS, "unanswered", 7),
            (CAPS, "contacts", {"CN-NX": 4, "CN-*": 3}),
            (CAPS, "contacts", {"CN-NX": 3}),
            (DEBTOR, "grounds", ["debt_contract", "consent"]),
            (HOURS, "workday", ["07:00-20:00"]),
            (HOURS, "provinces", ["CN-*"]),
            (HOURS, "purpose", "P9"),
        ],
    )
    def test_hold(self, rule_id: str, name: str, loose: Any) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][rule_id]["params"][0][name] = loose

        with pytest.raises(PackError, match="looser"):
            other_book(change)

    def test_let_a_province_have_hours_for_purposes_only(self) -> None:
        def change(pack: dict[str, Any]) -> None:
            row = pack["rules"][HOURS]
            row["floor"], row["params"][0]["purpose"] = {}, "P9"

        with pytest.raises(PackError, match="not a purpose"):
            other_book(change)

    def test_keep_a_days_limit_a_day_long(self) -> None:
        late = beijing("2026-03-11 19:30")
        first = calls(3, at=late - timedelta(hours=10), **TALK)

        assert reason(CAPS, collecting(at=late, attempts=first)) == "talked_today"
