"""The rulebook as a tree, and what each rule did."""

import pytest
from django.test import Client
from django.urls import reverse

from compliance import clock
from compliance.models import Decision, RuleHour
from compliance.rulebook.codec import answers_from_text
from compliance.selectors.rule_usage import rule_days, rule_usage
from compliance.services.rule_hours_count import rule_hours_count
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def officer(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("compliance")


def counted_by_hand(rule: str) -> dict[str, int]:
    found = {"allow": 0, "defer": 0, "refuse": 0, "not_applicable": 0}
    for text in Decision.objects.values_list("answers", flat=True):
        if verdict := answers_from_text(text).get(rule):
            found[verdict.value] += 1
    return found


class TestWhatARuleDid:
    def test_is_what_the_decisions_say(self, seeded: Seeded) -> None:
        now = clock.read()
        rule_hours_count(now=now)

        used = rule_usage(now=now).rules["CN13-CON-01"]

        by_hand = counted_by_hand("CN13-CON-01")
        assert by_hand["refuse"] > 0
        assert (used.allowed, used.deferred, used.refused) == (
            by_hand["allow"], by_hand["defer"], by_hand["refuse"],
        )  # fmt: skip

    def test_is_counted_once_however_often_somebody_counts(self, seeded: Seeded) -> None:
        now = clock.read()
        rule_hours_count(now=now)
        before = list(RuleHour.objects.order_by("hour", "rule").values_list("rule", "refused"))

        rule_hours_count(now=now)

        after = RuleHour.objects.order_by("hour", "rule").values_list("rule", "refused")
        assert list(after) == before

    def test_adds_up_by_local_day(self, seeded: Seeded) -> None:
        now = clock.read()
        rule_hours_count(now=now)

        days = rule_days("CN13-CON-01", now=now)

        assert sum(used.refused for _, used in days) == counted_by_hand("CN13-CON-01")["refuse"]


class TestTheTree:
    def test_shows_every_rule_with_basis_and_source(self, officer: Client) -> None:
        tree = officer.get(reverse("console:rulebook")).context["tree"]

        rows = [row for family in tree.families for row in family.rules]
        assert len(rows) > 100
        assert all(row.stated["citations"] for row in rows)

    def test_says_that_nobody_has_counted_yet(self, officer: Client) -> None:
        assert "尚未统计" in officer.get(reverse("console:rulebook")).content.decode()

    @pytest.mark.parametrize("rule", ["CN13-CON-01", "CN13-FRQ-01", "CN13-TIM-01.insurance"])
    def test_leads_to_one_rule(self, officer: Client, rule: str) -> None:
        rule_hours_count(now=clock.read())

        response = officer.get(reverse("console:rulebook_rule", args=[rule]))

        assert response.status_code == 200
        assert rule in response.content.decode()

    def test_knows_no_other_rule(self, officer: Client) -> None:
        assert officer.get(reverse("console:rulebook_rule", args=["CN13-NO-1"])).status_code == 404
