"""What can be done about a trunk: each calls the service that the command calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from compliance.models import Trunk
from compliance.numbers import Words
from compliance.services.lines_record import trunk_record
from compliance.services.trunk_review import (
    ReviewNotNewerError,
    TrunkClosedError,
    trunk_bar,
    trunk_close,
    trunk_review,
)
from console.access import member
from console.forms.lines import BarForm, EndpointForm, ReviewForm, TrunkForm
from console.forms.register import ReasonForm
from console.trail import actor_of
from console.views.call_centre.acts import Act
from dialer.services.endpoint_set import (
    LoopbackElsewhereError,
    NotAnAdministratorError,
    Reach,
    RegistrarThereError,
    endpoint_set,
)

Given = Mapping[str, Any]


def _record(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    trunk = trunk_record(
        code=given["code"],
        kind=given["kind"],
        carrier=given["carrier"],
        contract_number=given["contract"],
        user_entity=given["entity"],
        access_location=given["location"],
        access_province=given["province"],
        permitted_purposes=given["purposes"],
        sub_leased=given["sub_leased"],
        reviewed_on=given["reviewed"],
        max_calls=given["max_calls"],
        actor=actor_of(request),
        now=now,
    )
    return reverse("console:trunk", kwargs={"trunk_id": trunk.pk})


def _review(request: HttpRequest, trunk: Trunk, given: Given, now: datetime) -> str:
    trunk_review(
        trunk=trunk,
        reviewed_on=given["on"],
        evidence_sha256=given["document"],
        reviewer=member(request),
        now=now,
    )
    return ""


def _bar(request: HttpRequest, trunk: Trunk, given: Given, now: datetime) -> str:
    trunk_bar(trunk=trunk, provinces=given["provinces"], actor=actor_of(request), now=now)
    return ""


def _close(request: HttpRequest, trunk: Trunk, given: Given, now: datetime) -> str:
    trunk_close(trunk=trunk, reason=given["reason"], actor=actor_of(request), now=now)
    return ""


def _endpoint(request: HttpRequest, trunk: Trunk, given: Given, now: datetime) -> str:
    endpoint_set(trunk=trunk, reach=Reach(**given), by=member(request), now=now)
    return ""


RECORD = Act(code="trunk_record", zh="登记线路", en="Record a trunk", form=TrunkForm, run=_record)
ENDPOINT = Act(
    code="trunk_endpoint",
    zh="设置接入点",
    en="Set the endpoint",
    hint=Words(
        "只有管理员决定呼叫从哪里出去；线路进程启动时读取。",
        "An administrator alone says where calls go out; a line process reads it when it starts.",
    ),
    form=EndpointForm,
    run=_endpoint,
    refused={
        NotAnAdministratorError: Words("接入点由管理员设置。", "An administrator sets it."),
        LoopbackElsewhereError: Words(
            "台账称回环的线路不得通往其他机器。",
            "A trunk that the ledger calls loopback stays inside this machine.",
        ),
        RegistrarThereError: Words(
            "该地址是坐席话机的注册服务器，不能是运营商。",
            "Seats' phones are registered at that address; it is no carrier's.",
        ),
    },
)
TRUNK_ACTS: tuple[Act, ...] = (
    Act(
        code="review",
        zh="记录台账复核",
        en="Record a review",
        form=ReviewForm,
        run=_review,
        refused={
            ReviewNotNewerError: Words(
                "须晚于上次复核，且线路在用。",
                "It has to be later than the last one, of a trunk in use.",
            )
        },
    ),
    Act(
        code="bar",
        zh="增加外呼盲区",
        en="Bar places",
        hint=Words("只增不减。", "Places are added, never taken away."),
        form=BarForm,
        run=_bar,
        stops=True,
    ),
    Act(
        code="close",
        zh="停用线路",
        en="Take it out of use",
        hint=Words(
            "自此刻起没有呼叫从此线路呼出；不能恢复。",
            "No call goes over it from now on, for good.",
        ),
        form=ReasonForm,
        run=_close,
        refused={TrunkClosedError: Words("该线路已停用。", "It is out of use already.")},
        stops=True,
    ),
)
