"""manage.py consent_withdraw NUMBER: take back what a person agreed to, by number."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import Principal
from compliance.numbers import NumberProblem, Words, normalise
from compliance.services.consents_withdraw import consents_withdraw
from compliance.services.person_for_number import known_person

NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")


class Command(BaseCommand):
    """Withdraw consents; without --principal, all of them."""

    help = "按号码撤回同意；不写委托主体即全部撤回 / Withdraw consents by number"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whose consents, and towards whom."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--principal", default="", metavar="NAME")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Withdraw and say how many; a number that nobody has had none."""
        try:
            number = normalise(options["number"])
        except NumberProblem as error:
            raise CommandError(str(error), returncode=2) from error
        principal = None
        if options["principal"]:
            principal = Principal.objects.filter(name=options["principal"]).first()
            if principal is None:
                words = NO_PRINCIPAL.filled(name=options["principal"])
                raise CommandError(str(words), returncode=2)
        person = known_person(number=number)
        count = 0
        if person is not None:
            count = consents_withdraw(
                person=person, principal=principal, actor="svc:command", now=clock.read()
            )
        if options["json"]:
            self.stdout.write(json.dumps({"withdrawn": count}))
        else:
            self.stdout.write(f"已撤回同意 {count} 条 / {count} consents withdrawn")
