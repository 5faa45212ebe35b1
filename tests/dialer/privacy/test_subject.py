"""A person is told everything that is held, and has erased what the law does not have us keep."""

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.check import findings
from audit.models import AuditEntry, AuditPii
from audit.record import record
from compliance.models import Permit, Person, SubjectRequest, SubjectRequestEvent, User
from compliance.numbers import normalise
from compliance.services.subject_request_open import subject_request_open
from compliance.services.subject_request_step import subject_request_step
from compliance.vault import number_index, seal
from dialer.models import Lead
from dialer.person_records import person_records, relations
from dialer.services.subject_erase import subject_erase
from tests.dialer.services.calls import talked
from tests.everywhere import tables_holding
from tests.stages import staged
from tests.stated_clock import freeze
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    build_world,
    callee,
    log_on,
    number_at,
    permitted,
    sha256,
)

NUMBER = number_at(0)
NAME = "王小明"
NOWHERE = Path("/nowhere")  # nothing was said in these calls
YEARS_ON = MORNING + timedelta(days=1096)


@staged
def world() -> World:
    return build_world()


@staged
def officer(world: World) -> User:
    User.objects.filter(pk=world.people.approver.pk).update(role=User.Role.COMPLIANCE)
    return User.objects.get(pk=world.people.approver.pk)


def lead_of(world: World, person: Person) -> Lead:
    lead = add_lead(world, person)
    name = seal(NAME, bound_to=bytes(person.number_index))
    Lead.objects.filter(pk=lead.pk).update(name_sealed=name, external_ref="K-1")
    return lead


def note_number(person: Person) -> None:
    with transaction.atomic():
        record(
            "number.searched",
            obj="person:none",
            actor=ACTOR,
            now=MORNING,
            pii={"typed": NUMBER},
            subject="anonymous:web",
        )
        record(
            "number.searched",
            obj=f"person:{person.pk}",
            actor=ACTOR,
            now=MORNING,
            pii={"name": NAME},
            subject=f"person:{person.pk}",
        )


def ask_for(kind: str, *, known_to: User | None = None) -> SubjectRequest:
    case = subject_request_open(
        number=normalise(NUMBER),
        kind=kind,
        channel="web",
        principal=None,
        actor=ACTOR,
        now=MORNING,
    )
    if known_to is not None:
        subject_request_step(
            request=case, kind="identified", by=known_to, now=MORNING, sha256=sha256("card")
        )
    return case


def run(command: str, *words: object) -> dict[str, object]:
    out = io.StringIO()
    call_command(command, *map(str, words), "--json", stdout=out)
    told: dict[str, object] = json.loads(out.getvalue())
    return told


class TestAccess:
    def test_tells_all_of_it_in_words_and_as_data(
        self, world: World, officer: User, tmp_path: Path
    ) -> None:
        person = callee(world)
        lead_of(world, person)
        log_on(world, world.seat)
        permitted(world, person)
        note_number(person)
        ask_for("access", known_to=officer)

        told = run("subject_access", "--number", NUMBER, "--by", officer, "--out", tmp_path)

        text = (tmp_path / "answer.txt").read_text()
        data = json.loads((tmp_path / "data.json").read_text())
        for said in (NUMBER, NAME, "HMAC-SHA-256", "第四十五条", "article 45", "保存期限"):
            assert said in text
        assert data["person"][0]["number"] == NUMBER
        assert data["lead"][0]["name"] == NAME
        assert len(data["consent"]) == len(data["permit"]) == len(data["decision"]) == 1
        fields = [row["fields"] for row in data["trail"] if row["fields"]]
        assert fields == [{"typed": NUMBER}, {"name": NAME}]  # also under another subject
        assert {"permit.issued", "privacy.disclosed"} - {r["action"] for r in data["trail"]} == {
            "privacy.disclosed"
        }
        assert told["files"] == ["answer.txt", "data.json"]

    def test_is_on_the_record_and_answers_the_request(
        self, world: World, officer: User, tmp_path: Path
    ) -> None:
        case = ask_for("access", known_to=officer)

        told = run("subject_access", "--request", case.pk, "--by", officer, "--out", tmp_path)

        entry = AuditEntry.objects.of("privacy.disclosed").get()
        assert (entry.object, entry.actor) == (f"person:{case.person_id}", f"u:{officer.pk}")
        assert AuditEntry.objects.of("number.revealed").count() == 1
        step = SubjectRequestEvent.objects.get(request=case, kind="answered")
        assert step.sha256 == told["sha256"]

    def test_covers_every_table_that_points_to_a_person(self, world: World) -> None:
        records = person_records(callee(world), number=NUMBER)

        names = {relation.related_model._meta.model_name for relation in relations()}
        assert names <= records.keys()
        assert {"consent", "refusal", "decision", "permit", "lead", "complaint"} <= names

    def test_is_for_compliance_alone(self, world: World, tmp_path: Path) -> None:
        callee(world)
        ask_for("access", known_to=world.people.approver)
        User.objects.filter(username="author").update(role="supervisor")

        with pytest.raises(CommandError, match="合规"):
            run("subject_access", "--number", NUMBER, "--by", "author", "--out", tmp_path / "x")

        assert AuditEntry.objects.of("access.denied").count() == 1
        assert not (tmp_path / "x").exists()


