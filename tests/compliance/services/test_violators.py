"""CN13-GOV-03: nobody on the list of violators is taken on, however the name is written."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from audit.models import AuditEntry
from compliance.models import CallerNumber, Operator, Outlet, Principal, Violator
from compliance.models.staff import StaffRecord
from compliance.services.lines_record import caller_number_file
from compliance.services.outlet_register import outlet_register
from compliance.services.parties_register import operator_register, principal_register
from compliance.services.staff_record import staff_record
from compliance.services.violator_list import DAYS, violator_list
from compliance.violators import ViolatorError, listed_index, refuse_violators
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, beijing, build_world

TODAY = date(2026, 3, 11)
NAME, CODE, PERSON = "违规呼叫中心有限公司", "91310000BAD0000001", "王某某"
NUMBER, ADDRESS, IDENTITY = "9512399", "示例路 9 号", "示例证件 坏"


@staged
def world() -> World:
    return build_world()


def listed(kind: str, value: str, *, on: date = TODAY) -> Violator:
    return violator_list(
        kind=kind, value=value, reason="处罚决定", listed_on=on, actor=ACTOR, now=MORNING
    )


def operator(_: World) -> None:
    operator_register(
        legal_name=NAME,
        credit_code=CODE,
        regime="b24_operator",
        legal_person=PERSON,
        actor=ACTOR,
        now=MORNING,
    )


def principal(_: World) -> None:
    principal_register(
        name=NAME,
        industry="other",
        credit_code=CODE,
        legal_person=PERSON,
        actor=ACTOR,
        now=MORNING,
    )


def number(world: World) -> None:
    caller_number_file(
        number=NUMBER,
        operator=world.operator,
        trunks=[world.trunk],
        callout_opened=True,
        valid_from=TODAY,
        certificate_until=TODAY,
        commitment_sha256="0" * 64,
        actor=ACTOR,
        now=MORNING,
    )


def outlet(_: World) -> None:
    outlet_register(
        code="bad",
        name="职场",
        address=ADDRESS,
        province="CN-SH",
        company=NAME,
        credit_code=CODE,
        legal_person=PERSON,
        actor=ACTOR,
        now=MORNING,
    )


def agent(world: World) -> None:
    staff_record(
        agent=world.people.owner,
        real_name=PERSON,
        identity_number=IDENTITY,
        document_sha256="0" * 64,
        verified_by=world.people.approver,
        now=MORNING,
    )


CASES: dict[str, tuple[str, str, Callable[[World], None]]] = {
    "operator by name": ("company", NAME, operator),
    "operator by code": ("credit_code", CODE, operator),
    "operator by legal person": ("person", PERSON, operator),
    "principal by name": ("company", NAME, principal),
    "principal by code": ("credit_code", CODE, principal),
    "principal by legal person": ("person", PERSON, principal),
    "caller number": ("number", NUMBER, number),
    "outlet by company": ("company", NAME, outlet),
    "outlet by code": ("credit_code", CODE, outlet),
    "outlet by legal person": ("person", PERSON, outlet),
    "outlet by address": ("address", ADDRESS, outlet),
    "agent by identity": ("person", IDENTITY, agent),
}


KINDS = sorted({kind for kind, _, _ in CASES.values()})
values = st.text("违规呼叫中心有限公司王某示例路91310000MAbxyz", min_size=1, max_size=24)
NOISE = " 　-—_·（）()【】[]《》,，.。/*'\"\t\u200b\ufeff"
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in map(chr, range(0x21, 0x7F))}


@st.composite
def rewritten(draw: st.DrawFn, value: str) -> str:
    """Draw another way to write the value: other letters, widths, spaces and signs."""
    noise = st.text(NOISE, max_size=2)
    written = [
        draw(st.sampled_from([sign, sign.upper(), sign.lower(), sign.translate(WIDE)]))
        for sign in value
    ]
    return draw(noise) + "".join(sign + draw(noise) for sign in written)


class TestDigest:
    @given(st.data(), values, st.sampled_from(KINDS))
    def test_is_the_same_however_the_value_is_written(
        self, data: st.DataObject, value: str, kind: str
    ) -> None:
        other = data.draw(rewritten(value))

        assert listed_index(kind, other) == listed_index(kind, value)

    @given(values, values, st.sampled_from(KINDS), st.sampled_from(KINDS))
    def test_is_anothers_if_the_kind_or_what_is_said_differs(
        self, one: str, other: str, kind: str, other_kind: str
    ) -> None:
        same = (kind, one.casefold()) == (other_kind, other.casefold())

        assert (listed_index(kind, one) == listed_index(other_kind, other)) is same


class TestList:
    @pytest.mark.parametrize("name", CASES)
    def test_keeps_out_whoever_is_on_it(self, world: World, name: str) -> None:
        kind, value, take_on = CASES[name]
        entry = listed(kind, value)
        tables = (Operator, Principal, CallerNumber, Outlet, StaffRecord)
        before = [table.objects.count() for table in tables]

        with pytest.raises(ViolatorError):
            take_on(world)

        assert [table.objects.count() for table in tables] == before
        refused = AuditEntry.objects.get(action="violator.refused")
        assert refused.object == f"violator:{entry.pk}"

    @pytest.mark.parametrize(
        "written",
        ["违规呼叫中心有限公司 ", "违规呼叫中心（有限公司）", "违规-呼叫中心 有限公司"],
    )
    def test_knows_a_name_however_it_is_written(self, db: None, written: str) -> None:
        listed("company", NAME)

        with pytest.raises(ViolatorError):
            refuse_violators(named={"company": written}, actor=ACTOR, now=MORNING)

    def test_knows_a_code_in_wide_and_small_letters(self, db: None) -> None:
        listed("credit_code", CODE)

        with pytest.raises(ViolatorError):
            refuse_violators(
                named={"credit_code": "９１３１００００bad０００００01"}, actor=ACTOR, now=MORNING
            )

    def test_holds_nobody_of_another_kind_and_nobody_without_a_name(self, db: None) -> None:
        listed("company", NAME)

        refuse_violators(named={"person": NAME, "company": ""}, actor=ACTOR, now=MORNING)

    @pytest.mark.parametrize(
        ("now", "held"),
        [
            (beijing("2026-03-10 23:59"), False),  # listed tomorrow
            (beijing("2026-03-11 00:00"), True),
            (beijing("2026-03-11 23:59") + timedelta(days=DAYS), True),  # the last day
            (beijing("2026-03-12 00:00") + timedelta(days=DAYS), False),
        ],
    )
    def test_holds_for_three_years(self, db: None, *, now: datetime, held: bool) -> None:
        listed("company", NAME)

        with pytest.raises(ViolatorError) if held else nullcontext():
            refuse_violators(named={"company": NAME}, actor=ACTOR, now=now)

    @pytest.mark.parametrize("how", ["update", "delete"])
    def test_only_grows(self, db: None, how: str) -> None:
        entry = listed("company", NAME)
        rows = Violator.objects.filter(pk=entry.pk)

        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(until=TODAY) if how == "update" else rows.delete()
