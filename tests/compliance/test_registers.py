"""A change that went past the trail shows in the next digest of the registers."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from audit.digests.digest import State, state_check, state_digest
from audit.models import AuditEntry, AuditStateChunk
from audit.record import record
from compliance.models import Consent, KillSwitch, Refusal, User
from compliance.registers import REGISTERS, digest_due
from compliance.services.account_close import account_close
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.kill_switch import kill_switch_engage, kill_switch_release
from tests.stages import staged
from tests.stated_clock import freeze
from tests.world import (
    ACTOR,
    MORNING,
    World,
    add_lead,
    ask,
    beijing,
    build_world,
    callee,
    callees,
    refuse,
)


@staged
def world() -> World:
    return build_world()


def digest() -> State:
    return state_digest(registers=REGISTERS, actor="svc:test", now=MORNING)


def check() -> State:
    return state_check(registers=REGISTERS)


def behind_our_back(sql: str) -> None:
    """Do what an administrator of the database can do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found(state: State) -> list[tuple[str, int, str]]:
    return [(one.register, one.key, one.how) for one in state.unexplained]


class TestDigest:
    def test_explains_all_that_the_services_do(self, db: None) -> None:
        digest()
        world = build_world()
        people = callees(world, 5)
        refuse(people[0], world.principal)
        refuse(people[1], None)
        consent_withdraw(
            consent=Consent.objects.filter(person=people[2]).latest("pk"),
            actor=ACTOR,
            now=MORNING,
        )
        switch = kill_switch_engage(
            scope="platform", target="", reason="test", actor=ACTOR, now=MORNING
        )
        add_lead(world, people[3])
        ask(world, people[3])

        state = digest()

        assert found(state) == []
        assert state.changed > 20
        User.objects.filter(pk=world.people.approver.pk).update(role="administrator")
        assert found(digest()) == [("users", world.people.approver.pk, "altered")]
        boss = User.objects.get(pk=world.people.approver.pk)
        kill_switch_release(switch=switch, asked_by=world.people.author, by=boss, now=MORNING)
        account_close(user=world.seat.agent, closed_by=boss, now=MORNING)
        state = digest()
        assert found(state) == []
        assert {one.register for one in state.registers if len(one.change)} == {
            *("users", "seats", "kill_switches")
        }

    def test_is_the_same_for_the_same_rows(self, world: World) -> None:
        sums = [[one.sha256 for one in digest().registers] for _ in range(2)]

        assert sums[0] == sums[1]

    def test_is_the_same_however_the_session_writes_instants(self, world: World) -> None:
        before = [one.sha256 for one in check().registers]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TimeZone = 'America/New_York'")
            cursor.execute("SET LOCAL bytea_output = 'escape'")

        assert [one.sha256 for one in check().registers] == before

    def test_is_on_the_trail_without_any_row(self, world: World) -> None:
        refuse(callee(world), None)

        state = digest()

        entry = AuditEntry.objects.of("state.digested").get()
        data = json.loads(bytes(entry.body))["data"]
        assert entry.outcome == "ok"
        assert data["registers"][0]["name"] == "refusals"
        assert data["registers"][0]["rows"] == 1
        assert data["registers"][0]["sha256"] == state.registers[0].sha256
        assert data["unexplained"] == 0


FORGED = (
    "INSERT INTO compliance_consent SELECT (jsonb_populate_record(c, jsonb_build_object("
    "'id', c.id + 1000, 'given_at', c.given_at + interval '1 s'))).*"
    " FROM compliance_consent c WHERE id = {consent}"
)
TAMPERED = {
    "a refusal that was taken out": (
        "DELETE FROM compliance_refusal WHERE id = {refusal}",
        ("refusals", "removed"),
    ),
    "a refusal of somebody else": (
        "UPDATE compliance_refusal SET person_id = person_id + 1 WHERE id = {refusal}",
        ("refusals", "altered"),
    ),
    "a consent that nobody gave": (
        FORGED,
        ("consents", "added"),
    ),
    "a consent that lasts for longer": (
        "UPDATE compliance_consent SET expires_at = now() WHERE id = {consent}",
        ("consents", "altered"),
    ),
    "a role": (
        "UPDATE compliance_user SET role = 'compliance' WHERE id = {user}",
        ("users", "altered"),
    ),
    "a password": (
        "UPDATE compliance_user SET password = 'x' WHERE id = {user}",
        ("passwords", "altered"),
    ),
    "a switch that was released": (
        "UPDATE compliance_killswitch SET released_by = 'u:1', released_at = now()",
        ("kill_switches", "altered"),
    ),
    "a cap": (
        "UPDATE compliance_trunk SET max_calls = max_calls + 1",
        ("trunks", "altered"),
    ),
    "an operator's licence": (
        "UPDATE compliance_licence SET expires_on = expires_on + 365",
        ("licences", "altered"),
    ),
}


