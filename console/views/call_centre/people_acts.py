"""What can be done about outlets, seats and accounts: each calls the service of the commands."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from compliance.models import Outlet, Seat, StaffRecord, User
from compliance.numbers import Words
from compliance.services.outlet_register import outlet_inspect, outlet_register
from compliance.services.people_admit import seat_close, seat_register
from compliance.services.staff_record import (
    LeftAlreadyError,
    sanction_point_add,
    staff_leave,
    staff_record,
    training_record,
)
from console.access import member
from console.forms.people import (
    InspectForm,
    LeaveForm,
    OutletForm,
    PhoneForm,
    PointForm,
    SeatForm,
    StaffForm,
    TrainingForm,
)
from console.forms.register import RegisterForm
from console.trail import actor_of
from console.views.call_centre.acts import Act
from dialer.lines.seat.address import SeatAddressError
from dialer.services.seat_phone_set import NotAnAdministratorError, seat_phone_set

Given = Mapping[str, Any]


def _outlet(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    outlet = outlet_register(**given, actor=actor_of(request), now=now)
    return reverse("console:outlet", kwargs={"outlet_id": outlet.pk})


def _inspect(request: HttpRequest, outlet: Outlet, given: Given, now: datetime) -> str:
    outlet_inspect(
        outlet=outlet,
        inspected_on=given["on"],
        photo_sha256=given["photo"],
        lease_sha256=given["lease"],
        inspector=member(request),
        now=now,
    )
    return ""


def _seat(request: HttpRequest, outlet: Outlet, given: Given, now: datetime) -> str:
    seat = seat_register(
        code=given["code"],
        outlet=outlet,
        agent=given["agent"],
        actor=actor_of(request),
        now=now,
    )
    return reverse("console:seat_place", kwargs={"seat_id": seat.pk})


def _seat_close(request: HttpRequest, seat: Seat, _: Given, now: datetime) -> str:
    seat_close(seat=seat, actor=actor_of(request), now=now)
    return ""


def _phone(request: HttpRequest, seat: Seat, given: Given, now: datetime) -> str:
    seat_phone_set(seat=seat, **given, by=member(request), now=now)
    return ""


def _train(request: HttpRequest, agent: User, given: Given, now: datetime) -> str:
    training_record(
        agent=agent,
        course=given["course"],
        passed_on=given["on"],
        certificate_sha256=given["document"],
        examiner=member(request),
        now=now,
    )
    return ""


def _record(request: HttpRequest, agent: User, given: Given, now: datetime) -> str:
    staff_record(
        agent=agent,
        real_name=agent.real_name,
        identity_number=given["identity"],
        document_sha256=given["document"],
        verified_by=member(request),
        now=now,
    )
    return ""


def _leave(request: HttpRequest, agent: User, given: Given, now: datetime) -> str:
    staff = StaffRecord.objects.get(agent=agent)
    staff_leave(staff=staff, left_on=given["on"], actor=actor_of(request), now=now)
    return ""


def _point(request: HttpRequest, agent: User, given: Given, now: datetime) -> str:
    sanction_point_add(
        agent=agent,
        breach=given["breach"],
        evidence=given["evidence"],
        actor=actor_of(request),
        now=now,
    )
    return ""


OUTLET = Act(
    code="outlet_register",
    zh="登记门店",
    en="Register an outlet",
    hint=Words(
        "现场核验之前，其坐席不能外呼。", "Its seats wait until somebody has inspected it."
    ),
    form=OutletForm,
    run=_outlet,
)
OUTLET_ACTS: tuple[Act, ...] = (
    Act(
        code="seat",
        zh="登记坐席",
        en="Register a seat",
        hint=Words(
            "一人一个工号，每个门店的工号有上限。",
            "One job number a person, and few in an outlet.",
        ),
        form=SeatForm,
        run=_seat,
    ),
    Act(
        code="inspect",
        zh="记录现场核验",
        en="Record an inspection",
        form=InspectForm,
        run=_inspect,
    ),
)
SEAT_CLOSE = Act(
    code="seat_close",
    zh="停用坐席",
    en="Close the seat",
    hint=Words(
        "自此刻起不再外呼，并腾出门店名额；工号不再发给他人。",
        "It calls no more and frees its place in the outlet; the job number goes to nobody else.",
    ),
    form=RegisterForm,
    run=_seat_close,
    stops=True,
)
SEAT_PHONE = Act(
    code="seat_phone",
    zh="设置话机",
    en="Set the phone",
    form=PhoneForm,
    run=_phone,
    refused={
        NotAnAdministratorError: Words("坐席话机由管理员设置。", "An administrator sets it."),
        SeatAddressError: Words("话机注册名不得为电话号码。", "It could be a telephone number."),
    },
)
ACCOUNT_ACTS: tuple[Act, ...] = (
    Act(
        code="train",
        zh="登记培训合格",
        en="Record a training",
        hint=Words(
            "由您作为考核人；期满须重新培训，否则坐席停呼。",
            "You are the examiner; once it lapses the seat calls no more until the next.",
        ),
        form=TrainingForm,
        run=_train,
    ),
    Act(
        code="record",
        zh="登记实名",
        en="Record the person",
        form=StaffForm,
        run=_record,
    ),
    Act(
        code="point",
        zh="记违规分",
        en="Give a sanction point",
        hint=Words("分数累计，不清零。", "Points add up, for good."),
        form=PointForm,
        run=_point,
        stops=True,
    ),
    Act(
        code="leave",
        zh="登记离岗",
        en="Record that they left",
        form=LeaveForm,
        run=_leave,
        refused={
            LeftAlreadyError: Words("该员工已离岗。", "The person left before."),
            StaffRecord.DoesNotExist: Words("没有实名记录。", "There is no record of the person."),
        },
        stops=True,
    ),
)
