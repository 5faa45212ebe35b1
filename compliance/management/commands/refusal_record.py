"""manage.py refusal_record NUMBER: take down a person's no, by number."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import Principal
from compliance.models.words import Purpose, RefusalSource
from compliance.numbers import NumberProblem, Words, normalise
from compliance.services.person_for_number import person_for_number
from compliance.services.refusal_record import refusal_record

NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")


class Command(BaseCommand):
    """Record a refusal; without --principal it reaches everybody."""

    help = "按号码登记拒绝；不写委托主体即拒绝一切来电 / Record a refusal by number"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take who refused whom, and how."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--principal", default="", metavar="NAME")
        parser.add_argument("--purpose", default="", choices=["", *Purpose.values])
        parser.add_argument("--source", required=True, choices=RefusalSource.values)
        parser.add_argument("--evidence", required=True, metavar="TEXT")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Record it and print its id."""
        now = clock.read()
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
        person = person_for_number(number=number, now=now)
        refusal = refusal_record(
            person_id=person.pk,
            principal=principal,
            purpose=options["purpose"],
            source=options["source"],
            evidence=options["evidence"],
            actor="svc:command",
            now=now,
        )
        if options["json"]:
            told = {"refusal": refusal.pk, "number": person.masked, "everywhere": not principal}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(
                f"已登记拒绝 {refusal.pk}：{person.masked} / refusal {refusal.pk} recorded"
            )