class TestAChangePastTheTrail:
    @pytest.mark.parametrize("name", TAMPERED)
    def test_shows_in_the_next_digest_with_table_and_key(self, world: World, name: str) -> None:
        statement, (register, how) = TAMPERED[name]
        refusal = refuse(callee(world), None)
        kill_switch_engage(scope="platform", target="", reason="x", actor=ACTOR, now=MORNING)
        ids = {
            "refusal": refusal.pk,
            "consent": Consent.objects.latest("pk").pk,
            "user": world.seat.agent_id,
        }
        digest()
        assert found(check()) == []

        behind_our_back(statement.format(**ids))

        before, after = found(check()), found(digest())
        ((where, key, what),) = after
        assert (where, what, before) == (register, how, after)
        entry = AuditEntry.objects.of("state.digested").latest("pk")
        data = json.loads(bytes(entry.body))["data"]
        assert entry.outcome == "error"
        assert data["named"] == [{"register": register, "key": key, "how": how}]
        assert found(check()) == []  # it is on the trail, once

    def test_is_not_hidden_by_an_import_of_the_same_day(self, world: World) -> None:
        digest()
        callees(world, 3)  # one entry tells of three consents
        last = Consent.objects.latest("pk").pk

        behind_our_back(FORGED.format(consent=last))

        ((register, _, how),) = found(check())
        assert register == "consents"
        assert "more than whitelist:" in how

    def test_is_not_hidden_by_somebody_who_only_looked(self, world: World) -> None:
        digest()
        behind_our_back("UPDATE compliance_campaignfiling SET name = 'x'")
        record("campaign.checked", obj=f"filing:{world.filing.pk}", actor=ACTOR, now=MORNING)

        assert [one.register for one in check().unexplained] == ["campaigns"]

    def test_is_not_hidden_by_altering_what_is_kept_of_the_rows(self, world: World) -> None:
        refuse(callee(world), None)
        digest()

        AuditStateChunk.objects.filter(register="refusals").delete()

        assert ("refusals", 0, "digests altered") in found(check())


class TestCommand:
    def test_leaves_with_1_for_what_nothing_explains(self, world: World) -> None:
        out = io.StringIO()
        call_command("state_digest", "--json", stdout=out)
        behind_our_back("UPDATE compliance_trunk SET max_calls = max_calls + 1")

        with pytest.raises(SystemExit) as left:
            call_command("state_digest", "--check", "--json", stdout=(out := io.StringIO()))

        told = json.loads(out.getvalue())
        assert left.value.code == 1
        assert told["unexplained"] == 1
        assert told["named"] == [{"register": "trunks", "key": world.trunk.pk, "how": "altered"}]


class TestDue:
    def test_is_once_a_night(self, world: World) -> None:
        night = beijing("2026-03-11 03:00")

        assert not digest_due(now=night - timedelta(minutes=1))
        assert digest_due(now=night)
        state_digest(registers=REGISTERS, actor="svc:test", now=freeze(night))
        assert not digest_due(now=night + timedelta(hours=20))
        assert digest_due(now=night + timedelta(days=1))


def test_every_register_says_which_entries_tell_of_it() -> None:
    for register in REGISTERS:
        columns = {field.column for field in register.model._meta.concrete_fields}
        assert {told.column for told in register.told} - {""} <= columns, register.name
    assert len({register.name for register in REGISTERS}) == len(REGISTERS)
    assert {Refusal, Consent, KillSwitch} <= {register.model for register in REGISTERS}
