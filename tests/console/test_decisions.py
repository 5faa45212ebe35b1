"""The decisions page and the page of one decision."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from compliance import clock
from compliance.books import book
from compliance.models import BookUse, Decision, PackEdition, Permit, User
from compliance.services.pack_propose import book_record
from console.selectors import decisions as selector
from console.selectors.decisions import decisions_page
from console.selectors.decisions_wanted import Wanted, wanted_from
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


def shown(client: Client, query: str) -> list[Decision]:
    return list(client.get(f"/decisions/?{query}").context["page"].decisions)


class TestDecisionsPage:
    def test_is_narrowed_by_each_filter(self, seeded: Seeded, log_in: LogIn) -> None:
        again = Decision.objects.get(pk=seeded.deferred)
        again.pk, again.origin = uuid4(), "retry"
        again.save(force_insert=True)
        client = log_in("compliance")
        everything = Decision.objects.count()
        refused = Decision.objects.get(pk=seeded.refused)
        wanted: dict[str, Callable[[Any], bool]] = {
            "verdict=refuse": lambda row: row.verdict == "refuse",
            "rule=CN13-TIM-05": lambda row: "CN13-TIM-05" in row.objecting_rules,
            "rule=CON": lambda row: any("-CON-" in rule for rule in row.objecting_rules),
            "campaign=meter-notice": lambda row: row.filing.code == "meter-notice",
            "seat=S001": lambda row: row.seat.code == "S001",
            "origin=retry": lambda row: row.pk == again.pk,
            "kind=permit": lambda row: row.kind == "permit",
            "day=2026-03-11": lambda row: True,
            f"person={refused.person_id}": lambda row: row.person_id == refused.person_id,
        }

        for query, fits in wanted.items():
            rows = shown(client, query)
            expected = [row for row in Decision.objects.all() if fits(row)]
            assert {row.pk for row in rows} == {row.pk for row in expected}, query
            assert rows, query
            assert len(rows) < everything or query in ("kind=permit", "day=2026-03-11")
        assert shown(client, "day=2026-03-10") == []
        assert shown(client, "kind=question") == []

    @pytest.mark.parametrize(
        "query",
        [
            "rule=%27&verdict=%00",
            "day=yesterday",
            "person=-1",
            "person=9" * 3,
            "after=x",
            "person=" + "9" * 40,
            "campaign=" + "a" * 500,
            "rule=CON&answer=maybe&stands=%27&permit=lost&running=x",
        ],
    )
    def test_survives_what_makes_no_sense(self, query: str, seeded: Seeded, log_in: LogIn) -> None:
        assert log_in("compliance").get(f"/decisions/?{query}").status_code == 200

    def test_turns_its_pages_without_gap_or_repetition(
        self, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "ON_A_PAGE", 3)
        for row in list(Decision.objects.all()):  # four of each instant, over pages of three
            for _ in range(3):
                row.pk = uuid4()
                row.save(force_insert=True)

        met, after = [], None
        while True:
            page = decisions_page(wanted=Wanted(), after=after, now=clock.read())
            met += [row.pk for row in page.decisions]
            after = page.after
            if after is None:
                break

        newest_first = Decision.objects.order_by("-at", "-pk").values_list("pk", flat=True)
        assert met == list(newest_first)

    def test_keeps_its_filters_in_the_links_to_other_pages(
        self, seeded: Seeded, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "ON_A_PAGE", 1)

        body = log_in("compliance").get("/decisions/?verdict=refuse").content.decode()

        assert "?verdict=refuse&amp;after=" in body

    def test_reads_back_the_filters_that_it_wrote(self) -> None:
        wanted = wanted_from({"rule": "CON", "day": "2026-03-11", "person": "7", "seat": "S001"})

        assert wanted.query == "rule=CON&seat=S001&day=2026-03-11&person=7"

    def test_names_the_rules_in_the_readers_language(self, seeded: Seeded, log_in: LogIn) -> None:
        path = f"/decisions/?person={Decision.objects.get(pk=seeded.refused).person_id}"

        assert "事先同意" in log_in("compliance").get(path).content.decode()
        assert "Consent before call" in log_in("compliance", "en").get(path).content.decode()


class TestFindingAPerson:
    def test_leads_to_the_persons_decisions_without_the_number(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        client = log_in("compliance")

        response = client.post("/decisions/by-number/", {"number": f"+86 {seeded.numbers[0]}"})

        assert seeded.numbers[0] not in response["Location"]
        page = client.get(response["Location"])
        assert {row.person.masked for row in page.context["page"].decisions} == {
            f"{seeded.numbers[0][:3]}****{seeded.numbers[0][-4:]}"
        }
        assert seeded.numbers[0] not in page.content.decode()

    @pytest.mark.parametrize(
        ("typed", "said"),
        [("13899998888", "本库没有该号码的记录"), ("12", "这不是可以外呼的号码")],
    )
    def test_says_when_there_is_nobody(
        self, typed: str, said: str, seeded: Seeded, log_in: LogIn
    ) -> None:
        page = log_in("compliance").post("/decisions/by-number/", {"number": typed}, follow=True)

        assert said in page.content.decode()
        assert typed not in page.content.decode() or typed == "12"

    def test_is_not_offered_to_others(self, seeded: Seeded, log_in: LogIn) -> None:
        assert "by-number" not in log_in("supervisor").get("/decisions/").content.decode()


class TestOneDecision:
    def test_says_every_finding_with_its_basis_and_citation_in_both_languages(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        rules = [book().rule(rule_id) for rule_id in rules_of(seeded.refused)]
        said = {"zh-hans": "被叫", "en": "The person"}

        for language, words in said.items():
            client = log_in("compliance", language)
            body = client.get(f"/decisions/{seeded.refused}/").content.decode()
            assert words in body
            for rule in rules:
                assert rule is not None
                title = rule.title_en if language == "en" else rule.title_zh
                cite = rule.cites[0].title_en if language == "en" else rule.cites[0].title
                assert title.replace("'", "&#x27;") in body
                assert cite.replace("'", "&#x27;") in body

    def test_says_when_to_ask_again(self, seeded: Seeded, log_in: LogIn) -> None:
        body = log_in("regulator").get(f"/decisions/{seeded.deferred}/").content.decode()

        assert "2026-03-11 11:00:00" in body
        assert 'datetime="2026-03-11T03:00:00.000000Z"' in body

    def test_tells_what_became_of_the_permit(self, seeded: Seeded, log_in: LogIn) -> None:
        permit = Permit.objects.get(decision=seeded.permitted)

        body = log_in("compliance").get(f"/decisions/{seeded.permitted}/").content.decode()

        assert str(permit.pk) in body
        for said in ("已签发外呼许可", "已使用外呼许可", "通话已结束", "已接听"):
            assert said in body

    def test_says_that_no_permit_was_issued(self, seeded: Seeded, log_in: LogIn) -> None:
        body = log_in("compliance").get(f"/decisions/{seeded.refused}/").content.decode()

        assert "未签发许可，因此没有外呼" in body

    def test_leads_from_each_entry_of_the_trail_to_its_proof(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        path, client = f"/decisions/{seeded.permitted}/", log_in("regulator")
        page = client.get(path)

        for trace in page.context["traces"]:
            proof = f"/proofs/{trace.entry.eid}/"
            assert f'href="{proof}"' in page.content.decode()
            assert str(trace.entry.eid) in client.get(proof).content.decode()
        assert page.context["traces"]
        assert "/proofs/" not in log_in("supervisor").get(path).content.decode()

    def test_names_the_edition_that_decided(self, seeded: Seeded, log_in: LogIn) -> None:
        path, client = f"/decisions/{seeded.refused}/", log_in("regulator", "en")
        shipped = f"{book().id} {book().version}"
        unrecorded = client.get(path).content.decode()

        edition = book_record(actor="svc:demo", now=clock.read()).edition

        body = client.get(path).content.decode()
        assert f"<b>{shipped}</b> <small>shipped" in unrecorded
        assert f'<a href="/rules/editions/{edition.pk}/">{shipped}</a> <small>shipped' in body
        assert client.get(f"/rules/editions/{edition.pk}/").status_code == 200
        assert "/rules/editions/" not in log_in("supervisor").get(path).content.decode()

    def test_says_since_when_an_edition_has_been_in_force(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        first = book_record(actor="svc:demo", now=clock.read()).edition
        row = Decision.objects.get(pk=seeded.refused)
        row.pk, row.book_digest = uuid4(), "f" * 64
        row.save(force_insert=True)
        client = log_in("compliance", "en")
        unknown = client.get(f"/decisions/{row.pk}/").content.decode()

        proposed = PackEdition.objects.create(
            pack_id="cn13", version="2026-04", base=first,
            content=first.content, digest=first.digest,
            proposer=User.objects.get(username="owner"), proposed_at=clock.read(),
            reason="stricter", effective_from=datetime(2026, 4, 1, tzinfo=UTC),
        )  # fmt: skip
        BookUse.objects.create(
            book_digest="f" * 64, edition=proposed, logic_digest="", first_used_at=clock.read()
        )

        assert "This database knows no such edition." in unknown
        body = client.get(f"/decisions/{row.pk}/").content.decode()
        assert f'<a href="/rules/editions/{proposed.pk}/">cn13 2026-04</a>' in body
        assert "2026-04-01 08:00:00" in body

    def test_shows_its_facts_to_some_roles_only(self, seeded: Seeded, log_in: LogIn) -> None:
        path = f"/decisions/{seeded.refused}/"

        assert f'href="{path}facts/"' in log_in("compliance").get(path).content.decode()
        assert f'href="{path}facts/"' not in log_in("supervisor").get(path).content.decode()
        facts = log_in("compliance").get(f"{path}facts/").content.decode()
        assert "whitelist_version" in facts
        assert "与所存事实一致" in facts

    def test_says_so_if_its_facts_were_altered(self, seeded: Seeded, log_in: LogIn) -> None:
        row = Decision.objects.get(pk=seeded.refused)
        row.facts = bytes(row.facts).replace(b'"mobile"', b'"mvno"')

        from console.selectors.explained import facts_intact  # noqa: PLC0415

        assert not facts_intact(row)
        assert facts_intact(Decision.objects.get(pk=seeded.refused))

    def test_is_404_for_what_nobody_decided(self, seeded: Seeded, log_in: LogIn) -> None:
        path = "/decisions/00000000-0000-7000-8000-000000000000/"

        assert log_in("compliance").get(path).status_code == 404


def rules_of(decision_id: UUID) -> list[str]:
    return [row["rule"] for row in Decision.objects.get(pk=decision_id).findings]
