"""The figures of the live page: the waterfall, the wire, the rules that objected."""

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from compliance import clock
from compliance.models import Decision
from console.selectors import witness
from console.selectors.objections import objections_today
from console.selectors.waterfall import EMPTY, Waterfall, percent, waterfalls
from console.selectors.wire import Wire, wire
from dialer.lines.carrier.records import InviteRecord, RecordBook
from dialer.models import Attempt, Lead
from tests.console.conftest import LogIn
from tests.console.followed import followed
from tests.console.house import OPENING
from tests.console.seed import Seeded


def all_leads() -> Waterfall:
    return sum(waterfalls(now=clock.read()).values(), EMPTY)


def carrier_saw(path: Path, call_ids: list[str]) -> None:
    book = RecordBook(path)
    for number, call_id in enumerate(call_ids):
        book.invite(
            InviteRecord(
                received_at=OPENING,
                call_id=call_id,
                from_tag=f"tag-{number}",
                from_number="9512301",
                pai_number="9512301",
                request_uri_number="",
                to_number="",
                source="127.0.0.1:5060",
                cseq=1,
            )
        )
    book.close()


def today(client: Client) -> dict[str, tuple[int, int]]:
    """Return what today's page says of those who are stopped, and how many rows are there."""
    body = client.get("/today/").content.decode()
    said = re.findall(r'href="(\S+stands=(\w+))">[^<]*</a> <b class="num">(\d+)', body)
    return {
        standing: (int(count), len(client.get(unescape(url)).context["page"].decisions))
        for url, standing, count in said
    }


