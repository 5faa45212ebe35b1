"""The only way to the wire: a permit is spent once, as it was signed, or there is no call."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from audit.models import AuditEntry
from compliance import permit_seal
from compliance.gate import claims_of
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Consent,
    Epoch,
    Licence,
    Permit,
    Person,
    Seat,
)
from compliance.permit_seal import sealed_bytes
from compliance.redemption import PermitUnusableError, SpentPermit, redeem
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.filing_pause import filing_close, filing_pause
from compliance.services.kill_switch import kill_switch_engage
from compliance.services.person_for_number import number_of
from compliance.vault import SealBrokenError, number_index, seal
from tests.compliance.gate.attacker import sql, triggers_off
from tests.world import (
    ACTOR,
    MORNING,
    World,
    build_world,
    callee,
    consent,
    let_time_pass,
    make_principal,
    make_trunk,
    number_at,
    permitted,
    refuse,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def permit(world: World) -> Permit:
    return permitted(world, callee(world))


def spend(permit: Permit, **changes: Any) -> SpentPermit:
    given = {"permit_id": permit.pk, "trunk_id": permit.trunk_id, "actor": ACTOR, "now": MORNING}
    return redeem(**{**given, **changes})


def unusable(permit: Permit, **changes: Any) -> None:
    """Check that the permit does not lead to a call, and leaves no trace of one."""
    before = Permit.objects.values().get(pk=permit.pk)

    with pytest.raises((PermitUnusableError, SealBrokenError)), transaction.atomic():
        spend(permit, **changes)

    assert Permit.objects.values().get(pk=permit.pk) == before
    assert not AuditEntry.objects.filter(action="permit.redeemed").exists()


class TestRedemption:
    def test_gives_what_the_permit_allows_and_nothing_else(
        self, world: World, permit: Permit
    ) -> None:
        spent = spend(permit)

        assert spent.callee == number_at(0)
        assert spent.caller_number == world.caller_number.number
        assert (spent.person_id, spent.seat_id) == (permit.person_id, permit.seat_id)
        assert (spent.filing_id, spent.permit_id) == (permit.filing_id, permit.pk)

    def test_is_on_the_record(self, permit: Permit) -> None:
        spend(permit)

        permit.refresh_from_db()
        assert permit.state == Permit.State.REDEEMED
        assert permit.redeemed_at == MORNING
        entry = AuditEntry.objects.get(action="permit.redeemed")
        assert entry.object == f"permit:{permit.pk}"

    def test_happens_once(self, permit: Permit) -> None:
        spend(permit)

        with pytest.raises(PermitUnusableError):
            spend(permit)

        assert AuditEntry.objects.filter(action="permit.redeemed").count() == 1

    def test_needs_a_permit_that_exists(self, world: World) -> None:
        with pytest.raises(PermitUnusableError):
            redeem(permit_id=uuid4(), trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)

    def test_works_on_the_permits_own_trunk_only(self, world: World, permit: Permit) -> None:
        other = make_trunk(world.operator, code="other")
        late = permitted(world, callee(world, place=1), seat=world.seats[1])  # epoch moved

        unusable(late, trunk_id=other.pk)
        spend(late)

    def test_works_just_before_its_ten_seconds_are_over(self, permit: Permit) -> None:
        let_time_pass(MORNING + timedelta(seconds=9.999))

        spend(permit)

    @pytest.mark.parametrize("seconds", [10.0, 11.0, 3600.0])
    def test_does_not_work_after_ten_seconds_by_the_database_clock(
        self, permit: Permit, seconds: float
    ) -> None:
        let_time_pass(MORNING + timedelta(seconds=seconds))

        unusable(permit)

    def test_ignores_what_the_asking_host_calls_now(self, permit: Permit) -> None:
        let_time_pass(MORNING + timedelta(seconds=60))

        unusable(permit, now=MORNING)

    def test_refuses_a_permit_from_the_future(self, permit: Permit) -> None:
        let_time_pass(MORNING - timedelta(seconds=1.001))

        unusable(permit)


class TestOvertaking:
    """I5: nothing is spent once a no, a withdrawal, a pause or a switch has been committed."""

    OVERTAKES: dict[str, Callable[[World, Permit], object]] = {
        "refusal to the principal": lambda w, p: refuse(p.person, w.principal),
        "refusal to everybody": lambda w, p: refuse(p.person, None),
        "refusal to the industry": lambda w, p: refuse(
            p.person, make_principal(name="另一家教育", industry="education")
        ),
        "withdrawal": lambda w, p: consent_withdraw(consent=p.consent, actor=ACTOR, now=MORNING),
        "pause": lambda w, p: filing_pause(filing=w.filing, actor=ACTOR, reason="x", now=MORNING),
        "close": lambda w, p: filing_close(filing=w.filing, actor=ACTOR, reason="x", now=MORNING),
        "kill switch": lambda w, p: kill_switch_engage(
            scope="platform", target="", reason="x", actor=ACTOR, now=MORNING
        ),
        "licence changed": lambda w, p: Licence.objects.update(expires_on=MORNING.date()),
        "caller number unbound": lambda w, p: w.caller_number.trunks.clear(),
        "seat out of service": lambda w, p: Seat.objects.update(active=False),
    }

    @pytest.mark.parametrize("name", OVERTAKES)
    def test_makes_the_permit_worthless(self, world: World, permit: Permit, name: str) -> None:
        self.OVERTAKES[name](world, permit)

        unusable(Permit.objects.get(pk=permit.pk))

    @pytest.mark.parametrize(
        ("name", "state"),
        [("refusal to the principal", "void"), ("withdrawal", "void"), ("pause", "issued")],
    )
    def test_voids_at_once_what_somebody_said_no_to(
        self, world: World, permit: Permit, name: str, state: str
    ) -> None:
        self.OVERTAKES[name](world, permit)

        permit.refresh_from_db()
        assert permit.state == state

    def test_by_a_no_to_another_kind_of_business_stops_nothing(
        self, world: World, permit: Permit
    ) -> None:
        other = make_principal(name="燃气公司", industry="other")  # a new party: a new epoch
        late = permitted(world, callee(world, place=1), seat=world.seats[1])

        refuse(late.person, other)

        spend(late)

    @pytest.mark.parametrize(
        ("statement", "what"),
        [
            ("UPDATE compliance_campaignfiling SET state = 'paused'", "pause"),
            (
                (
                    "INSERT INTO compliance_refusal (person_id, everywhere, industry, purpose, source,"
                    " evidence, recorded_at, recorded_by)"
                    " SELECT person_id, true, '', '', 'web', 'x', now(), 'x' FROM compliance_permit"
                ),
                "refusal",
            ),
            (
                (
                    "INSERT INTO compliance_killswitch (scope, target, reason, engaged_by, engaged_at,"
                    " released_by) VALUES ('platform', '', 'x', 'x', now(), '')"
                ),
                "switch",
            ),
            ("UPDATE compliance_consent SET withdrawn_at = now()", "withdrawal"),
            ("UPDATE compliance_consent SET expires_at = '2026-03-11 02:00:00Z'", "expiry"),
        ],
    )
    def test_is_noticed_by_the_redemption_itself_where_nobody_voided_and_no_epoch_moved(
        self, world: World, permit: Permit, statement: str, what: str
    ) -> None:
        with triggers_off():
            sql(statement)

        unusable(permit)

    def test_is_noticed_by_the_epoch_alone(self, permit: Permit) -> None:
        Epoch.objects.update(value=Epoch.objects.get().value + 1)

        unusable(permit)


def _other_person(world: World) -> Person:
    return Person.objects.exclude(permits__isnull=False).get(masked__startswith="138")


def _change(column: str, value: Callable[[World, Permit], object]) -> Callable[..., None]:
    def attack(world: World, permit: Permit) -> None:
        changed = value(world, permit)
        statement = f"UPDATE compliance_permit SET {column} = %s WHERE id = %s"  # noqa: S608
        sql(statement, [changed, permit.pk])

    return attack


def _swap_numbers(world: World, permit: Permit) -> None:
    """Point the person's row at another phone, index and all."""
    index = number_index("+8613800138000")
    sealed = seal("+8613800138000", bound_to=index)
    sql(
        "UPDATE compliance_person SET number_index = %s, number_sealed = %s WHERE id = %s",
        [index, sealed, permit.person_id],
    )


