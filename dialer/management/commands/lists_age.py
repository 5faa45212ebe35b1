"""manage.py lists_age: delete what lists that are too old say about people."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.verbs import DENIED, REFUSED, principal_named
from dialer.services.lists_age import (
    ContractRunsError,
    lists_age,
    lists_of_ended_contract_retire,
)

ACTOR = "svc:lists_age"


class Command(BaseCommand):
    """Retire aged lists; run it once a day."""

    help = "删除到期名单的个人信息并出具删除证明 / Delete aged lists' personal data, certified"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to run."""
        parser.add_argument(
            "--principal",
            default="",
            metavar="NAME",
            help="合同已终止的委托主体：删除其全部名单 / all lists of one whose contract ended",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="只列出，不删除 / list them, delete nothing"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Retire them and print their certificates."""
        if options["principal"]:
            self._of_ended_contract(options)
            return
        aged = lists_age(actor=ACTOR, now=clock.read(), dry_run=options["dry_run"])
        rows = [
            {
                "list": one.list_id,
                "days": one.days,
                "deleted": one.deletion is not None,
                "leads": one.deletion.leads if one.deletion else None,
                "certificate_sha256": one.deletion.digest if one.deletion else None,
            }
            for one in aged
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"lists": rows}, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(
                f"名单 {row['list']} 已 {row['days']} 天 / list {row['list']} is {row['days']} "
                f"days old; {row['certificate_sha256'] or '—'}"
            )
        self.stdout.write(f"{len(rows)} 份名单到期。 {len(rows)} lists are too old.")

    def _of_ended_contract(self, options: dict[str, Any]) -> None:
        principal = principal_named(options["principal"])
        try:
            gone = lists_of_ended_contract_retire(
                principal=principal, actor=ACTOR, now=clock.read()
            )
        except ContractRunsError as error:
            words = DENIED.filled(zh="该主体的委托合同尚未终止", why=str(error))
            raise CommandError(str(words), returncode=REFUSED) from error
        rows = [{"list": one.contact_list_id, "certificate_sha256": one.digest} for one in gone]
        if options["json"]:
            self.stdout.write(json.dumps({"lists": rows}))
        else:
            self.stdout.write(f"已删除 {len(rows)} 份名单。 {len(rows)} lists are deleted.")
