"""The head of the tree, held against what each person saw last."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditCheckpoint, AuditEntry, AuditTile
from console.models import SeenHead
from tests.audit.sealing import Log
from tests.audit.tree import seal_all
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def sealed(seeded: Seeded, tmp_path: Path) -> Log:
    log = Log(folder=tmp_path)
    log.seal()
    return log


@pytest.fixture
def officer(sealed: Log, log_in: LogIn) -> Client:
    return log_in("compliance")


def shown(client: Client) -> str:
    response = client.get(reverse("console:audit"))
    assert response.status_code == 200
    return response.content.decode()


class TestSinceTheLastVisit:
    def test_nothing_was_seen_at_first(self, officer: Client, sealed: Log) -> None:
        assert "您第一次查看" in shown(officer)
        assert SeenHead.objects.get().size == sealed.newest().size

    def test_the_log_has_grown_and_that_is_proved(self, officer: Client, sealed: Log) -> None:
        shown(officer)
        before = SeenHead.objects.get().size
        officer.get(reverse("console:audit_entries"))  # which is on the record
        sealed.seal()

        page = shown(officer)

        assert "只增加，未改写" in page
        assert SeenHead.objects.get().size > before

    def test_another_root_of_the_same_size_is_shown_in_red_and_not_kept(
        self, officer: Client, sealed: Log
    ) -> None:
        shown(officer)
        SeenHead.objects.update(root=b"\1" * 32)
        checkpoint = AuditCheckpoint.objects.latest("size")

        page = shown(officer)

        assert 'class="sheet verdict is-refuse"' in page
        assert bytes(SeenHead.objects.get().root) == b"\1" * 32
        entry = AuditEntry.objects.of("audit.contradicted").get()
        assert entry.object == f"checkpoint:{checkpoint.epoch}-{checkpoint.size}"

    def test_a_log_that_became_shorter_is_shown_in_red(self, officer: Client) -> None:
        shown(officer)
        SeenHead.objects.update(size=10**6)

        assert 'class="sheet verdict is-refuse"' in shown(officer)

    def test_history_that_cannot_be_proved_is_shown_in_red(
        self, officer: Client, sealed: Log
    ) -> None:
        shown(officer)
        SeenHead.objects.update(size=3, root=b"\2" * 32)

        assert 'class="sheet verdict is-refuse"' in shown(officer)

    def test_another_log_is_no_contradiction(self, officer: Client) -> None:
        shown(officer)
        SeenHead.objects.update(origin="another.example/audit")

        assert "日志已另起纪元" in shown(officer)

    def test_is_each_persons_own(self, officer: Client, log_in: LogIn) -> None:
        shown(officer)

        assert "您第一次查看" in shown(log_in("regulator"))


class TestTheHead:
    def test_is_there_to_be_taken_away(self, officer: Client, sealed: Log) -> None:
        note = officer.get(reverse("console:audit_checkpoint"))

        assert note.content == (sealed.published / "checkpoint").read_bytes()

    def test_comes_with_the_verifier(self, officer: Client) -> None:
        content = officer.get(reverse("console:audit_verifier")).content

        assert content == Path("audit/verify.py").read_bytes()

    def test_signed_by_a_key_that_is_not_ours_says_so_and_is_not_kept(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        seal_all()  # with a key of the tests

        page = shown(log_in("compliance"))

        assert "无效，或不是本系统的密钥" in page
        assert not SeenHead.objects.exists()

    def test_has_not_begun_where_nothing_is_sealed(self, seeded: Seeded, log_in: LogIn) -> None:
        page = shown(log_in("compliance"))

        assert "尚未签发检查点" in page


class TestSearch:
    def test_narrows_by_action_actor_and_object(self, officer: Client, seeded: Seeded) -> None:
        address = reverse("console:audit_entries")
        found = officer.get(address, {"action": "permit.refused", "actor": "svc:gate"})
        entry = AuditEntry.objects.of("permit.refused").latest("pk")

        page = officer.get(address, {"action": "permit.refused", "object": entry.object})

        assert reverse("console:audit_entry", args=[entry.pk]) in page.content.decode()
        assert found.status_code == 200

    def test_says_which_condition_it_did_not_understand(self, officer: Client) -> None:
        page = officer.get(reverse("console:audit_entries"), {"object": "no such thing"})

        assert "读不懂" in page.content.decode()

    def test_goes_on_where_the_page_before_ended(self, officer: Client) -> None:
        address = reverse("console:audit_entries")
        seen: list[int] = []
        before: object = ""
        while before is not None:
            context = officer.get(address, {"before": str(before)} if before else {}).context
            seen += [line.entry.pk for line in context["lines"]]
            before = context["before"]

        assert seen == sorted(seen, reverse=True)
        assert len(seen) == len(set(seen)) >= AuditEntry.objects.count() - 10

    def test_goes_by_time_too(self, officer: Client) -> None:
        address = reverse("console:audit_entries")
        newest = AuditEntry.objects.of("permit.issued").latest("ts").ts

        later = officer.get(address, {"since": "2099-01-01T00:00"}).context["lines"]
        until = {"until": newest.isoformat(), "action": "permit.issued"}
        earlier = officer.get(address, until).context["lines"]

        assert later == []
        assert all(line.entry.ts < newest for line in earlier)

    def test_opens_an_entry_by_its_place_in_the_tree(self, officer: Client) -> None:
        response = officer.get(reverse("console:audit_entries"), {"named": "0"}, follow=True)

        assert response.context["shown"].proof.path.index == 0


class TestOneEntry:
    def test_is_proved_from_its_own_bytes(self, officer: Client, sealed: Log) -> None:
        entry = AuditEntry.objects.of("permit.issued").earliest("pk")

        shown = officer.get(reverse("console:audit_entry", args=[entry.pk])).context["shown"]

        assert shown.proof.holds
        assert shown.written_here
        assert json.loads(shown.body)["object"] == entry.object

    def test_that_the_tree_does_not_hold_is_shown_in_red(
        self, officer: Client, sealed: Log
    ) -> None:
        entry = AuditEntry.objects.of("permit.issued").earliest("pk")
        AuditTile.objects.filter(level=0).update(hashes=b"\0" * 32 * 256)

        page = officer.get(reverse("console:audit_entry", args=[entry.pk])).content.decode()

        assert "verdict is-refuse" in page

    def test_that_waits_to_be_sealed_says_so(self, officer: Client, sealed: Log) -> None:
        officer.get(reverse("console:audit_entries"))  # which is on the record
        waiting = AuditEntry.objects.latest("pk")

        page = officer.get(reverse("console:audit_entry", args=[waiting.pk])).content.decode()

        assert "等待封存" in page

    def test_gives_its_proof_as_one_file(self, officer: Client, sealed: Log) -> None:
        entry = AuditEntry.objects.of("permit.issued").earliest("pk")

        proof = officer.get(reverse("console:audit_proof", args=[entry.pk])).content.decode()

        assert proof.startswith("c2sp.org/tlog-proof@v1\n")
        assert proof.endswith((sealed.published / "checkpoint").read_text())
