"""Looking for entries."""

import pytest
from django.db import connection

from audit import search as page_of
from audit.actions import BY_NAME
from audit.models import AuditEntry
from audit.search import EVERYDAY, Wanted, search
from tests.audit.entries import write, write_about


@pytest.fixture
def written(db: None) -> None:
    for place in range(7):
        write(f"lead:{place}")
    write_about()


class TestSearch:
    def test_goes_back_page_by_page_without_a_gap(
        self, written: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_of, "ON_A_PAGE", 3)
        seen: list[int] = []
        before = None
        while True:
            found = search(wanted=Wanted(), before=before)
            seen += [entry.pk for entry in found.entries]
            before = found.before
            if before is None:
                break

        assert seen == list(AuditEntry.objects.order_by("-pk").values_list("pk", flat=True))

    def test_goes_by_time_the_same_way(
        self, written: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(page_of, "ON_A_PAGE", 3)
        since = AuditEntry.objects.earliest("ts").ts
        first = search(wanted=Wanted(since=since), before=None)

        second = search(wanted=Wanted(since=since), before=first.before)

        seen = [entry.pk for entry in (*first.entries, *second.entries)]
        newest = AuditEntry.objects.order_by("-ts", "-pk").values_list("pk", flat=True)
        assert seen == list(newest[:6])

    def test_narrows(self, written: None) -> None:
        found = search(wanted=Wanted(action="refusal.recorded", actor="svc:dialer"), before=None)

        assert [entry.object for entry in found.entries] == ["refusal:7"]

    def test_finds_a_rare_action_by_its_index(self, written: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        rows = AuditEntry.objects.of("pack.approved").order_by("-pk")[:51]

        assert "Index Cond: ((action)::text = 'pack.approved'" in rows.explain()

    def test_knows_every_everyday_action(self) -> None:
        assert set(EVERYDAY) <= BY_NAME.keys()
