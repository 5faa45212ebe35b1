"""The first page of supervisors and administrators."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance import clock
from compliance.models import User
from compliance.services.kill_switch import kill_switch_engage
from console.selectors.call_centre.today import today
from console.selectors.live import picture
from dialer.models import Lead
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


class TestToday:
    def test_counts_everybody_once(self, seeded: Seeded, supervisor: Client) -> None:
        seen = today(reader=User.objects.get(username="supervisor"), now=clock.read())

        done = seen.running.done
        assert seen.now + seen.later + seen.never + done == Lead.objects.count()
        assert seen.never == 4  # of each campaign's eight one never agreed and one refused

    def test_is_where_supervisors_and_administrators_begin(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        for name, first in (
            ("supervisor", "/today/"),
            ("owner", "/today/"),
            ("agent01", "/seat/"),
        ):
            assert log_in(name).get("/")["Location"] == first

    def test_leads_from_every_figure_to_rows(self, seeded: Seeded, supervisor: Client) -> None:
        body = supervisor.get("/today/").content.decode()

        links = re.findall(r'<a class="stat[^"]*" href="([^"]+)"', body)
        assert len(links) >= 9
        for link in links:
            if not link.startswith("#"):
                assert supervisor.get(link).status_code == 200, link
            else:
                assert f'id="{link[1:]}"' in body
        assert '<div class="stat">' not in body  # a figure without a link
        assert '<div class="stat is-' not in body

    def test_says_that_the_gate_lets_nothing_out(self, seeded: Seeded, supervisor: Client) -> None:
        kill_switch_engage(
            scope="platform", target="", reason="演练", actor="u:1", now=clock.read()
        )

        body = supervisor.get("/today/").content.decode()

        assert "不放行任何呼叫" in body
        assert "一键停呼已启用" in body

    def test_asks_the_database_forty_times_at_most(
        self, seeded: Seeded, supervisor: Client
    ) -> None:
        for path in ("/today/", "/today/clocks/"):
            with CaptureQueriesContext(connection) as asked:
                assert supervisor.get(path).status_code == 200

            assert len(asked) <= 40, path


class TestWhyTheQueueIsDry:
    def test_names_whom_what_holds_back(self, seeded: Seeded, supervisor: Client) -> None:
        Lead.objects.filter(state=Lead.State.CLAIMED).update(state=Lead.State.DONE)
        Lead.objects.filter(state=Lead.State.WAITING).update(due_at="2026-03-12T02:00Z")
        from dialer.models import Attempt  # noqa: PLC0415

        Attempt.objects.update(ended_at=clock.read())

        seen = picture(campaign=None, language="zh", now=clock.read())

        assert sum(one.people for one in seen.dry) + seen.waterfall.done == Lead.objects.count()
        body = supervisor.get("/live/").content.decode()
        assert "为什么没有人可呼" in body
        assert "本人已拒绝" in body

    def test_is_not_asked_while_calls_are_up(self, seeded: Seeded, supervisor: Client) -> None:
        assert "为什么没有人可呼" not in supervisor.get("/live/").content.decode()
