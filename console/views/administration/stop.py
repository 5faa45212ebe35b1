"""The kill switch: stop calls at one press, and ask a second person to let them go on."""

import time
from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import KillSwitch
from compliance.numbers import ProvinceUnknownError
from compliance.services.kill_switch import (
    ASKERS,
    REASON_SIGNS,
    SwitchStopsNobodyError,
    kill_switch_engage,
)
from console.access import member
from console.approvals import propose_once
from console.selectors.administration.stops import (
    KIND,
    industries,
    principals,
    provinces,
    stops_ended,
    stops_shown,
    whom_of,
)
from console.templatetags.either import either
from console.trail import actor_of

Scope = KillSwitch.Scope
# Suggested; anything else may be written.
REASONS = (
    ("疑似违规外呼", "Calls look unlawful"),
    ("投诉激增", "Complaints are surging"),
    ("系统或线路异常", "The system or a line misbehaves"),
    ("监管部门要求", "The regulator asks for it"),
    ("停呼演练", "A drill"),
)


@require_GET
def stop(request: HttpRequest) -> HttpResponse:
    """Show what is stopped, and the form that stops."""
    return _page(request, {"scope": Scope.PLATFORM})


@require_POST
def stop_engage(request: HttpRequest) -> HttpResponse:
    """Stop calls; nothing stands in the way but a reason and somebody whom it stops."""
    began = time.perf_counter()
    given = request.POST
    scope, reason = given.get("scope", ""), given.get("reason", "").strip()
    wrong = {} if reason else {"reason": _no_reason()}
    if not wrong:
        try:
            kill_switch_engage(
                scope=scope,
                target="" if scope == Scope.PLATFORM else given.get(f"target_{scope}", ""),
                reason=reason,
                actor=actor_of(request),
                now=clock.read(),
            )
        except (ProvinceUnknownError, SwitchStopsNobodyError):
            wrong = {"scope": _no_target()}
    if wrong:
        return _page(request, given, wrong=wrong)
    milliseconds = max(1, round((time.perf_counter() - began) * 1000))
    messages.success(request, _stopped(milliseconds))
    return redirect("console:stop")


@require_POST
def stop_release(request: HttpRequest, switch_id: int) -> HttpResponse:
    """Ask a second person to let calls go on."""
    switch = get_object_or_404(KillSwitch, pk=switch_id, released_at=None)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _no_reason())
        return redirect("console:stop")
    (whom,) = whom_of([switch], now=clock.read())
    asked = propose_once(
        request,
        kind=KIND,
        subject=switch.pk,
        summary=(f"解除停呼（{whom.zh}）", f"Let calls go on ({whom.en})"),
        asked={"reason": reason[:REASON_SIGNS]},
    )
    return redirect("console:approval", approval_id=asked.pk)


def _page(
    request: HttpRequest, given: Mapping[str, object], wrong: Mapping[str, str] | None = None
) -> HttpResponse:
    now = clock.read()
    chosen = str(given.get("scope", ""))
    return render(
        request,
        "console/administration/stop.html",
        {
            "stops": stops_shown(now=now),
            "ended": stops_ended(now=now),
            "may_release": member(request).role in ASKERS,
            "chosen": chosen if chosen in Scope.values else Scope.PLATFORM,
            "targets": _targets(given),
            "reason": given.get("reason", ""),
            "reasons": [either(*words) for words in REASONS],
            "wrong": wrong or {},
        },
        status=422 if wrong else 200,
    )


def _targets(given: Mapping[str, object]) -> list[dict[str, object]]:
    """Return what can be stopped beside everything: the scope, its name and its targets."""
    now = clock.read()
    choices = (
        (Scope.PROVINCE, either("一个省份", "One province"), provinces(now=now)),
        (Scope.INDUSTRY, either("一个行业", "One industry"), industries(now=now)),
        (Scope.PRINCIPAL, either("一个委托主体", "One principal"), principals()),
    )
    return [
        {
            "scope": scope.value,
            "label": label,
            "value": given.get(f"target_{scope}", ""),
            "options": [(one.code, either(one.name.zh, one.name.en)) for one in options],
        }
        for scope, label, options in choices
    ]


def _no_reason() -> str:
    return either("请写明原因。", "Say why.")


def _no_target() -> str:
    return either(
        "尚未停呼：请选择要停呼的对象，或改为全平台停呼。",
        "Calls are not stopped: choose whom to stop, or stop the whole platform.",
    )


def _stopped(milliseconds: int) -> str:
    return either(
        f"已停呼：服务器收到后 {milliseconds} 毫秒生效并留痕。",
        f"Stopped: in force and on the trail {milliseconds} ms after the server received it.",
    )
