"""Case 0, the house: shell agencies, day labourers, complaints, leaks."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from compliance.models import Outlet, Permit, Seat, User
from compliance.numbers import normalise
from compliance.selectors.complaints import complaints_for
from compliance.services.complaint_step import ComplaintStepError, complaint_step
from compliance.services.honeypot_plant import honeypot_plant
from compliance.services.outlet_register import outlet_register
from compliance.services.people_admit import seat_register, user_create
from compliance.services.staff_record import sanction_point_add, staff_record
from compliance.services.violator_list import violator_list
from compliance.violators import ViolatorError
from dialer.models import Lead
from tests.compliance.complaints.cases import complain, talked
from tests.compliance.imports.files import write_text
from tests.compliance.imports.house import NOW, House
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.dialer.imports.run import run_import
from tests.parties import make_seats, sha256
from tests.scenarios.abuses.asking import objections, refused, rejected
from tests.world import (
    ACTOR,
    MORNING,
    World,
    callee,
    let_time_pass,
    make_principal,
    refuse,
)

DAY = date(2026, 3, 11)


def account(name: str) -> User:
    return user_create(
        username=name, password_hash="!", role="agent", real_name=name, actor=ACTOR, now=NOW
    )


def seated(world: World, name: str, *, outlet: Outlet | None = None) -> Seat:
    """Return a seat whose agent is just an account."""
    return seat_register(
        code=name,
        outlet=outlet or world.seat.outlet,
        agent=account(name),
        actor=ACTOR,
        now=NOW,
    )


def employ(agent: User, identity: str, *, by: User) -> None:
    staff_record(
        agent=agent,
        real_name=agent.real_name,
        identity_number=identity,
        document_sha256=sha256(identity),
        verified_by=by,
        now=NOW,
    )


class TestShellAgencies:
    def test_have_five_job_numbers_and_not_six(self, world: World) -> None:
        make_seats(4)

        with pytest.raises(DatabaseError), transaction.atomic():
            seated(world, "sixth")

    def test_share_no_job_number(self, world: World) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            seat_register(
                code="double",
                outlet=world.seat.outlet,
                agent=world.seat.agent,
                actor=ACTOR,
                now=NOW,
            )

    def test_employ_nobody_twice(self, world: World) -> None:
        employ(account("one"), "310101199001010011", by=world.people.approver)

        with pytest.raises(IntegrityError), transaction.atomic():
            employ(account("two"), "310101199001010011", by=world.people.approver)

    @pytest.mark.parametrize("link", ["address", "legal_person", "photo"])
    def test_are_known_by_what_links_them(self, link: str) -> None:
        assert "CN13-AGT-03" in objections(seat__outlet__links=(link,))

    def test_do_not_come_back_under_another_name(self, world: World) -> None:
        for kind, value in (("person", "310101199001010011"), ("address", "江城路 1 号")):
            violator_list(
                kind=kind, value=value, reason="冒用工号", listed_on=DAY, actor=ACTOR, now=NOW
            )

        with pytest.raises(ViolatorError):
            employ(account("again"), "310101 1990 0101 0011", by=world.people.approver)
        with pytest.raises(ViolatorError):
            outlet_register(
                code="again",
                name="新门店",
                address="江城路1号",
                province="CN-SH",
                company="新公司",
                credit_code="91310000TEST000009",
                legal_person="某人",
                actor=ACTOR,
                now=NOW,
            )


class TestUntrainedDayLabourers:
    def test_call_nobody(self, world: World) -> None:
        seat = seated(world, "labourer")

        rules = refused(world, callee(world), seat=seat)

        assert {"CN13-AGT-01", "CN13-AGT-04"} <= set(rules)


class TestAgentWhoSwearsBack:
    def test_is_taken_off_by_what_the_person_says_of_it(self, world: World) -> None:
        call = talked(world)
        complain(0, permit_id=call.pk, summary="坐席辱骂")
        for _ in range(2):
            sanction_point_add(
                agent=world.seat.agent,
                breach="CN13-SCR-06",
                evidence="录音核查",
                actor=ACTOR,
                now=MORNING,
            )

        let_time_pass(MORNING + timedelta(minutes=15))

        assert "CN13-REF-09" in refused(world, call.person)
        assert "CN13-AGT-10" in refused(world, callee(world, place=9))


class TestComplaintsHandedToTheAccused:
    def test_stop_every_call_before_anybody_looks(self, world: World) -> None:
        call = talked(world)

        complain(0)

        let_time_pass(MORNING + timedelta(minutes=15))
        assert "CN13-REF-09" in refused(world, call.person)

    def test_are_neither_seen_nor_closed_by_them(self, world: World) -> None:
        call = talked(world)
        case = complain(0, permit_id=call.pk).complaint
        accused = world.seat.agent
        User.objects.filter(pk=accused.pk).update(role="compliance")
        accused.refresh_from_db()

        assert not complaints_for(accused).exists()
        assert complaints_for(world.people.approver).exists()
        for kind in ("rejected", "closed"):
            with pytest.raises(ComplaintStepError):
                complaint_step(complaint=case, kind=kind, by=accused, now=MORNING)


class TestBeggingToStop:
    def test_is_heard_by_every_company_of_the_kind(self, world: World) -> None:
        person = callee(world)
        refuse(person, make_principal(name="另一家教育公司", industry="education"))

        assert "CN13-REF-02" in refused(world, person)

    def test_is_heard_by_everybody_if_said_to_everybody(self, world: World) -> None:
        person = callee(world)
        refuse(person, None)

        assert "CN13-REF-09" in refused(world, person)
        assert not Permit.objects.exists()

    def test_is_not_needed_by_somebody_whom_all_call(self) -> None:
        at = make_facts().at
        others = tuple(
            make_attempt(at=at - timedelta(hours=hours), same_principal=False)
            for hours in (3, 9, 20)
        )

        assert "CN13-FRQ-02" in objections(attempts=others)


class TestNumbersLeakedByCarrierStaff:
    @pytest.mark.parametrize("source", ["购买", "内部渠道", "爬取"])
    def test_have_no_lawful_source(self, house: House, tmp_path: Path, source: str) -> None:
        rows = [["手机号", "来源"], ["13800138000", source]]

        done = run_import(write_text(tmp_path / "a.csv", rows))

        assert (done["added"], done["rejected_by_code"]) == (0, {"no_source": 1})

    def test_give_themselves_away(self, house: House, tmp_path: Path) -> None:
        honeypot_plant(number=normalise("13577776666"), place="蜜罐", by=house.compliance, now=NOW)
        rows = [["手机号"], ["13800138000"], ["13577776666"]]

        assert "canary" in rejected(tmp_path, rows)
        assert not Lead.objects.exists()
        house.world.contact_list.refresh_from_db()
        assert house.world.contact_list.state == "held"

    def test_close_the_door_on_who_leaked_them(self, world: World) -> None:
        agent = account("leak")
        violator_list(
            kind="person",
            value="310101199001010011",
            reason="泄露号码",
            listed_on=DAY,
            actor=ACTOR,
            now=NOW,
        )

        with pytest.raises(ViolatorError):
            employ(agent, "310101199001010011", by=world.people.approver)
