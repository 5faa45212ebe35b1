"""The kill switch: from the press on no call leaves, and one person alone lets none go on."""

import time

import pytest
from django.test import Client
from django.urls import reverse

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import KillSwitch, Permit, Person
from compliance.redemption import PermitUnusableError, redeem
from compliance.services.kill_switch import kill_switch_engage
from console.models import Approval
from tests.console.conftest import LogIn
from tests.console.seed import Seeded
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, permitted, released

WITHIN_SECONDS = 2
RULE = "CN13-GOV-08"


@staged
def world() -> World:
    return build_world()


@staged
def people(world: World) -> list[Person]:
    return callees(world, 2)


def url(name: str, **given: object) -> str:
    return reverse(f"console:{name}", kwargs=given)


def press(client: Client, scope: str = "platform", reason: str = "疑似违规", **more: str) -> int:
    said = {"scope": scope, "reason": reason, **more}
    return client.post(url("stop_engage"), said).status_code


def spend(world: World, permit: Permit) -> object:
    return redeem(permit_id=permit.pk, trunk_id=world.trunk.pk, actor=ACTOR, now=MORNING)


def target_of(scope: str, world: World, person: Person | None) -> dict[str, str]:
    found = {
        "province": person.provinces[0] if person else "",
        "industry": world.principal.industry,
        "principal": str(world.principal.pk),
    }
    return {f"target_{scope}": found[scope]} if scope in found else {}


class TestThePress:
    @pytest.mark.parametrize("scope", ["platform", "province", "industry", "principal"])
    def test_stops_what_waits_and_what_is_permitted_within_two_seconds(
        self, world: World, people: list[Person], log_in: LogIn, *, scope: str
    ) -> None:
        permit, waiting = permitted(world, people[0]), people[1]
        client = log_in("author")

        began = time.monotonic()
        assert press(client, scope, **target_of(scope, world, people[0])) == 302
        with pytest.raises(PermitUnusableError):
            spend(world, permit)
        answer = ask(world, waiting, seat=world.seats[1])
        took = time.monotonic() - began

        assert isinstance(answer, PermitRefusal)
        assert RULE in answer.rules
        assert took < WITHIN_SECONDS, f"{took:.3f} s"

    def test_elsewhere_stops_nothing_here(
        self, world: World, people: list[Person], log_in: LogIn
    ) -> None:
        assert press(log_in("author"), "industry", target_industry="telecom") == 302

        spend(world, permitted(world, people[0]))

    def test_says_how_long_it_took_and_who_stopped_what(self, world: World, log_in: LogIn) -> None:
        client = log_in("owner")

        page = client.post(
            url("stop_engage"),
            {"scope": "platform", "reason": "投诉激增 13812345678"},
            follow=True,
        ).content.decode()

        assert "毫秒生效并留痕" in page
        entry = AuditEntry.objects.of("kill_switch.engaged").get()
        assert entry.actor == f"u:{world.people.owner.pk}"
        assert b"13812345678" not in bytes(entry.body)

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"reason": "  "}, "请写明原因"),
            ({"scope": "province"}, "尚未停呼"),
            ({"scope": "industry", "target_industry": "educaton"}, "尚未停呼"),
            ({"scope": "principal", "target_principal": "999999"}, "尚未停呼"),
            ({"scope": "planet"}, "尚未停呼"),
        ],
    )
    def test_that_stops_nobody_or_says_no_reason_is_told_so(
        self, world: World, log_in: LogIn, given: dict[str, str], sentence: str
    ) -> None:
        said = {"scope": "platform", "reason": "疑似违规", **given}

        answer = log_in("author").post(url("stop_engage"), said)

        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert not KillSwitch.objects.exists()

    def test_of_everything_has_no_target_whatever_is_sent_with_it(
        self, world: World, log_in: LogIn
    ) -> None:
        press(log_in("author"), target_platform="\0" * 99)

        assert KillSwitch.objects.get().target == ""


class TestTheBanner:
    def test_stands_on_every_page_of_everybody_while_a_stop_is_in_force(
        self, seeded: Seeded, log_in: LogIn
    ) -> None:
        pages = {"owner": "today", "regulator": "decisions", "agent01": "seat"}
        for who, name in pages.items():
            assert "停呼中" not in log_in(who).get(url(name)).content.decode(), who

        kill_switch_engage(
            scope="province", target="CN-SH", reason="演练", actor="svc:drill", now=MORNING
        )

        for who, name in pages.items():
            body = log_in(who).get(url(name)).content.decode()
            assert "停呼中" in body, who
            assert "省份：上海" in body, who
        english = log_in("owner", "en").get(url("today")).content.decode()
        assert "province: Shanghai" in english
        assert "停呼中" not in Client().get(url("public_home")).content.decode()

    def test_leads_there_in_one_press_whoever_may(self, seeded: Seeded, log_in: LogIn) -> None:
        for who, may in (
            ("owner", True), ("compliance", True), ("supervisor", True),
            ("agent01", False), ("regulator", False),
        ):  # fmt: skip
            body = log_in(who).get("/", follow=True).content.decode()
            assert (f'href="{url("stop")}"' in body) == may, who


class TestTheRelease:
    def test_takes_a_second_person_at_another_browser(self, world: World, log_in: LogIn) -> None:
        asking, deciding = log_in("author"), log_in("approver")
        press(asking)
        switch = KillSwitch.objects.get()

        asking.post(url("stop_release", switch_id=switch.pk), {"reason": "已查明"})
        waits = Approval.objects.get(kind="kill_switch")
        asking.post(url("approval_decide", approval_id=waits.pk), {"verdict": "approve"})
        assert KillSwitch.objects.get().released_at is None
        page = deciding.get(url("approval", approval_id=waits.pk)).content.decode()
        deciding.post(url("approval_decide", approval_id=waits.pk), {"verdict": "approve"})

        assert "全平台" in page
        assert "已查明" in page
        switch.refresh_from_db()
        assert switch.released_by == f"u:{world.people.approver.pk}"
        assert switch.release_asked_by == f"u:{world.people.author.pk}"
        assert "停呼中" not in deciding.get(url("stop")).content.decode()

    def test_is_asked_for_with_a_reason_and_once(self, world: World, log_in: LogIn) -> None:
        client = log_in("author")
        press(client)
        switch = KillSwitch.objects.get()

        for reason in ("", "已查明", "再次申请"):
            client.post(url("stop_release", switch_id=switch.pk), {"reason": reason})

        assert Approval.objects.get(kind="kill_switch").asked == {"reason": "已查明"}

    def test_says_when_somebody_else_was_first(self, world: World, log_in: LogIn) -> None:
        client = log_in("author")
        press(client)
        switch = KillSwitch.objects.get()
        client.post(url("stop_release", switch_id=switch.pk), {"reason": "已查明"})
        waits = Approval.objects.get(kind="kill_switch")
        released(world, switch)
        log_in("approver").post(
            url("approval_decide", approval_id=waits.pk), {"verdict": "approve"}
        )

        waits.refresh_from_db()
        assert waits.failure_zh == "该停呼此前已解除。"
        assert waits.carried_out_at is None


class TestThePage:
    def test_asks_the_database_little_and_says_both_languages(
        self, world: World, log_in: LogIn, django_assert_max_num_queries: object
    ) -> None:
        press(log_in("author"), "principal", **target_of("principal", world, None))
        for language, word in (("zh-hans", "委托主体："), ("en", "principal: ")):
            client = log_in("approver", language)
            with django_assert_max_num_queries(40):  # type: ignore[operator]
                body = client.get(url("stop")).content.decode()
            assert word + world.principal.name in body
