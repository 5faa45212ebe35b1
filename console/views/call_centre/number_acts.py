"""What can be done about a filed number: each calls the service that the command calls."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from audit.plain_numbers import without_numbers
from compliance.models import CallerNumber, FilingChange, Principal
from compliance.numbers import Words, mask
from compliance.services.certificate_renew import (
    CertificateNotLongerError,
    NumberClosedError,
    caller_number_close,
    certificate_renew,
)
from compliance.services.documents_record import letter_record
from compliance.services.lines_record import caller_number_file
from compliance.services.number_clocks import (
    FiledAlreadyError,
    callback_test_record,
    filing_change_file,
    filing_change_record,
    number_mark,
)
from console.approvals import propose_once
from console.forms.lines import (
    CallBackForm,
    ChangedForm,
    LetterForm,
    MarkForm,
    NumberForm,
    ReceiptForm,
    RenewForm,
    ReplaceForm,
)
from console.forms.register import ReasonForm
from console.trail import actor_of
from console.views.call_centre.acts import Act, sole_operator

Given = Mapping[str, Any]


def _file(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    filed = caller_number_file(
        number=given["number"],
        operator=sole_operator(),
        trunks=list(given["trunks"]),
        callout_opened=given["callout"],
        valid_from=given["first"],
        certificate_until=given["last"],
        commitment_sha256=given["document"],
        actor=actor_of(request),
        now=now,
    )
    return reverse("console:number", kwargs={"number_id": filed.pk})


def _renew(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    certificate_renew(
        filed=number,
        certificate_until=given["last"],
        certificate_sha256=given["document"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _changed(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    filing_change_record(
        number=number,
        what=given["what"],
        changed_on=given["on"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _receipt(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    filing_change_file(
        change=FilingChange.objects.get(pk=given["change"], number=number),
        receipt_number=given["receipt"],
        receipt_sha256=given["document"],
        filed_on=given["on"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _called_back(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    callback_test_record(
        number=number,
        tested_on=given["on"],
        reached=given["reached"],
        names_principal=given["names_principal"],
        takes_refusal=given["takes_refusal"],
        evidence_sha256=given["document"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _mark(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    number_mark(
        number=number,
        marked_on=given["on"],
        source=given["source"],
        evidence=given["evidence"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _letter(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    letter_record(
        operator=number.operator,
        kind=given["kind"],
        numbers=[number],
        signed_on=given["signed"],
        document_sha256=given["document"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _replace(request: HttpRequest, number: CallerNumber, given: Given, _: datetime) -> str:
    """Ask a second person; the service is called when they approve."""
    name = Principal.objects.get(pk=given["principal"]).name
    other = CallerNumber.objects.get(pk=given["number"])
    shown = f"{mask(number.number)} → {mask(other.number)}"
    asked = propose_once(
        request,
        kind="number_change",
        subject=number.pk,
        summary=(f"{name} 更换主叫号码 {shown}", f"{name} changes numbers, {shown}"),
        asked={
            "principal": given["principal"],
            "purpose": given["purpose"],
            "number": given["number"],
            "reason": without_numbers(given["reason"]),
        },
    )
    return reverse("console:approval", kwargs={"approval_id": asked.pk})


def _close(request: HttpRequest, number: CallerNumber, given: Given, now: datetime) -> str:
    caller_number_close(filed=number, reason=given["reason"], actor=actor_of(request), now=now)
    return ""


FILE = Act(
    code="number_file",
    zh="备案号码",
    en="File a number",
    hint=Words(
        "一人登记；没有在期证书、承诺书和回拨测试之前，规则书不放行任何呼叫。",
        "One person records it; without certificate, letters and a call-back test the rulebook "
        "lets no call out.",
    ),
    form=NumberForm,
    run=_file,
)
NUMBER_ACTS: tuple[Act, ...] = (
    Act(
        code="called_back",
        zh="记录回拨测试",
        en="Record a call-back",
        hint=Words(
            "须接通、报明委托主体、一键可拒绝；不通的号码即停呼。",
            "It has to answer, name the principal and take a refusal; a dead one holds its calls.",
        ),
        form=CallBackForm,
        run=_called_back,
    ),
    Act(
        code="renew",
        zh="证书续期",
        en="Renew the certificate",
        form=RenewForm,
        run=_renew,
        refused={
            CertificateNotLongerError: Words(
                "续期须晚于现有证书的到期日。", "It has to run longer than the one on record."
            )
        },
    ),
    Act(
        code="letter",
        zh="登记承诺书",
        en="Record a letter",
        form=LetterForm,
        run=_letter,
    ),
    Act(
        code="changed",
        zh="登记变更",
        en="Record a change",
        hint=Words(
            "变更须在十个工作日内备案；逾期停呼。",
            "It has to be filed within ten working days, or calls stop.",
        ),
        form=ChangedForm,
        run=_changed,
    ),
    Act(
        code="receipt",
        zh="登记备案回执",
        en="Record the receipt",
        form=ReceiptForm,
        run=_receipt,
        refused={
            FiledAlreadyError: Words("该变更已有回执。", "The change has its receipt."),
            FilingChange.DoesNotExist: Words("没有这项变更。", "There is no such change."),
        },
    ),
    Act(
        code="replace",
        zh="申请更换号码",
        en="Ask to replace it",
        hint=Words(
            "须有理由，并由另一名合规专员或管理员批准；被标记后的冷却期不因此缩短。",
            "It takes a reason and a second person of compliance; the cool-down stays.",
        ),
        form=ReplaceForm,
        run=_replace,
        asks=True,
    ),
    Act(
        code="mark",
        zh="登记被标记",
        en="Record a mark",
        hint=Words(
            "登记后，委托主体在冷却期内不得改用新号码。",
            "From then on its principals take no other number until the cool-down is over.",
        ),
        form=MarkForm,
        run=_mark,
        stops=True,
    ),
    Act(
        code="close",
        zh="停用号码",
        en="Take it out of use",
        hint=Words("自此刻起不再呼出；不能恢复。", "No call shows it from now on, for good."),
        form=ReasonForm,
        run=_close,
        refused={NumberClosedError: Words("该号码已停用。", "It is out of use already.")},
        stops=True,
    ),
)
