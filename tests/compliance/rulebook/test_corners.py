"""Corners that no shipped pack reaches, but an edition of one may."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from compliance.books import book as shipped_book
from compliance.rulebook import engine
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.edition import content_digest
from compliance.rulebook.engine import decide
from compliance.rulebook.grounds import request_over
from compliance.rulebook.opening import DailyHours
from compliance.rulebook.rules.industry import document_groups
from compliance.rulebook.rules.insurance import sales_hours
from compliance.rulebook.rules.outlet import genuine
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date


class TestEngine:
    def test_decides_the_same_when_it_may_keep_no_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facts = make_facts()
        kept = decide(facts, shipped_book())
        monkeypatch.setattr(engine, "PARTIAL_KEPT", 0)
        fresh = other_book(lambda pack: None)

        assert decide(facts, fresh) == decide(facts, fresh) == kept
        assert not fresh.before_call(facts.at).plain.decisions


class TestRequest:
    def test_is_not_asked_for_where_the_pack_asks_for_none(self) -> None:
        facts = make_facts()
        assert facts.consents

        assert request_over(facts.consents[0], facts, None) == ""


class TestContentDigest:
    def test_is_the_sha256_of_the_bytes(self) -> None:
        assert content_digest(b"{}") == hashlib.sha256(b"{}").hexdigest()


class TestDocuments:
    @pytest.mark.parametrize("row", ["licence", [""], [1]])
    def test_are_a_list_of_names(self, row: object) -> None:
        with pytest.raises(ValueError, match="list of documents"):
            document_groups({"insurance": row})


class TestSalesHours:
    def test_that_never_open_refuse(self) -> None:
        bound = shipped_book().rule("CN13-TIM-06")
        assert bound is not None
        assert isinstance(bound.params, DailyHours)
        closed = replace(bound.params, open={"P1": ()})

        answer = sales_hours(make_facts(filing__industry="insurance", purpose="P1"), closed)

        assert (answer.verdict, answer.reason) == (Verdict.REFUSE, "sales_closed")


class TestCallBack:
    def test_cannot_hold_a_number_before_its_test_is_due(self) -> None:
        def hold_early(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-08"]["params"][0] |= {"test_days": 7, "hold_days": 6}

        with pytest.raises(PackError, match="next test"):
            other_book(hold_early)

    def test_may_hold_a_number_on_the_day_on_which_its_test_is_due(self) -> None:
        def hold_at_once(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-NUM-08"]["params"][0] |= {"test_days": 7, "hold_days": 7}

        tested = local_date(WORKDAY_MORNING) - timedelta(days=7)
        facts = make_facts(filing__caller__called_back_on=tested)

        assert reason("CN13-NUM-08", facts, book=other_book(hold_at_once)) == "allow"


class TestOutlet:
    @staticmethod
    def weighing(weight: int) -> Callable[[dict[str, Any]], None]:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-AGT-03"]["params"][0] |= {"network": weight, "photo": weight}

        return change

    def test_is_held_for_as_much_as_the_pack_says(self) -> None:
        light = other_book(self.weighing(1))
        two, three = ({"seat__outlet__links": ("network", "photo", "lease")[:n]} for n in (2, 3))

        assert reason("CN13-AGT-03", make_facts(**two), book=light) == "allow"
        assert ask("CN13-AGT-03", make_facts(**three), book=light).values == (
            ("links", "lease,network,photo"),
            ("score", 6),
        )

    def test_cannot_be_tied_by_what_weighs_nothing(self) -> None:
        with pytest.raises(PackError, match="at least 1"):
            other_book(self.weighing(0))

    def test_is_genuine_below_the_score(self) -> None:
        bound = shipped_book().rule("CN13-AGT-03")
        assert bound is not None
        light = replace(bound.params, weights={"network": bound.params.hold_score - 1})

        answer = genuine(make_facts(seat__outlet__links=("network",)), light)

        assert answer.verdict is Verdict.ALLOW
