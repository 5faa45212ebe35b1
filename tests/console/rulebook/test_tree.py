"""The rulebook as a tree, and what each rule did."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from compliance import clock
from compliance.models import Decision, RuleHour
from compliance.rulebook.codec import answers_from_text
from compliance.selectors.rule_usage import rule_days, rule_usage
from compliance.services.rule_hours_count import rule_hours_count
from tests.console.conftest import LogIn
from tests.console.followed import followed
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

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_is_read_day_by_day_beside_the_chart(
        self, seeded: Seeded, log_in: LogIn, language: str
    ) -> None:
        now = clock.read()
        rule_hours_count(now=now)
        days = [(day, used) for day, used in rule_days("CN13-CON-01", now=now) if used.refused]

        url = reverse("console:rulebook_rule", kwargs={"rule_id": "CN13-CON-01"})
        body = log_in("compliance", language).get(url).content.decode()

        assert days
        assert ("Day by day" if language == "en" else "逐日数字") in body
        for day, used in days:
            row = body.split(f'<th scope="row"><time datetime="{day}">')[1].split("</tr>")[0]
            assert f'<td class="num">{used.deferred}</td>' in row
            assert f'<td class="num">{used.refused}</td>' in row


def moved(row: Decision, *, at: datetime) -> Decision:
    """Keep a decision anew as one of another instant."""
    row.pk, row.at = uuid4(), at
    row.save(force_insert=True)
    return row


def deferred_too(row: Decision, rule: str) -> None:
    """Keep a refusal anew in which another rule only deferred."""
    assert f" {rule}=a" in row.answers
    row.pk, row.answers = uuid4(), row.answers.replace(f" {rule}=a", f" {rule}=d")
    row.findings = [*row.findings, {"rule": rule, "verdict": "defer"}]
    row.objecting_rules = [*row.objecting_rules, rule]
    row.save(force_insert=True)


class TestEachFigure:
    @pytest.fixture
    def counted(self, seeded: Seeded) -> None:
        refused, now = Decision.objects.get(pk=seeded.refused), clock.read()
        deferred_too(Decision.objects.get(pk=seeded.refused), "CN13-TIM-05")
        moved(refused, at=now - timedelta(days=30, minutes=1))
        rule_hours_count(now=now)
        moved(refused, at=clock.read() + timedelta(minutes=1))

    @pytest.mark.parametrize("rule", ["CN13-CON-01", "CN13-TIM-05", "CN13-TIM-01"])
    def test_leads_to_the_rows_that_it_was_counted_of(
        self, rule: str, counted: None, officer: Client
    ) -> None:
        found = followed(officer, f"/rules/{rule}/")

        assert found
        assert all(said == rows for said, rows in found.values()), found

    def test_says_what_the_rule_answered_whatever_the_others_did(
        self, counted: None, officer: Client
    ) -> None:
        found = followed(officer, "/rules/CN13-TIM-05/")

        deferred = next(rows for url, rows in found.items() if "answer=defer" in url)
        by_verdict = officer.get("/decisions/?rule=CN13-TIM-05&verdict=defer")
        assert deferred[1] == len(by_verdict.context["page"].decisions) + 1

    def test_leads_there_from_the_tree_too(self, counted: None, officer: Client) -> None:
        found = followed(officer, reverse("console:rulebook"), "answer=(defer|refuse)|LIC")

        assert {re.findall(r"answer=(\w+)", url)[0] for url in found} == set(Decision.Verdict)
        assert all(said == rows for said, rows in found.values()), found


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
