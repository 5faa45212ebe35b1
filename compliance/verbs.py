"""What the registries' commands share: verbs, accounts, files by their digest, one JSON object."""

import hashlib
import json
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.db.models import Manager, Model

from audit import record as audit
from audit.record import AuditWriteError
from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.keepers import NotAKeeperError, NotYetError
from compliance.models import Principal, User
from compliance.numbers import Number, NumberProblem, Words, normalise
from compliance.selectors.clock_due import Due
from compliance.violators import ViolatorError

M = TypeVar("M", bound=Model)
Options = dict[str, Any]
Told = dict[str, Any]

NOT_UNDERSTOOD, REFUSED = 2, 4
COMMAND = "svc:command"  # whoever has a shell on the host, and did not say who
BY_DATABASE = "登记簿的约束不允许这样办理"
EVERYWHERE: Mapping[type[Exception], str] = MappingProxyType(
    {
        NotAKeeperError: "登记簿由管理员、合规员或班组长办理",
        NotYetError: "所填日期尚未到来",
        AuditWriteError: "所填内容不得留痕，例如其中含电话号码",
        ViolatorError: "在违规主体名单上，期内不得任用",
    }
)
NOTHING = Words("没有这一项：{what}。", "There is no such {what}.")
NO_FILE = Words("无法读取 {path}：{why}", "{path} cannot be read: {why}")
DENIED = Words("不予办理：{zh}", "Refused: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One thing that a command can do."""

    name: str
    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Options, datetime], Told]
    shows_people: bool = False  # looking at them is on the record


class VerbCommand(BaseCommand):
    """A command with verbs; each calls one service and tells what came of it."""

    verbs: ClassVar[tuple[Verb, ...]]
    # What a service may raise, and what it means in Chinese; its own message says it in English.
    refusals: ClassVar[Mapping[type[Exception], str]] = MappingProxyType({})

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the verb and what it needs."""
        choices = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb in self.verbs:
            own = choices.add_parser(verb.name, help=verb.help, description=verb.help)
            verb.arguments(own)
            own.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what the verb says; exit code 2 if it was not understood, 4 if it was refused.

        :raises CommandError: in both cases
        """
        verb = next(verb for verb in self.verbs if verb.name == options["verb"])
        refusals = {**self.refusals, **EVERYWHERE}
        refused: tuple[type[Exception], ...] = (DatabaseError, *refusals)
        if verb.shows_people:
            self._note_reading(options)
        try:
            told = verb.run(options, clock.read())
        except refused as error:
            if isinstance(error, DeniedError):
                denial_record(
                    obj=f"command:{_name_of(self)}",
                    actor=_asker(options),
                    now=clock.read(),
                    error=error,
                )
            known = (zh for kind, zh in refusals.items() if isinstance(error, kind))
            words = DENIED.filled(zh=next(known, BY_DATABASE), why=str(error).partition("\n")[0])
            raise CommandError(str(words), returncode=REFUSED) from error
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(told)))

    def _note_reading(self, options: Options) -> None:
        with transaction.atomic():
            audit.record(
                "records.read",
                obj=f"command:{_name_of(self)}",
                actor=_asker(options),
                now=clock.read(),
                data={"verb": options["verb"]},
            )


def _name_of(command: BaseCommand) -> str:
    return type(command).__module__.rpartition(".")[2]


def _asker(options: Options) -> str:
    """Return who asks, as the audit trail names them."""
    given = [options[name] for name in ("by", "approver", "author") if options.get(name)]
    found = User.objects.filter(username__in=given[:1]).first()
    return f"u:{found.pk}" if found else COMMAND


def _lines(told: Told) -> list[str]:
    lines = []
    for key, value in told.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [" · ".join(f"{name} {item}" for name, item in row.items()) for row in value]
        else:
            lines.append(f"{key}: {value}")
    return lines


def by_argument(parser: ArgumentParser) -> None:
    """Take who does it."""
    parser.add_argument("--by", required=True, metavar="USERNAME", help="经办人 / who does it")


def actor_of(options: Options) -> str:
    """Return who does it, as the audit trail names them.

    :raises CommandError: if there is no such account
    """
    return f"u:{account(options['by']).pk}"


