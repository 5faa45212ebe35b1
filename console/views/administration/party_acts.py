"""What can be done about the parties and their papers: each calls the command's service."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from compliance.models import Mandate, Principal, PrincipalDocument
from compliance.numbers import Words
from compliance.services.contract_end import MandateEndedError, mandate_end
from compliance.services.documents_record import (
    RevokedAlreadyError,
    document_record,
    document_revoke,
)
from compliance.services.parties_register import (
    licence_record,
    mandate_record,
    operator_register,
    principal_register,
)
from console.access import member
from console.approvals import propose_once
from console.forms.parties import (
    EndForm,
    LicenceForm,
    MandateForm,
    OperatorForm,
    PaperForm,
    PrincipalForm,
    ReturnedForm,
    RevokeForm,
)
from console.trail import actor_of
from console.views.call_centre.acts import Act, sole_operator

Given = Mapping[str, Any]


def _operator(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    operator_register(**given, actor=actor_of(request), now=now)
    return ""


def _licence(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    licence_record(
        operator=sole_operator(),
        kind=given["kind"],
        number=given["number"],
        area=given["area"],
        valid_from=given["first"],
        expires_on=given["last"],
        document_sha256=given["document"],
        verified_by=member(request),
        now=now,
    )
    return ""


def _principal(request: HttpRequest, _: object, given: Given, now: datetime) -> str:
    principal_register(**given, actor=actor_of(request), now=now)
    return ""


def _mandate(request: HttpRequest, principal: Principal, given: Given, now: datetime) -> str:
    mandate_record(
        principal=principal,
        contract_number=given["contract"],
        valid_from=given["first"],
        valid_until=given["last"],
        document_sha256=given["document"],
        actor=actor_of(request),
        now=now,
    )
    return ""


def _document(request: HttpRequest, principal: Principal, given: Given, now: datetime) -> str:
    document_record(
        principal=principal,
        kind=given["kind"],
        number=given["number"],
        issuer=given["issuer"],
        valid_from=given["first"],
        valid_until=given["last"],
        document_sha256=given["document"],
        verified_by=member(request),
        now=now,
    )
    return ""


def _returned(request: HttpRequest, principal: Principal, given: Given, _: datetime) -> str:
    """Ask a second person; the service is called when they approve."""
    ended, name = str(given["contract_end"]), principal.name
    asked = propose_once(
        request,
        kind="data_return",
        subject=f"{principal.pk}:{ended}",
        summary=(
            f"{name}：{ended} 终止的合同，数据已处置",
            f"{name}: the data of the contract that ended on {ended} is gone",
        ),
        asked={
            "contract_end": ended,
            "method": given["method"],
            "done_on": str(given["on"]),
            "certificate_sha256": given["document"],
        },
    )
    return reverse("console:approval", kwargs={"approval_id": asked.pk})


def _end(request: HttpRequest, mandate: Mandate, given: Given, now: datetime) -> str:
    mandate_end(mandate=mandate, ended_on=given["last"], actor=actor_of(request), now=now)
    return ""


def _revoke(request: HttpRequest, document: PrincipalDocument, given: Given, now: datetime) -> str:
    document_revoke(document=document, revoked_on=given["on"], actor=actor_of(request), now=now)
    return ""


GAP = Words(
    "续期须不晚于前一份最后有效日的次日开始；中间有空档的，自登记起停呼。前一份仍留存。",
    "A renewal begins no later than the day after the one before ends: with a gap between them "
    "calls stop as soon as it is recorded. The one before stays on record.",
)

OPERATOR = Act(
    code="operator_register",
    zh="登记运营主体",
    en="Register the operator",
    hint=Words("每套部署只有一个，不能更改。", "There is one in a deployment, for good."),
    form=OperatorForm,
    run=_operator,
)
LICENCE = Act(
    code="licence_record",
    zh="登记许可",
    en="Record a licence",
    hint=Words(
        "由您核验；以有效期最长的一份为准。",
        "You are the one who verified it; the licence that runs longest is the one that counts.",
    ),
    form=LicenceForm,
    run=_licence,
)
LICENCE_RENEW = Act(
    code="licence_renew",
    zh="许可续期",
    en="Renew the licence",
    hint=GAP,
    form=LicenceForm,
    run=_licence,
)
PRINCIPAL = Act(
    code="principal_register",
    zh="登记委托主体",
    en="Register a principal",
    hint=Words(
        "没有在期的委托合同和行业资质之前，不为其外呼。",
        "Nobody is called for it before its mandate and documents are in force.",
    ),
    form=PrincipalForm,
    run=_principal,
)
PRINCIPAL_ACTS: tuple[Act, ...] = (
    Act(
        code="mandate",
        zh="登记委托合同",
        en="Record a mandate",
        hint=GAP,
        form=MandateForm,
        run=_mandate,
    ),
    Act(
        code="document",
        zh="登记行业资质",
        en="Record a document",
        hint=Words("由您核验。", "You are the one who verified it."),
        form=PaperForm,
        run=_document,
    ),
    Act(
        code="returned",
        zh="申请证明数据已处置",
        en="Ask to certify that its data is gone",
        hint=Words(
            "先删除其全部名单；由另一名合规专员或管理员批准后记录。",
            "Its lists are deleted first; another compliance officer or administrator approves.",
        ),
        form=ReturnedForm,
        run=_returned,
        asks=True,
    ),
)
MANDATE_END = Act(
    code="mandate_end",
    zh="提前终止委托",
    en="End the mandate early",
    hint=Words(
        "该日之后不再为其外呼，不能恢复；其数据须限期删除或返还。",
        "After that day nobody is called for it, for good; its data has to be deleted or given "
        "back in time.",
    ),
    form=EndForm,
    run=_end,
    refused={
        MandateEndedError: Words(
            "委托已经终止，或所填日期不早于其到期日。",
            "The mandate has ended, or that day is not before its own last day.",
        )
    },
    stops=True,
)
DOCUMENT_REVOKE = Act(
    code="document_revoke",
    zh="登记资质失效",
    en="Revoke the document",
    hint=Words(
        "自此刻起，需要它的呼叫一律停止；不能恢复。",
        "Calls that need it stop from this moment, for good.",
    ),
    form=RevokeForm,
    run=_revoke,
    refused={RevokedAlreadyError: Words("该资质此前已失效。", "It was revoked before.")},
    stops=True,
)
