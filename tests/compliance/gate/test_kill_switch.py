"""CN13-GOV-08: the kill switch, by province and for all; one that stops nobody is noticed."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import KillSwitch, Permit, Person, User
from compliance.numbers import PROVINCES, ProvinceUnknownError
from compliance.redemption import PermitUnusableError, redeem
from compliance.services.kill_switch import (
    NotAReleaserError,
    NotTwoPeopleError,
    SwitchNotEngagedError,
    SwitchStopsNobodyError,
    kill_switch_engage,
    kill_switch_release,
)
from tests.compliance.gate.attacker import sql, triggers_off
from tests.world import ACTOR, MORNING, World, ask, released

BEIJING, SHANGHAI = ["CN-BJ"], ["CN-SH"]


def engage(target: str, scope: str = "province", reason: str = "x") -> KillSwitch:
    return kill_switch_engage(scope=scope, target=target, reason=reason, actor=ACTOR, now=MORNING)


def closed(account: User) -> User:
    User.objects.filter(pk=account.pk).update(is_active=False)
    account.refresh_from_db()
    return account


def put(person: Person, provinces: list[str]) -> None:
    with triggers_off():
        Person.objects.filter(pk=person.pk).update(provinces=provinces)


class TestCommand:
    def test_lets_nobody_release_a_switch_but_compliance(self, world: World) -> None:
        switch = engage("CN-BJ")

        for by in (world.seat.agent, world.people.author):
            with pytest.raises(CommandError, match="may not release"):
                call_command(
                    "kill_switch",
                    "release",
                    str(switch.pk),
                    by=by.username,
                    asked_by=world.people.owner.username,
                )

        assert KillSwitch.objects.filter(released_at=None).exists()


class TestReason:
    @pytest.mark.parametrize("reason", ["\udcb2\udcbb", "nothing\0more", "长" * 300])
    def test_never_stands_in_the_way_of_a_stop(
        self, world: World, person: Person, reason: str
    ) -> None:
        """As a terminal in GBK gives it to a command, for one."""
        engage("", "platform", reason)

        assert isinstance(ask(world, person), PermitRefusal)


class TestProvince:
    @pytest.mark.parametrize(
        ("provinces", "stopped"),
        [
            (BEIJING, True),
            (["CN-BJ", "CN-HE"], True),  # may be there
            (["CN-*"], True),  # may be anywhere
            (SHANGHAI, False),
        ],
    )
    def test_stops_calls_to_whoever_may_be_there(
        self, world: World, person: Person, *, provinces: list[str], stopped: bool
    ) -> None:
        engage("CN-BJ")
        put(person, provinces)

        answer = ask(world, person)

        if stopped:
            assert isinstance(answer, PermitRefusal)
            assert "CN13-GOV-08" in answer.rules
        else:
            assert isinstance(answer, Permit)

    def test_is_free_again_once_released(self, world: World, person: Person) -> None:
        put(person, BEIJING)
        released(world, engage("CN-BJ"))

        assert isinstance(ask(world, person), Permit)

    def test_is_on_the_trail_with_who_engaged_and_who_released_it(self, world: World) -> None:
        switch = engage("CN-BJ", reason="停呼 13812345678")
        released(world, switch)

        entries = AuditEntry.objects.filter(object=f"kill_switch:{switch.pk}").order_by("pk")
        assert [(entry.action, entry.actor) for entry in entries] == [
            ("kill_switch.engaged", ACTOR),
            ("kill_switch.released", f"u:{world.people.approver.pk}"),
        ]
        asked = json.loads(bytes(entries[1].body))["data"]
        assert asked == {"asked_by": f"u:{world.people.author.pk}"}
        said = json.loads(bytes(entries[0].body))["data"]
        assert (said["scope"], said["target"]) == ("province", "CN-BJ")
        assert "停呼" in said["reason"]

    def test_is_released_alone(self, world: World) -> None:
        beijing, shanghai = engage("CN-BJ"), engage("CN-SH")

        released(world, beijing)

        assert KillSwitch.objects.get(released_at=None) == shanghai

    def test_is_not_released_twice(self, world: World) -> None:
        switch = engage("CN-BJ")
        released(world, switch)

        with pytest.raises(SwitchNotEngagedError):
            released(world, switch)

    def test_is_not_released_by_who_wants_more_calls(self, world: World, person: Person) -> None:
        put(person, BEIJING)
        switch = engage("CN-BJ")

        for by in (world.people.author, world.seat.agent):
            with pytest.raises(NotAReleaserError, match=r"不得解除停呼.*may not release"):
                kill_switch_release(switch=switch, asked_by=world.people.owner, by=by, now=MORNING)

        assert isinstance(ask(world, person), PermitRefusal)

    def test_is_not_released_by_one_person_alone(self, world: World) -> None:
        switch, approver = engage("CN-BJ"), world.people.approver

        for asked_by in (approver, world.seat.agent, closed(world.people.owner)):
            with pytest.raises(NotTwoPeopleError, match=r"须两人.*takes two people"):
                kill_switch_release(switch=switch, asked_by=asked_by, by=approver, now=MORNING)

        assert KillSwitch.objects.filter(released_at=None).exists()

    @pytest.mark.parametrize("asker", ["", "u:1"])
    def test_is_not_released_by_one_person_in_the_database_either(
        self, world: World, asker: str
    ) -> None:
        switch = engage("CN-BJ")

        with pytest.raises(DatabaseError, match="as another has asked"), transaction.atomic():
            KillSwitch.objects.filter(pk=switch.pk).update(
                released_by="u:1", release_asked_by=asker, released_at=MORNING
            )

    @pytest.mark.parametrize(
        ("provinces", "stopped"),
        [(BEIJING, True), (["CN-HE", "CN-BJ"], True), (["CN-*"], True), (SHANGHAI, False)],
    )
    def test_stops_a_permit_that_is_out_by_the_redemption_itself(
        self, world: World, permit: Permit, *, provinces: list[str], stopped: bool
    ) -> None:
        put(permit.person, provinces)
        with triggers_off():  # nobody moved the epoch: the probe has to see the switch
            sql(
                "INSERT INTO compliance_killswitch (scope, target, reason, engaged_by,"
                " engaged_at, released_by) VALUES ('province', 'CN-BJ', 'x', 'x', now(), '')"
            )

        def spend() -> object:
            return redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)

        if stopped:
            with pytest.raises(PermitUnusableError):
                spend()
        else:
            spend()

    @pytest.mark.parametrize("target", ["", "BJ", "cn-bj", "CN-BJ ", "CN-XX", "北京", "CN-*"])
    def test_that_there_is_not_is_refused_with_a_sentence(self, world: World, target: str) -> None:
        with pytest.raises(ProvinceUnknownError, match=r"没有省份代码.*There is no province"):
            engage(target)

        assert not KillSwitch.objects.exists()
        assert not AuditEntry.objects.filter(action="kill_switch.engaged").exists()

    def test_is_each_of_the_thirty_one(self) -> None:
        assert len(PROVINCES) == 31


class TestTarget:
    def test_of_each_kind_that_exists_is_taken(self, world: World) -> None:
        engage("", scope="platform")
        engage("education", scope="industry")
        engage(str(world.principal.pk), scope="principal")

        assert KillSwitch.objects.count() == 3

    @pytest.mark.parametrize(
        ("scope", "target"),
        [
            ("principal", "999999"),
            ("principal", ""),
            ("principal", "+1"),
            ("industry", "educaton"),
            ("industry", ""),
            ("outlet", "1"),
        ],
    )
    def test_that_stops_nobody_is_refused_with_a_sentence(
        self, world: World, scope: str, target: str
    ) -> None:
        with pytest.raises(SwitchStopsNobodyError, match=r"未启用.*is not on"):
            engage(target, scope=scope)

    @pytest.mark.parametrize(
        ("scope", "target"),
        [("province", "CN-BI"), ("industry", "x"), ("principal", ""), ("everything", "")],
    )
    def test_that_stops_nobody_is_refused_by_the_database_too(
        self, db: None, scope: str, target: str
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            KillSwitch.objects.create(
                scope=scope, target=target, reason="x", engaged_by="x", engaged_at=MORNING
            )

    def test_is_never_refused_for_what_somebody_wrote(self, world: World) -> None:
        switch = engage("", scope="platform", reason="停 13800138000 " * 100)

        assert KillSwitch.objects.get(pk=switch.pk).reason.startswith("停")
