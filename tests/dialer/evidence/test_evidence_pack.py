"""CN13-CMP-04: the evidence pack: complete, the same every time, masked, and on the record."""

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.management import CommandError, call_command

from audit.models import AuditEntry
from compliance.models import (
    Complaint,
    ComplaintEvent,
    Permit,
    Person,
    User,
)
from compliance.services.refusal_record import refusal_record
from dialer.models import Attempt, SeatSession
from dialer.services.call_end import LOST, call_end
from dialer.services.call_open import call_open
from dialer.services.disposition_record import disposition_record
from dialer.services.evidence_pack import EvidencePack, EvidenceRefusedError, evidence_pack
from dialer.services.refusal_during_call import refusal_during_call
from tests.compliance.complaints.cases import complain, officer
from tests.phones import connected
from tests.recordings import opened_recording
from tests.stages import staged
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    ask,
    build_world,
    callee,
    log_on,
    number_at,
    permitted,
)


@staged
def world() -> World:
    return build_world()


@staged
def person(world: World) -> Person:
    """Somebody with a call that is up, and one that was refused."""
    someone = callee(world)
    log_on(world, world.seat)
    add_lead(world, someone)
    permit = permitted(world, someone)
    SeatSession.objects.update(state="reserved", permit=permit)
    call_open(
        permit_id=permit.pk,
        trunk_id=world.trunk.pk,
        line_process="test",
        recording=opened_recording(),
        phone_is_up=connected,
        now=MORNING,
    )
    ask(world, someone, seat=world.seats[1])
    return someone


@staged
def case(person: Person) -> Complaint:
    return complain(0, summary=f"{number_at(0)} 多次来电").complaint


def pack(
    world: World, case: Complaint, *, by: User | None = None, unmasked: bool = False
) -> EvidencePack:
    return evidence_pack(
        person=case.person,
        complaint=case,
        by=by or world.people.approver,
        unmasked=unmasked,
        now=MORNING,
    )


