"""manage.py caller_numbers: filed numbers, their certificates, letters and replacements."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import CallerNumber, CommitmentLetter, Operator, Trunk
from compliance.models.words import Purpose
from compliance.services.certificate_renew import (
    CertificateNotLongerError,
    NumberClosedError,
    caller_number_close,
    certificate_renew,
)
from compliance.services.documents_record import (
    RevokedAlreadyError,
    letter_record,
    letter_revoke,
)
from compliance.services.lines_record import caller_number_file
from compliance.services.number_change_approve import (
    ChangeNotApprovableError,
    number_change_approve,
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
    one,
    principal_named,
    show,
    two_people_arguments,
)


def _number_argument(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="如 9512301 / as it is shown")


def _number(options: Options) -> CallerNumber:
    return one(CallerNumber, number=options["number"])


def _file_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    parser.add_argument("--trunk", action="append", required=True, metavar="CODE")
    parser.add_argument("--callout", action="store_true", help="已开通呼出 / opened for calls out")
    day_argument(parser, "--first", "--last")
    document_arguments(parser)  # the commitment letter 不违规呼出承诺书
    by_argument(parser)


def _file(options: Options, now: datetime) -> Told:
    filed = caller_number_file(
        number=options["number"],
        operator=one(Operator, sole=True),
        trunks=[one(Trunk, code=code) for code in options["trunk"]],
        callout_opened=options["callout"],
        valid_from=options["first"],
        certificate_until=options["last"],
        commitment_sha256=document_digest(options),
        actor=actor_of(options),
        now=now,
    )
    return _told(filed)


def _told(number: CallerNumber) -> Told:
    letters = number.letters.filter(revoked_on=None).order_by("pk")
    return {
        "number": number.number,
        "class": number.number_class,
        "callout": number.callout_opened,
        "first": number.valid_from.isoformat(),
        "last": number.certificate_until.isoformat(),
        "trunks": [trunk.code for trunk in number.trunks.order_by("pk")],
        "letters": [f"{letter.pk}: {letter.kind}" for letter in letters],
        "unfiled_changes": [change.pk for change in number.changes.filter(filed_on=None)],
    }


def _renew_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    day_argument(parser, "--last")
    document_arguments(parser)
    by_argument(parser)


def _renew(options: Options, now: datetime) -> Told:
    certificate_renew(
        filed=_number(options),
        certificate_until=options["last"],
        certificate_sha256=document_digest(options),
        actor=actor_of(options),
        now=now,
    )
    return _told(_number(options))


def _close_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    parser.add_argument("--reason", required=True)
    by_argument(parser)


def _close(options: Options, now: datetime) -> Told:
    caller_number_close(
        filed=_number(options), reason=options["reason"], actor=actor_of(options), now=now
    )
    return _told(_number(options))


def _letter_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("numbers", nargs="+", metavar="NUMBER")
    parser.add_argument("--kind", required=True, choices=CommitmentLetter.Kind.values)
    day_argument(parser, "--signed")
    document_arguments(parser)
    by_argument(parser)


def _letter(options: Options, now: datetime) -> Told:
    letter = letter_record(
        operator=one(Operator, sole=True),
        kind=options["kind"],
        numbers=[one(CallerNumber, number=number) for number in options["numbers"]],
        signed_on=options["signed"],
        document_sha256=document_digest(options),
        actor=actor_of(options),
        now=now,
    )
    return {"letter": letter.pk, "kind": letter.kind, "sha256": letter.document_sha256}


def _revoke_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("letter", type=int, metavar="ID")
    day_argument(parser, "--on")
    by_argument(parser)


def _revoke(options: Options, now: datetime) -> Told:
    letter = one(CommitmentLetter, pk=options["letter"])
    letter_revoke(letter=letter, revoked_on=options["on"], actor=actor_of(options), now=now)
    return {"letter": letter.pk, "revoked_on": options["on"].isoformat()}


def _replace_arguments(parser: ArgumentParser) -> None:
    _number_argument(parser)
    parser.add_argument("--previous", required=True, metavar="NUMBER")
    parser.add_argument("--principal", required=True, metavar="NAME")
    parser.add_argument("--purpose", required=True, choices=Purpose.values)
    parser.add_argument("--reason", required=True)
    two_people_arguments(parser)


def _replace(options: Options, now: datetime) -> Told:
    change = number_change_approve(
        principal=principal_named(options["principal"]),
        purpose=options["purpose"],
        previous=one(CallerNumber, number=options["previous"]),
        number=_number(options),
        reason=options["reason"],
        author=account(options["author"]),
        approver=account(options["approver"]),
        now=now,
    )
    return {"number_change": change.pk}


class Command(VerbCommand):
    """File, renew, close, replace or show numbers; `number_clocks` keeps their clocks."""

    help = "主叫号码备案 / Filed caller numbers"
    refusals = MappingProxyType(
        {
            CertificateNotLongerError: "续期须晚于现有证书的到期日",
            NumberClosedError: "该号码已停用",
            RevokedAlreadyError: "该承诺书此前已失效",
            ChangeNotApprovableError: "更换号码须有理由，并由另一名合规员或管理员批准",
        }
    )
    verbs = (
        Verb(name="file", help="备案 / file", arguments=_file_arguments, run=_file),
        Verb(name="renew", help="续期 / renew", arguments=_renew_arguments, run=_renew),
        Verb(name="close", help="停用 / out of use", arguments=_close_arguments, run=_close),
        Verb(name="letter", help="承诺书 / letter", arguments=_letter_arguments, run=_letter),
        Verb(name="revoke", help="失效 / revoke", arguments=_revoke_arguments, run=_revoke),
        Verb(name="replace", help="更换 / replace", arguments=_replace_arguments, run=_replace),
        show("numbers", lambda: CallerNumber.objects.order_by("pk"), _told),
    )