class TestErasure:
    def test_leaves_neither_number_nor_name_but_the_digest_of_the_refusal(
        self, world: World, officer: User, tmp_path: Path
    ) -> None:
        person = callee(world, consented=False)
        lead_of(world, person)
        note_number(person)
        sealed, index = bytes(person.number_sealed), bytes(person.number_index)
        case = ask_for("deletion", known_to=officer)

        told = run(
            "subject_erase", "--request", case.pk, "--by", officer, "--out", tmp_path / "a.txt"
        )

        assert (told["number_erased"], told["leads"], told["fields"]) == (True, 1, 2)
        for said in (NUMBER, NUMBER.removeprefix("+86"), NAME, person.masked, sealed, "K-1"):
            assert tables_holding(said) == set(), said
        assert tables_holding(index) == {"compliance_person"}  # by which the refusal is found
        assert index == number_index(NUMBER)
        assert not AuditPii.objects.filter(subject=f"person:{person.pk}").exists()
        assert list(findings(AuditEntry.objects.all())) == []
        text = (tmp_path / "a.txt").read_text()
        assert "您拒绝来电的登记长期保存" in text
        assert "Your number is erased." in text
        assert SubjectRequestEvent.objects.filter(request=case, kind="answered").exists()

    def test_keeps_what_is_inside_its_floor_and_says_so(
        self, world: World, officer: User, tmp_path: Path
    ) -> None:
        person = callee(world)
        note_number(person)
        talked(world, person=person)
        case = ask_for("deletion", known_to=officer)

        told = run(
            "subject_erase", "--request", case.pk, "--by", officer, "--out", tmp_path / "a.txt"
        )

        kept = told["kept"]
        assert isinstance(kept, dict)
        assert kept.keys() == {"call_record", "decision", "consent"}
        assert kept["call_record"].startswith("2029-03-")
        person.refresh_from_db()
        assert bytes(person.number_sealed)
        assert Permit.objects.filter(person=person).exists()
        fields = set(AuditPii.objects.values_list("field", flat=True))
        assert fields == {"callee", "caller"}  # which number was called, as long as that it was
        assert "2029-03-" in (tmp_path / "a.txt").read_text()

    def test_takes_the_number_too_once_the_floor_has_passed(
        self, world: World, officer: User
    ) -> None:
        person = callee(world)
        talked(world, person=person)
        case = ask_for("deletion", known_to=officer)
        assert not subject_erase(request=case, by=officer, recordings=NOWHERE, now=MORNING).number

        freeze(YEARS_ON)
        done = subject_erase(request=case, by=officer, recordings=NOWHERE, now=YEARS_ON)

        assert (done.number, done.fields) == (True, 2)
        person.refresh_from_db()
        assert (bytes(person.number_sealed), person.masked) == (b"", "***")
        assert tables_holding(NUMBER) == set()

    def test_of_either_kind_waits_until_it_is_known_who_asks(
        self, world: World, officer: User, tmp_path: Path
    ) -> None:
        callee(world)
        cases = {"subject_access": ask_for("access"), "subject_erase": ask_for("deletion")}

        for command, case in cases.items():
            with pytest.raises(CommandError, match="核验"):
                run(command, "--request", case.pk, "--by", officer, "--out", tmp_path / "a")

        assert not AuditEntry.objects.filter(action__startswith="privacy.").exists()

    @pytest.mark.parametrize("kind", ["access", "withdrawal"])
    def test_needs_a_request_for_deletion(
        self, world: World, officer: User, tmp_path: Path, kind: str
    ) -> None:
        case = ask_for(kind)

        with pytest.raises(CommandError, match="删除请求"):
            run("subject_erase", "--request", case.pk, "--by", officer, "--out", tmp_path / "a")

        assert not AuditEntry.objects.of("privacy.erased").exists()
