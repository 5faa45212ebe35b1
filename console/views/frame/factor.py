"""The second factor: show a code, enrol an authenticator, and take a lost one away."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance.models import User
from compliance.services.first_password import first_password_stands
from console import log_ins
from console.access import member
from console.approvals import propose, propose_once
from console.approvals.flow import AskedBeforeError
from console.models import SecondFactor
from console.second_factor import (
    factor_to_enrol,
    is_verified,
    key_text,
    otpauth_uri,
    verified_by_demo,
    verify,
    waits_for_witness,
)


@require_http_methods(["GET", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of this shift; whoever has no authenticator enrols one first."""
    user = member(request)
    if is_verified(request) and not verified_by_demo(request):
        return redirect("console:home")
    if first_password_stands(user):
        return redirect("console:password")
    wrong = request.method == "POST" and not _taken(request, user)
    waiting = None if wrong else waits_for_witness(request)
    if waiting is not None:
        _ask_for_a_witness(request, user, waiting)
    elif request.method == "POST" and not wrong:
        return redirect(_next(request))
    return render(
        request,
        "console/frame/factor.html",
        {"wrong": wrong, "waiting": waiting, "next": _next(request), **_enrolment(user)},
        status=422 if wrong else 200,
    )


@require_GET
def factors(request: HttpRequest) -> HttpResponse:
    """Show who has an authenticator."""
    people = User.objects.filter(is_active=True).select_related("second_factor")
    return render(
        request,
        "console/frame/factors.html",
        {"people": people.order_by("role", "username"), "reader": member(request)},
    )


@require_POST
def factor_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask a second person to take a lost authenticator away."""
    user = get_object_or_404(User, pk=user_id, second_factor__isnull=False)
    asked = propose_once(
        request,
        kind="factor_reset",
        subject=user.pk,
        summary=(
            f"重置 {user.username} 的第二因素",
            f"Take away the second factor of {user.username}",
        ),
        asked={"reason": request.POST.get("reason", "")[:200]},
    )
    return redirect("console:approval", approval_id=asked.pk)


def _taken(request: HttpRequest, user: User) -> bool:
    key = str(request.session.session_key)
    if not verify(request, user=user, code=request.POST.get("code", "")):
        return False
    request.session.cycle_key()
    log_ins.renewed(request, key=key)
    return True


def _ask_for_a_witness(request: HttpRequest, user: User, factor: SecondFactor) -> None:
    with suppress(AskedBeforeError):
        propose(
            request,
            kind="factor_witness",
            subject=factor.pk,
            summary=(
                f"见证 {user.username} 登记的第二因素",
                f"Confirm the second factor that {user.username} enrolled",
            ),
        )


def _enrolment(user: User) -> dict[str, object]:
    own = factor_to_enrol(user)
    if own.confirmed_at:
        return {}
    import segno  # noqa: PLC0415 - one page in a year

    picture = segno.make(otpauth_uri(user, own), error="m")
    return {
        "picture": picture.svg_data_uri(scale=5, light="#fff"),
        "key": " ".join(key_text(own)[at : at + 4] for at in range(0, 32, 4)),
    }


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    here = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if here and wanted.startswith("/") else "/"
