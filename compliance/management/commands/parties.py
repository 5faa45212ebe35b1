"""manage.py parties: the operator, its licences, the principals, their contracts and papers."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import (
    DataReturn,
    Mandate,
    Operator,
    Principal,
    PrincipalDocument,
)
from compliance.models.words import Industry, Regime
from compliance.selectors.contract_ends import contracts_ended
from compliance.services.contract_end import (
    DataReturnRefusedError,
    MandateEndedError,
    data_return_record,
    mandate_end,
)
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
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    actor_of,
    by_argument,
    day_argument,
    document_arguments,
    document_digest,
    nothing_more,
    one,
    principal_named,
    two_people_arguments,
)


def _operator_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--credit-code", required=True)
    parser.add_argument("--regime", required=True, choices=Regime.values)
    by_argument(parser)


def _operator(options: Options, now: datetime) -> Told:
    operator = operator_register(
        legal_name=options["name"],
        credit_code=options["credit_code"],
        regime=options["regime"],
        actor=actor_of(options),
        now=now,
    )
    return {"operator": operator.pk, "regime": operator.regime}


def _licence_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("number")
    parser.add_argument("--kind", default="B24")
    parser.add_argument("--area", required=True, help="CN, CN-SH …")
    day_argument(parser, "--first", "--last")
    document_arguments(parser)
    by_argument(parser)


def _licence(options: Options, now: datetime) -> Told:
    licence = licence_record(
        operator=one(Operator, sole=True),
        kind=options["kind"],
        number=options["number"],
        area=options["area"],
        valid_from=options["first"],
        expires_on=options["last"],
        document_sha256=document_digest(options),
        verified_by=account(options["by"]),
        now=now,
    )
    return {"licence": licence.pk, "last": licence.expires_on.isoformat()}


def _principal_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name")
    parser.add_argument("--industry", required=True, choices=Industry.values)
    parser.add_argument("--credit-code", default="")
    parser.add_argument("--legal-person", default="", help="只用于核对违规名单 / only compared")
    by_argument(parser)


def _principal(options: Options, now: datetime) -> Told:
    principal = principal_register(
        name=options["name"],
        industry=options["industry"],
        credit_code=options["credit_code"],
        legal_person=options["legal_person"],
        actor=actor_of(options),
        now=now,
    )
    return {"principal": principal.pk, "industry": principal.industry}


def _mandate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("principal", metavar="NAME")
    parser.add_argument("--contract", required=True, metavar="NUMBER")
    day_argument(parser, "--first", "--last")
    document_arguments(parser)
    by_argument(parser)


def _mandate(options: Options, now: datetime) -> Told:
    mandate = mandate_record(
        principal=principal_named(options["principal"]),
        contract_number=options["contract"],
        valid_from=options["first"],
        valid_until=options["last"],
        document_sha256=document_digest(options),
        actor=actor_of(options),
        now=now,
    )
    return {"mandate": mandate.pk, "last": mandate.last_day.isoformat()}


def _end_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("mandate", type=int, metavar="ID")
    day_argument(parser, "--last")
    by_argument(parser)


def _end(options: Options, now: datetime) -> Told:
    mandate = one(Mandate, pk=options["mandate"])
    mandate_end(mandate=mandate, ended_on=options["last"], actor=actor_of(options), now=now)
    return {"mandate": mandate.pk, "last": options["last"].isoformat()}


def _return_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("principal", metavar="NAME")
    day_argument(parser, "--contract-end", "--done")
    parser.add_argument("--method", required=True, choices=DataReturn.Method.values)
    document_arguments(parser)
    two_people_arguments(parser)


def _return(options: Options, now: datetime) -> Told:
    certificate = data_return_record(
        principal=principal_named(options["principal"]),
        contract_end=options["contract_end"],
        method=options["method"],
        certificate_sha256=document_digest(options),
        done_on=options["done"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {"certificate": certificate.pk, "sha256": certificate.certificate_sha256}


def _document_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("principal", metavar="NAME")
    parser.add_argument("--kind", required=True)
    parser.add_argument("--number", required=True)
    parser.add_argument("--issuer", required=True)
    day_argument(parser, "--first", "--last")
    document_arguments(parser)
    by_argument(parser)


def _document(options: Options, now: datetime) -> Told:
    document = document_record(
        principal=principal_named(options["principal"]),
        kind=options["kind"],
        number=options["number"],
        issuer=options["issuer"],
        valid_from=options["first"],
        valid_until=options["last"],
        document_sha256=document_digest(options),
        verified_by=account(options["by"]),
        now=now,
    )
    return {"document": document.pk, "kind": document.kind}


def _revoke_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("document", type=int, metavar="ID")
    day_argument(parser, "--on")
    by_argument(parser)


def _revoke(options: Options, now: datetime) -> Told:
    document = one(PrincipalDocument, pk=options["document"])
    document_revoke(document=document, revoked_on=options["on"], actor=actor_of(options), now=now)
    return {"document": document.pk, "revoked_on": options["on"].isoformat()}


def _show(_: Options, now: datetime) -> Told:
    del now
    return {
        "principals": [
            {
                "principal": principal.name,
                "industry": principal.industry,
                "mandates": [
                    f"{one.pk}: {one.valid_from} – {one.last_day}"
                    for one in principal.mandates.order_by("valid_from", "pk")
                ],
                "documents": [
                    f"{one.pk}: {one.kind} – {one.valid_until}"
                    for one in principal.documents.filter(revoked_on=None).order_by("kind", "pk")
                ],
                "data_left_of": [day.isoformat() for day in contracts_ended(principal)],
            }
            for principal in Principal.objects.order_by("pk")
        ]
    }


class Command(VerbCommand):
    """Register parties and their papers, end contracts, certify that data is gone."""

    help = "委托主体与资质 / Parties, contracts and papers"
    refusals = MappingProxyType(
        {
            MandateEndedError: "委托已经终止，或所填日期不早于其到期日",
            DataReturnRefusedError: "须委托已终止、名单已全部删除，并由两人证明",
            RevokedAlreadyError: "该文件此前已撤销",
        }
    )
    verbs = (
        Verb(name="operator", help="运营主体", arguments=_operator_arguments, run=_operator),
        Verb(name="licence", help="经营许可", arguments=_licence_arguments, run=_licence),
        Verb(name="principal", help="委托主体", arguments=_principal_arguments, run=_principal),
        Verb(
            name="mandate", help="委托合同 / contract", arguments=_mandate_arguments, run=_mandate
        ),
        Verb(name="end", help="提前终止合同 / end early", arguments=_end_arguments, run=_end),
        Verb(
            name="returned",
            help="数据已删除或返还 / data deleted or given back",
            arguments=_return_arguments,
            run=_return,
        ),
        Verb(name="document", help="行业资质", arguments=_document_arguments, run=_document),
        Verb(name="revoke", help="资质失效 / revoke", arguments=_revoke_arguments, run=_revoke),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