def _swap_sealed_number(world: World, permit: Permit) -> None:
    """Put another person's ciphertext into the row."""
    other = bytes(_other_person(world).number_sealed)
    sql("UPDATE compliance_person SET number_sealed = %s WHERE id = %s", [other, permit.person_id])


def _new_caller_id(world: World, permit: Permit) -> None:
    """Show another number: alter the filed row itself."""
    sql("UPDATE compliance_callernumber SET number = '13800138000'")


def _forge_signature(world: World, permit: Permit) -> None:
    """Extend the permit by an hour, and sign it with a key of one's own."""
    permit.issued_at += timedelta(hours=1)
    permit.expires_at += timedelta(hours=1)
    claims = claims_of(permit, callee=bytes(permit.person.number_index).hex())
    signature = Ed25519PrivateKey.generate().sign(sealed_bytes(claims))
    sql(
        "UPDATE compliance_permit SET signature = %s, issued_at = %s, expires_at = %s",
        [signature, permit.issued_at, permit.expires_at],
    )


def _mint(world: World, permit: Permit) -> None:
    """Write a decision and a permit of one's own for somebody else, copying a real signature."""
    sql(
        "UPDATE compliance_permit SET person_id = %s, consent_id = %s",
        [_other_person(world).pk, Consent.objects.exclude(pk=permit.consent_id).get().pk],
    )


