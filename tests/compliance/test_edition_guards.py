"""Editions in the database and in the commands: kept as they were approved."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from compliance import books
from compliance.books import book
from compliance.models import Operator, PackEdition
from compliance.rulebook.edition import content_digest, pack_bytes
from tests.compliance.editing import TOMORROW, approve, propose
from tests.stages import staged
from tests.world import MORNING, World, build_world

pytestmark = pytest.mark.django_db


@staged
def world() -> World:
    return build_world()


class TestDatabase:
    def sql(self, text: str) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text)

    @pytest.mark.parametrize(
        "text",
        [
            "UPDATE compliance_packedition SET version = 'x'",
            "UPDATE compliance_packedition SET effective_from = effective_from - interval '1 d'",
            "UPDATE compliance_packedition SET approver_id = NULL, approved_at = NULL",
            "UPDATE compliance_packedition SET approver_id = proposer_id, approved_at = now()",
            "DELETE FROM compliance_packedition",
            "TRUNCATE compliance_packedition CASCADE",
            "UPDATE compliance_bookuse SET book_digest = 'x'",
            "DELETE FROM compliance_bookuse",
        ],
    )
    def test_keeps_editions_as_they_were(self, world: World, text: str) -> None:
        propose(world)
        approve(world, PackEdition.objects.get(proposer__isnull=False))

        with pytest.raises(DatabaseError):
            self.sql(text)

    def test_refuses_one_person_for_both(self, world: World) -> None:
        edition = propose(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            PackEdition.objects.filter(pk=edition.pk).update(
                approver=edition.proposer, approved_at=MORNING
            )

    def test_refuses_an_approval_after_the_first_instant(self, world: World) -> None:
        edition = propose(world)

        with pytest.raises(IntegrityError), transaction.atomic():
            PackEdition.objects.filter(pk=edition.pk).update(
                approver=world.people.owner, approved_at=TOMORROW + timedelta(seconds=1)
            )

    def test_refuses_a_second_family_of_packs(self, world: World) -> None:
        propose(world)
        content = pack_bytes({"id": "us"})

        with pytest.raises(IntegrityError, match="never mix"), transaction.atomic():
            PackEdition.objects.create(
                pack_id="us",
                version="1",
                content=content,
                digest=content_digest(content),
                proposed_at=MORNING,
                effective_from=MORNING,
            )

    def test_has_no_place_for_another_countrys_pack(self, world: World) -> None:
        content = pack_bytes(books.read_pack("us"))

        with pytest.raises(IntegrityError, match="operators_pack"), transaction.atomic():
            PackEdition.objects.create(
                pack_id="us",
                version="1",
                content=content,
                digest=content_digest(content),
                proposed_at=MORNING,
                effective_from=MORNING,
            )
        with pytest.raises(IntegrityError, match="operator_regime_known"), transaction.atomic():
            Operator.objects.update(regime="us_seller")


class TestCommands:
    def run(self, *args: str) -> dict[str, Any]:
        out = StringIO()
        call_command(*args, "--json", stdout=out)
        said: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        return said

    def test_propose_approve_and_show(self, world: World, tmp_path: Path) -> None:
        file = tmp_path / "change.toml"
        file.write_text(
            'amends = "cn13"\nversion = "2026-12"\n[[rules.CN13-DIA-03.params]]\n'
            "since = 2026-03-12\nhour = 20\nday = 100\n"
        )
        told = ["--effective", "2026-03-12T00:00+08:00", "--reason", "why", "--by", "approver"]

        proposed = self.run("pack_propose", str(file), *told)
        with pytest.raises(CommandError):
            self.run("pack_approve", str(proposed["edition"]), "--by", "approver")
        approved = self.run("pack_approve", str(proposed["edition"]), "--by", "owner")
        shown = self.run("pack_show")

        assert proposed["state"] == "proposed"
        assert approved["state"] == "approved"
        assert [row["state"] for row in shown["editions"]] == ["shipped", "approved"]
        assert shown["in_force"]["edition"] is None
        assert shown["in_force"]["book_sha256"] == book().digest

    @pytest.mark.parametrize("text", ["", "not toml", 'amends = "us"\nversion = "1"'])
    def test_refuse_a_file_that_is_no_pack(self, world: World, tmp_path: Path, text: str) -> None:
        file = tmp_path / "change.toml"
        file.write_text(text)

        with pytest.raises(CommandError):
            self.run("pack_propose", str(file), "--effective", "2026-03-12T00:00+08:00",
                     "--reason", "why", "--by", "approver")  # fmt: skip
