"""Refuse calls, or complain, by number: a one-time code shows that it is one's own."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance import clock
from compliance.code_senders.base import NotSentError
from compliance.models import CampaignFiling, NumberProof, Principal
from compliance.numbers import Number, NumberProblem, mask, normalise
from compliance.services.number_proof_begin import TooManyCodesError, number_proof_begin
from compliance.services.objection_take import (
    CodeOverError,
    Objection,
    Wish,
    WrongCodeError,
    objection_take,
)
from console.public.demo_code import ShownCode, sender_for
from console.templatetags.either import either
from console.trail import address_of

CODE_SIGNS = 6
MOST_WORDS = 1000
TOO_MANY = (
    "验证码申请过于频繁。请一分钟后再试；同一号码每天最多五次。",
    "Too many codes were asked for. Wait a minute; a number has five a day.",
)
NOT_SENT = (
    "验证码未能发出。您仍可在来电中按 9 拒绝，或致电、致函本机构，同样即刻生效。",
    "The code could not be sent. Press 9 in a call, ring us or write: each takes effect at once.",
)
NEEDED = ("请填写您的号码。", "Write your number.")
OVER = (
    "验证码已失效（用过、过期或试错五次）。请重新获取。",
    "The code is over: used, expired, or wrong five times. Ask for another.",
)
WRONG = ("验证码不对，还可再试 {left} 次。", "That is not the code; {left} tries are left.")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("number")
def public_refuse(request: HttpRequest) -> HttpResponse:
    """Ask for the number; then send a code to it, whoever's it is."""
    if request.method == "GET":
        return _number_page(request)
    typed = request.POST.get("number", "").strip()
    try:
        number = normalise(typed)
    except NumberProblem as problem:
        words = (problem.words.zh, problem.words.en) if typed else NEEDED
        return _number_page(request, words, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _send(request, number)


def _send(request: HttpRequest, number: Number) -> HttpResponse:
    sender = sender_for(request)
    try:
        proof = number_proof_begin(
            number=number, address=address_of(request), sender=sender, now=clock.read()
        )
    except TooManyCodesError:
        return _number_page(request, TOO_MANY, status=HTTPStatus.TOO_MANY_REQUESTS)
    except NotSentError:
        return _number_page(request, NOT_SENT, status=HTTPStatus.SERVICE_UNAVAILABLE)
    shown = sender.code if isinstance(sender, ShownCode) else ""
    return _code_page(request, proof.pk, masked=mask(number.e164), shown=shown)


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
def public_confirm(request: HttpRequest) -> HttpResponse:
    """Take the code and the wish; show the receipts, once."""
    proof_id = _uuid(request.POST.get("proof", ""))
    if request.method == "GET" or proof_id is None:
        return redirect("console:public_refuse")
    code = "".join(request.POST.get("code", "").split())
    if not (code.isascii() and code.isdecimal() and len(code) == CODE_SIGNS):
        words = ("验证码是六位数字。", "The code has six digits.")
        return _code_page(request, proof_id, problem=words)
    try:
        taken = objection_take(proof_id=proof_id, code=code, wish=_wish(request), now=clock.read())
    except WrongCodeError as error:
        words = (WRONG[0].format(left=error.left), WRONG[1].format(left=error.left))
        return _code_page(request, proof_id, problem=words)
    except CodeOverError:
        return _number_page(request, OVER, status=HTTPStatus.GONE)
    return render(request, "console/public/taken.html", _told(taken))


def _told(taken: Objection) -> dict[str, object]:
    return {
        "taken": taken,
        "lines": [receipt.line() for receipt in taken.receipts],
        "principal": taken.refusal.principal,
    }


def _number_page(
    request: HttpRequest,
    problem: tuple[str, str] | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    said = either(*problem) if problem else ""
    typed = request.POST.get("number", "") if status is HTTPStatus.UNPROCESSABLE_ENTITY else ""
    return render(
        request, "console/public/number.html", {"problem": said, "typed": typed}, status=status
    )


def _code_page(
    request: HttpRequest,
    proof_id: UUID,
    *,
    problem: tuple[str, str] | None = None,
    masked: str = "",
    shown: str = "",
) -> HttpResponse:
    proof = NumberProof.objects.filter(pk=proof_id).first()
    told = {
        "proof": proof_id,
        "masked": masked,
        "shown": shown,
        "problem": either(*problem) if problem else "",
        "expires_at": proof.expires_at if proof else None,
        "principals": _principals(),
        "wanted": request.POST.get("principal", ""),
        "complain": request.POST.get("complain", ""),
        "summary": request.POST.get("summary", "")[:MOST_WORDS],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return render(request, "console/public/code.html", told, status=status)


def _principals() -> list[Principal]:
    """Return those on whose behalf we call: whoever may call has to say so."""
    filed = CampaignFiling.objects.exclude(state=CampaignFiling.State.DRAFT)
    return list(Principal.objects.filter(pk__in=filed.values("principal")).order_by("name"))


def _wish(request: HttpRequest) -> Wish:
    """Read the wish; a business that is not on the list means everybody, never nobody."""
    named = request.POST.get("principal", "")
    principal = next((one for one in _principals() if str(one.pk) == named), None)
    return Wish(
        principal=principal,
        complain=bool(request.POST.get("complain")),
        summary=request.POST.get("summary", "")[:MOST_WORDS],
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