ATTACKS: dict[str, Callable[[World, Permit], object]] = {
    "the callee": _change("person_id", lambda w, p: _other_person(w).pk),
    "the seat": _change("seat_id", lambda w, p: w.seats[1].pk),
    "the campaign": _change("filing_id", lambda w, p: _second_campaign(w)),
    "the trunk's code": lambda w, p: sql("UPDATE compliance_trunk SET code = 'x'"),
    "the caller number": _change("caller_number_id", lambda w, p: _second_number(w)),
    "the filed number behind it": _new_caller_id,
    "the consent": _change(
        "consent_id", lambda w, p: Consent.objects.exclude(pk=p.consent_id).get().pk
    ),
    "the epoch": _change("epoch", lambda w, p: p.epoch - 1),
    "the issue": _change("issued_at", lambda w, p: p.issued_at + timedelta(milliseconds=1)),
    "the expiry": _change("expires_at", lambda w, p: p.expires_at - timedelta(milliseconds=1)),
    "the decision's facts": lambda w, p: sql(
        "UPDATE compliance_decision SET facts_digest = %s", [b"\0" * 32]
    ),
    "the book": lambda w, p: sql("UPDATE compliance_decision SET book_digest = 'x'"),
    "the person's phone": _swap_numbers,
    "the person's ciphertext": _swap_sealed_number,
    "the signature to nothing": _change("signature", lambda w, p: b""),
    "the signature by one bit": _change(
        "signature", lambda w, p: bytes([p.signature[0] ^ 1, *p.signature[1:]])
    ),
    "the signature to zeros": _change("signature", lambda w, p: b"\0" * 64),
    "the key": _forge_signature,
    "everything about the callee": _mint,
}


def _second_campaign(world: World) -> int:
    sql(
        "INSERT INTO compliance_campaignfiling (code, name, principal_id, purpose, industry,"
        " caller_number_id, audience, content, contact, trunk_id, script_id, whitelist_id,"
        " author_id, registered_at, approver_id, activated_at, state)"
        " SELECT 'copy', name, principal_id, purpose, industry, caller_number_id, audience,"
        " content, contact, trunk_id, script_id, whitelist_id, author_id, registered_at,"
        " approver_id, activated_at, state FROM compliance_campaignfiling WHERE id = %s",
        [world.campaign.filing_id],
    )
    return CampaignFiling.objects.get(code="copy").pk


def _second_number(world: World) -> int:
    sql(
        "INSERT INTO compliance_callernumber (number, number_class, operator_id, callout_opened,"
        " valid_from, certificate_until, commitment_sha256)"
        " SELECT '9512399', number_class, operator_id, callout_opened, valid_from,"
        " certificate_until, commitment_sha256 FROM compliance_callernumber LIMIT 1"
    )
    return CallerNumber.objects.get(number="9512399").pk


class TestAttackerWithTheDatabasePassword:
    """I4: the permit is what the gate signed, in every column, or it is nothing."""

    @pytest.mark.parametrize("name", ATTACKS)
    def test_gains_nothing_by_altering(self, world: World, permit: Permit, name: str) -> None:
        callee(world, place=1)  # somebody else who consented, for the attacker to use
        with triggers_off():
            ATTACKS[name](world, permit)

        unusable(Permit.objects.get(pk=permit.pk))

    def test_would_gain_the_call_if_nothing_was_altered(
        self, world: World, permit: Permit
    ) -> None:
        callee(world, place=1)
        with triggers_off():
            sql("UPDATE compliance_permit SET epoch = epoch")

        assert spend(Permit.objects.get(pk=permit.pk)).callee == number_at(0)

    def test_cannot_bring_a_spent_permit_back(self, permit: Permit) -> None:
        """The state is not signed, but what is issued again is past its ten seconds."""
        spend(permit)
        let_time_pass(MORNING + timedelta(seconds=10))
        with triggers_off():
            sql("UPDATE compliance_permit SET state = 'issued', redeemed_at = NULL")

        with pytest.raises(PermitUnusableError):
            spend(permit)

    def test_cannot_read_a_number_without_the_key(self, permit: Permit) -> None:
        stored = bytes(Person.objects.get(pk=permit.person_id).number_sealed)

        assert number_at(0).encode() not in stored
        assert number_at(0)[-8:].encode() not in stored
        assert number_of(permit.person) == number_at(0)


class TestSignature:
    def test_covers_every_column_that_says_what_the_call_is(self, permit: Permit) -> None:
        """A new column of the permit is either signed or known here to say nothing of the call."""
        unsigned = {
            *("state", "redeemed_at", "ended_at", "result", "talk_seconds", "void_reason"),
            "signature",
        }
        claimed = {
            *("id", "decision", "filing", "person", "seat", "trunk", "caller_number"),
            *("consent", "epoch", "issued_at", "expires_at"),
        }

        assert {field.name for field in Permit._meta.fields} == unsigned | claimed

    def test_is_made_with_the_gates_key_alone(self, permit: Permit) -> None:
        claims = claims_of(permit, callee=bytes(permit.person.number_index).hex())

        assert permit_seal.is_genuine(claims, bytes(permit.signature))
        assert not permit_seal.is_genuine(claims, b"")


def test_a_consent_given_later_does_not_revive_a_voided_permit(
    world: World, permit: Permit
) -> None:
    consent_withdraw(consent=permit.consent, actor=ACTOR, now=MORNING)
    consent(world.filing, [permit.person], given_at=MORNING)

    unusable(Permit.objects.get(pk=permit.pk))
