"""One act on a register: its form on a page of its own, and the service that does it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit.record import AuditWriteError
from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.keepers import NotAKeeperError, NotYetError
from compliance.models import Operator
from compliance.numbers import Words
from compliance.violators import ViolatorError
from console.forms.words import told
from console.templatetags.either import either
from console.trail import actor_of

Run = Callable[[HttpRequest, Any, Mapping[str, Any], datetime], str]


class NoOperatorError(Exception):
    """There is no operator that could hold it."""


def sole_operator() -> Operator:
    """Return the operator of this deployment.

    :raises NoOperatorError: if none is registered
    """
    operator = Operator.objects.first()
    if operator is None:
        raise NoOperatorError
    return operator


EVERYWHERE: Mapping[type[Exception], Words] = {
    NotAKeeperError: Words(
        "登记簿由管理员、合规专员或班组长办理。",
        "An administrator, a compliance officer or a supervisor keeps the registers.",
    ),
    NotYetError: Words("所填日期尚未到来。", "The day is still to come."),
    NoOperatorError: Words("尚未登记运营主体。", "No operator is registered."),
    AuditWriteError: Words(
        "所填内容不得留痕，例如其中含电话号码。",
        "It cannot go on the record; it may hold a telephone number.",
    ),
    ViolatorError: Words(
        "在违规主体名单上，期内不得任用。",
        "It is on the list of violators and cannot be taken on.",
    ),
}
NOT_ALLOWED = Words("登记簿的约束不允许这样办理。", "The register's constraints do not allow it.")
NAMED_BEFORE = Words(
    "该名称的委托主体已登记，写法不同也算同一名称。",
    "A principal of that name is registered already, however it is written.",
)
CONSTRAINTS: Mapping[str, Words] = {
    "outlet_quota": Words(
        "该门店的坐席已满（CN13-AGT-02），不能再登记。",
        "The outlet has all its seats (CN13-AGT-02): no other can be registered.",
    ),
    "compliance_callernumber_number_key": Words("该号码已备案。", "The number is filed already."),
    "compliance_trunk_code_key": Words("该线路代码已使用。", "The trunk's code is taken."),
    "compliance_outlet_code_key": Words("该门店代码已使用。", "The outlet's code is taken."),
    "compliance_seat_code_key": Words("该工号已使用。", "The job number is taken."),
    "compliance_seat_agent_id_key": Words(
        "一人一个工号：此人已有工号。", "One person, one job number: this person has one."
    ),
    "compliance_user_username_key": Words("该用户名已使用。", "The user name is taken."),
    "compliance_staffrecord_agent_id_key": Words(
        "此人已有实名记录。", "The person's record stands already."
    ),
    "compliance_staffrecord_identity_index_key": Words(
        "该证件已登记在另一账号名下。", "The document is on record for another account."
    ),
    "compliance_operator_sole_key": Words(
        "运营主体已登记，只能有一个。", "The operator is registered; there is one."
    ),
    "compliance_principal_name_key": NAMED_BEFORE,
    "principal_once_by_folded_name": NAMED_BEFORE,
    "principal_once_by_credit_code": Words(
        "该信用代码的委托主体已登记。", "A principal with that credit code is registered already."
    ),
    "compliance_externallist_code_key": Words("该名单代码已使用。", "The list's code is taken."),
    "training_is_examined_by_another": Words("考核人不能是本人。", "Nobody examines themselves."),
    "staff_is_verified_by_another": Words("核验人不能是本人。", "Nobody verifies themselves."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What can be done: its words, its form, and the function that calls the service.

    `run` returns the address to go on to; "" is the page that it came from.
    """

    code: str
    zh: str
    en: str
    form: Callable[..., forms.Form]  # takes `subject`
    run: Run
    hint: Words | None = None
    asks: bool = False  # a second person, who has to agree before anything is recorded
    refused: Mapping[type[Exception], Words] = field(default_factory=dict)
    stops: bool = False  # it takes something out of use


def act_page(
    request: HttpRequest,
    act: Act,
    *,
    subject: Any,
    back: str,
    crumbs: Sequence[tuple[str, str]],
) -> HttpResponse:
    """Ask for what the act needs, or do it; what the service refuses is said at the form."""
    posted = request.method == "POST"
    form = act.form(
        request.POST if posted else None, request.FILES if posted else None, subject=subject
    )
    if posted and form.is_valid():
        why, to = _done(request, act, subject, form)
        if why is None:
            if not act.asks:
                messages.success(request, either(f"{act.zh}：已记录。", f"{act.en}: recorded."))
            return redirect(to or back)
        form.add_error(None, told(why))
    return render(
        request,
        "console/call_centre/act.html",
        {
            "act": act,
            "form": form,
            "back": back,
            "crumbs": crumbs,
            "files": form.is_multipart(),
        },
        status=422 if posted else 200,
    )


def _done(
    request: HttpRequest, act: Act, subject: Any, form: forms.Form
) -> tuple[Words | None, str]:
    """Return why it was refused, or None and where to go on."""
    refused = {**EVERYWHERE, **act.refused}
    now = clock.read()
    try:
        return None, act.run(request, subject, form.cleaned_data, now)
    except DatabaseError as error:
        return of_database(error), ""
    except tuple(refused) as error:
        if isinstance(error, DeniedError):
            denial_record(obj=f"page:{act.code}", actor=actor_of(request), now=now, error=error)
        return next(words for kind, words in refused.items() if isinstance(error, kind)), ""


def of_database(error: DatabaseError) -> Words:
    """Say which constraint of the registers stands against it."""
    told_by = getattr(error.__cause__, "diag", None)
    return CONSTRAINTS.get(getattr(told_by, "constraint_name", None) or "", NOT_ALLOWED)