class TestWaterfall:
    def test_puts_every_lead_in_exactly_one_place(self, seeded: Seeded) -> None:
        fall = all_leads()

        assert fall.total == Lead.objects.count() == 16
        assert fall.steps[0].left == fall.total
        assert fall.steps[-1].left == fall.open
        assert sum(step.stopped for step in fall.steps) == fall.stopped
        assert sum(part.count for part in fall.segments) == fall.open

    def test_shows_each_step_that_stops_somebody(self, seeded: Seeded) -> None:
        fall = waterfalls(now=clock.read())[seeded.campaigns[0].pk]

        # Of the first five leads: no consent, refused, too early, one talked to, one being called.
        assert (fall.consent, fall.refusal, fall.hours, fall.caps, fall.order) == (1, 1, 1, 0, 0)
        assert (fall.talked, fall.calling, fall.ready, fall.unasked) == (1, 1, 3, 3)

    def test_names_the_next_opening(self, seeded: Seeded) -> None:
        fall = waterfalls(now=clock.read())[seeded.campaigns[0].pk]

        assert fall.next_at is not None
        assert fall.next_at == Decision.objects.get(pk=seeded.deferred).retry_at

    def test_lets_a_lead_that_is_due_again_pass_until_the_gate_answers(
        self, seeded: Seeded
    ) -> None:
        later = OPENING + timedelta(hours=3)

        fall = waterfalls(now=later)[seeded.campaigns[0].pk]

        assert (fall.hours, fall.ready) == (0, 4)
        assert fall.next_at is None

    def test_counts_an_objection_of_no_known_family_as_out_of_order(self, seeded: Seeded) -> None:
        lead = Lead.objects.filter(state=Lead.State.BLOCKED).first()
        assert lead is not None
        stopped = all_leads()
        Lead.objects.filter(pk=lead.pk).update(last_decision=None)

        fall = all_leads()

        assert fall.total == stopped.total
        assert fall.order == 1
        assert [step.code for step in fall.steps][3] == "order"

    def test_adds_up_over_campaigns(self, seeded: Seeded) -> None:
        each = waterfalls(now=clock.read())

        assert set(each) == {campaign.pk for campaign in seeded.campaigns}
        assert all_leads().consent == sum(fall.consent for fall in each.values())

    @pytest.mark.parametrize(
        ("part", "whole", "share"),
        [(0, 0, 0), (0, 9, 0), (1, 1000, 1), (999, 1000, 99), (7, 7, 100)],
    )
    def test_never_rounds_something_to_nothing_or_less_than_all_to_all(
        self, part: int, whole: int, share: int
    ) -> None:
        assert percent(part, whole) == share

    @pytest.mark.parametrize("query", ["", "?campaign=spring-course"])
    def test_leads_to_the_decisions_by_which_leads_stand_there(
        self, query: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("supervisor")
        fall = client.get(f"/live/{query}").context["live"].waterfall

        found = followed(client, f"/live/{query}", "stands=")

        assert len(found) >= 3
        assert all(said == rows for said, rows in found.values()), found
        assert sum(said for said, _ in found.values()) == fall.stopped + fall.done

    def test_leads_there_from_today_for_the_campaigns_that_run(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client, paused = log_in("supervisor"), seeded.campaigns[0].filing
        whole = today(client)
        paused.state = "paused"
        paused.save()

        running = today(client)

        assert all(said == rows for said, rows in (whole | running).values())
        assert whole["consent"][0] > running["consent"][0]

    def test_leads_nowhere_from_those_that_nobody_has_asked_about(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        body = log_in("supervisor").get("/live/").content.decode()

        assert "stands=ready" not in body
        assert "stands=later" not in body


class TestWire:
    def test_is_equal_where_every_side_counts_the_same(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, calls)

        seen = wire()

        assert (seen.redeemed, seen.sent, seen.seen, seen.unpermitted) == (2, 2, 2, 0)
        assert seen.verdict == "equal"

    def test_says_that_there_is_no_witness(self, seeded: Seeded, log_in: LogIn) -> None:
        assert wire().seen is None
        assert "一致，无旁证" in log_in("supervisor").get("/live/").content.decode()

    def test_shows_a_call_without_a_permit(
        self,
        seeded: Seeded,
        settings: Settings,
        tmp_path: Path,
        log_in: LogIn,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(witness, "PATIENCE_SECONDS", 0)
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, [*calls, "stranger@127.0.0.1"])

        assert wire().verdict == "unpermitted"
        assert "is-unpermitted" in log_in("supervisor").get("/live/").content.decode()

    def test_counts_a_second_call_under_one_permit_as_not_permitted(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        calls = list(Attempt.objects.values_list("call_id", flat=True))
        carrier_saw(settings.CARRIER_RECORDS, [*calls, calls[0]])

        assert wire().unpermitted == 1

    def test_gives_our_own_record_of_a_call_a_moment_to_arrive(
        self, seeded: Seeded, settings: Settings, tmp_path: Path
    ) -> None:
        settings.CARRIER_RECORDS = tmp_path / "calls.csv"
        carrier_saw(settings.CARRIER_RECORDS, ["just-now@127.0.0.1"])

        assert wire().unpermitted == 0

    @pytest.mark.parametrize(
        ("counts", "verdict"),
        [
            ({}, "equal"),
            ({"seen": None}, "equal"),
            ({"sent": 8, "leaving": 1, "seen": 8}, "settling"),
            ({"sent": 8, "leaving": 1, "seen": 9}, "settling"),
            ({"sent": 8, "never_left": 1, "seen": 8}, "never_left"),
            ({"sent": 8, "seen": 8}, "differ"),
            ({"seen": 8}, "differ"),
            ({"sent": 10, "seen": 10}, "differ"),
            ({"unpermitted": 1}, "unpermitted"),
        ],
    )
    def test_says_what_the_counts_mean(self, counts: dict[str, int | None], verdict: str) -> None:
        usual = {
            "redeemed": 9,
            "sent": 9,
            "leaving": 0,
            "never_left": 0,
            "seen": 9,
            "unpermitted": 0,
        }

        assert Wire(**(usual | counts)).verdict == verdict  # type: ignore[arg-type]

    @pytest.mark.parametrize(("reader", "page"), [("supervisor", "/live/"), ("owner", "/wire/")])
    def test_leads_to_the_decisions_behind_our_own_counts(
        self, reader: str, page: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        unsent = Attempt.objects.latest("pk")
        Attempt.objects.filter(pk=unsent.pk).update(call_id="")

        found = followed(log_in(reader), page, "permit=")

        assert set(found.values()) == {(2, 2), (1, 1)}


class TestObjections:
    def test_count_what_the_decisions_page_lists(self, seeded: Seeded, log_in: LogIn) -> None:
        client = log_in("compliance")

        for rule in objections_today(filing_id=None, language="zh", now=clock.read()):
            page = client.get(f"/decisions/?kind=permit&rule={rule.rule_id}&day=2026-03-11")
            assert len(page.context["page"].decisions) == rule.decisions

    def test_leave_out_other_days(self, seeded: Seeded) -> None:
        tomorrow = clock.read() + timedelta(days=1)

        assert objections_today(filing_id=None, language="zh", now=tomorrow) == []

    def test_say_the_rule_in_the_readers_language(self, seeded: Seeded) -> None:
        said = {
            language: {
                rule.rule_id: rule.title
                for rule in objections_today(filing_id=None, language=language, now=clock.read())
            }
            for language in ("zh", "en")
        }

        assert said["zh"]["CN13-CON-01"] == "事先同意"
        assert said["en"]["CN13-CON-01"] == "Consent before call"