def opened(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def rows(files: Mapping[str, bytes], name: str) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(files[name])
    return read


class TestEvidencePack:
    def test_holds_everything_behind_the_calls(self, world: World, case: Complaint) -> None:
        files = opened(pack(world, case).content)

        consent = case.person.consents.get()
        assert rows(files, "consents.json")[0]["evidence_sha256"] == consent.evidence_sha256
        by_verdict = {row["verdict"]: row for row in rows(files, "decisions.json")}
        allowed, refused = by_verdict["allow"], by_verdict["defer"]
        finding = refused["findings"][0]  # type: ignore[index]
        assert finding["reason"]["zh"]
        assert finding["reason"]["en"]
        assert finding["citations"]
        assert allowed["facts_intact"] is True
        assert rows(files, "attempts.json")[0]["id"] == Attempt.objects.get().pk
        assert rows(files, "lists.json")[0]["source"] == "own_form"
        assert rows(files, "scripts.json")[0]["text_sha256"]
        assert rows(files, "refusals.json")[0]["everywhere"] is True
        told = {row["action"] for row in rows(files, "audit.json")}
        assert {
            "permit.issued",
            "permit.deferred",
            "permit.redeemed",
            "refusal.recorded",
            "complaint.opened",
            "campaign.registered",
            "script.approved",
            "list.declared",
        } <= told

    def test_holds_what_the_agent_said_against_the_person(
        self, world: World, case: Complaint
    ) -> None:
        attempt = Attempt.objects.get()
        refusal_during_call(attempt_id=attempt.pk, actor=ACTOR, now=MORNING)
        call_end(attempt_id=attempt.pk, end=LOST, actor=ACTOR, now=MORNING)
        disposition_record(
            attempt_id=attempt.pk, seat=world.seat, said="talked", actor=ACTOR, now=MORNING
        )

        files = opened(pack(world, case).content)

        assert [row["said"] for row in rows(files, "wrap_ups.json")] == ["talked"]
        assert [row["said"] for row in rows(files, "overrulings.json")] == ["talked"]
        assert rows(files, "attempts.json")[0]["disposition"] == "refused"
        told = {row["action"] for row in rows(files, "audit.json")}
        assert {"disposition.overruled", "disposition.recorded"} <= told

    def test_lists_the_digest_of_every_file(self, world: World, case: Complaint) -> None:
        files = dict(opened(pack(world, case).content))

        manifest = json.loads(files.pop("manifest.json"))["files"]
        assert manifest == {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items()
        }

    def test_lets_anybody_check_the_permits_signature(self, world: World, case: Complaint) -> None:
        files = opened(pack(world, case).content)

        (permit,) = rows(files, "permits.json")
        key = load_pem_public_key(files["permit-public-key.pem"])
        assert isinstance(key, Ed25519PublicKey)
        key.verify(bytes.fromhex(str(permit["signature"])), str(permit["sealed_utf8"]).encode())
        assert permit["genuine"] is True

    def test_has_the_same_bytes_again_whoever_asks(self, world: World, case: Complaint) -> None:
        first = pack(world, case)

        again = pack(world, case, by=officer("second"))

        assert first.content == again.content

    @pytest.mark.parametrize("national", [True, False])
    def test_shows_no_number(
        self,
        world: World,
        case: Complaint,
        national: bool,  # noqa: FBT001
    ) -> None:
        said = number_at(0).removeprefix("+86") if national else number_at(0)
        refusal_record(
            person_id=case.person_id,
            principal=None,
            source="letter",
            evidence=f"来信：{said}",
            actor=ACTOR,
            now=MORNING,
        )

        content = pack(world, case).content

        assert number_at(0).removeprefix("+86").encode() not in content

    def test_puts_its_digest_on_the_record(self, world: World, case: Complaint) -> None:
        made = pack(world, case)

        assert made.sha256 == hashlib.sha256(made.content).hexdigest()
        assert ComplaintEvent.objects.get(kind="packed").sha256 == made.sha256
        entry = AuditEntry.objects.get(action="evidence.packed")
        assert made.sha256.encode() in bytes(entry.body)
        assert not AuditEntry.objects.filter(action="number.revealed").exists()

    def test_takes_seconds_where_an_hour_is_allowed(self, world: World, case: Complaint) -> None:
        began = time.perf_counter()

        pack(world, case)

        assert time.perf_counter() - began < 60


class TestUnmasked:
    def test_shows_the_number_to_compliance_and_says_so(
        self, world: World, case: Complaint
    ) -> None:
        files = opened(pack(world, case, unmasked=True).content)

        assert json.loads(files["person.json"])["number"] == number_at(0)
        entry = AuditEntry.objects.get(action="number.revealed")
        assert entry.object == f"person:{case.person_id}"

    @pytest.mark.parametrize("role", ["administrator", "regulator"])
    def test_is_nobody_elses(self, world: World, case: Complaint, role: str) -> None:
        reader = officer("reader", role=role)
        assert pack(world, case, by=reader).sha256

        with pytest.raises(EvidenceRefusedError):
            pack(world, case, by=reader, unmasked=True)


class TestWhoMay:
    @pytest.mark.parametrize("role", ["supervisor", "agent"])
    def test_leaves_out_the_floor(self, world: World, case: Complaint, role: str) -> None:
        with pytest.raises(EvidenceRefusedError):
            pack(world, case, by=officer("reader", role=role))

    @pytest.mark.parametrize("of_case", [True, False])
    def test_leaves_out_the_accused_also_by_number(
        self,
        world: World,
        case: Complaint,
        of_case: bool,  # noqa: FBT001
    ) -> None:
        agent = world.seat.agent
        User.objects.filter(pk=agent.pk).update(role="compliance")
        agent.refresh_from_db()

        with pytest.raises(EvidenceRefusedError):
            evidence_pack(
                person=case.person,
                complaint=case if of_case else None,
                by=agent,
                unmasked=False,
                now=MORNING,
            )


class TestCommand:
    def run(self, tmp_path: Path, *arguments: str) -> dict[str, object]:
        out = StringIO()
        file = tmp_path / "pack.zip"
        call_command("evidence_pack", *arguments, f"--out={file}", "--json", stdout=out)
        said: dict[str, object] = json.loads(out.getvalue())
        assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        return said

    def test_writes_the_pack_of_a_case(
        self, world: World, case: Complaint, tmp_path: Path
    ) -> None:
        said = self.run(tmp_path, f"--case={case.pk}", "--by=approver")

        assert "case.json" in said["files"]  # type: ignore[operator]
        assert (tmp_path / "pack.zip").stat().st_mode & 0o077 == 0

    def test_writes_the_pack_of_a_number(
        self, world: World, person: Person, tmp_path: Path
    ) -> None:
        said = self.run(tmp_path, f"--number={number_at(0)}", "--by=approver")

        assert said["case"] is None
        assert AuditEntry.objects.get(action="evidence.packed").object == f"person:{person.pk}"

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--number=12", "--by=approver"), "short"),
            (("--number=+8613900009999", "--by=approver"), "没有该号码"),
            (("--case=999", "--by=approver"), "无权"),
            (("--case=999", "--by=nobody"), "没有账号"),
        ],
    )
    def test_says_what_it_cannot_do(
        self, world: World, tmp_path: Path, arguments: tuple[str, ...], said: str
    ) -> None:
        with pytest.raises(CommandError, match=said):
            self.run(tmp_path, *arguments)

        assert not Permit.objects.exists()