def two_people_arguments(parser: ArgumentParser) -> None:
    """Take who wrote it and who approves it."""
    parser.add_argument(
        "--author", required=True, metavar="USERNAME", help="经办人 / who wrote it"
    )
    parser.add_argument(
        "--approver", required=True, metavar="USERNAME", help="批准人 / who approves"
    )


def document_arguments(parser: ArgumentParser) -> None:
    """Take a document: a file, of which only the digest is kept, or the digest itself."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--file", type=Path, metavar="PATH", help="文件，只留哈希 / only its digest"
    )
    which.add_argument("--sha256", default="", metavar="HEX", help="文件哈希 / its digest")


def document_digest(options: Options) -> str:
    """Return the SHA-256 of the document that the options name.

    :raises CommandError: if the file cannot be read
    """
    path: Path | None = options["file"]
    if path is None:
        return str(options["sha256"]).lower()
    return hashlib.sha256(read_bytes(path)).hexdigest()


def read_bytes(path: Path) -> bytes:
    """Return a file's content.

    :raises CommandError: if it cannot be read
    """
    try:
        return path.read_bytes()
    except OSError as error:
        words = NO_FILE.filled(path=path, why=error.strerror)
        raise CommandError(str(words), returncode=NOT_UNDERSTOOD) from error


def account(username: str) -> User:
    """Return an active account.

    :raises CommandError: if there is none
    """
    return one(User, username=username, is_active=True)


def principal_named(name: str) -> Principal:
    """Return a principal by its registered name.

    :raises CommandError: if there is none
    """
    return one(Principal, name=name)


def one(model: type[M], **where: Any) -> M:
    """Return the one row that the options name.

    :raises CommandError: if there is none
    """
    manager: Manager[M] = model.objects  # type: ignore[attr-defined]
    found = manager.filter(**where).first()
    if found is None:
        said = ", ".join(f"{key} = {value}" for key, value in where.items() if key != "is_active")
        words = NOTHING.filled(what=f"{model.__name__} ({said})")
        raise CommandError(str(words), returncode=NOT_UNDERSTOOD)
    return found


def number_of(text: str) -> Number:
    """Return the number that somebody wrote.

    :raises CommandError: if it is none
    """
    try:
        return normalise(text)
    except NumberProblem as error:
        raise CommandError(str(error), returncode=NOT_UNDERSTOOD) from error


def day_argument(parser: ArgumentParser, *names: str, required: bool = True) -> None:
    """Take days such as 2026-11-22."""
    for name in names:
        parser.add_argument(name, type=date.fromisoformat, required=required, metavar="YYYY-MM-DD")


def show(
    name: str,
    rows: Callable[[], Iterable[M]],
    told: Callable[[M], Told],
    *,
    help: str = "查看 / show",  # noqa: A002 - argparse's name
    shows_people: bool = False,
) -> Verb:
    """Return the verb that shows rows under a name, each as `told` tells it."""

    def run(_: Options, now: datetime) -> Told:
        del now
        return {name: [told(row) for row in rows()]}

    return Verb(name="show", help=help, arguments=nothing_more, run=run, shows_people=shows_people)


def due(found: Callable[[datetime], Iterable[Due]]) -> Verb:
    """Return the verb that tells which clocks end when; `clocks` has every other one too."""

    def run(_: Options, now: datetime) -> Told:
        return {"due": _due_rows(found(now))}

    return Verb(name="due", help="时限 / what is due", arguments=nothing_more, run=run)


def _due_rows(found: Iterable[Due]) -> list[Told]:
    """Return clocks as JSON values, the most urgent first."""
    return [
        {
            "clock": clock_.clock,
            "object": clock_.obj,
            "due_on": clock_.due_on.isoformat(),
            "overdue": clock_.overdue,
            "zh": clock_.words.zh,
            "en": clock_.words.en,
        }
        for clock_ in sorted(found, key=lambda each: (each.due_on, each.obj))
    ]


def nothing_more(parser: ArgumentParser) -> None:
    """Take no further argument."""
    del parser
