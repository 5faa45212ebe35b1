"""Whoever has the database's password still cannot make or change a permit."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from compliance import permit_seal
from compliance.gate import claims_of
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Consent,
    Permit,
    Person,
)
from compliance.permit_seal import sealed_bytes
from compliance.redemption import PermitUnusableError
from compliance.services.person_for_number import number_of
from compliance.vault import number_index, seal
from tests.compliance.gate.attacker import sql, triggers_off
from tests.compliance.gate.spending import spend, unusable
from tests.world import (
    MORNING,
    World,
    callee,
    consent,
    let_time_pass,
    number_at,
)

pytestmark = pytest.mark.django_db


def _other_person(world: World) -> Person:
    return Person.objects.exclude(permits__isnull=False).get(masked__startswith="138")


def _change(column: str, value: Callable[[World, Permit], object]) -> Callable[..., None]:
    def attack(world: World, permit: Permit) -> None:
        changed = value(world, permit)
        statement = f"UPDATE compliance_permit SET {column} = %s WHERE id = %s"
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
    fields = CampaignFiling._meta.concrete_fields
    columns = ", ".join(
        field.column for field in fields if field.column and field.column not in ("id", "code")
    )
    sql(
        f"INSERT INTO compliance_campaignfiling (code, {columns})"
        f" SELECT 'copy', {columns} FROM compliance_campaignfiling WHERE id = %s",
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
        consent(world.filing, [callee(world, place=1, consented=False)], vouched=False)
        with triggers_off():
            ATTACKS[name](world, permit)

        unusable(Permit.objects.get(pk=permit.pk))

    def test_would_gain_the_call_if_nothing_was_altered(
        self, world: World, permit: Permit
    ) -> None:
        consent(world.filing, [callee(world, place=1, consented=False)], vouched=False)
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
