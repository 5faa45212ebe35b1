"""`manage.py database_roles`: the roles of the database and what each may do."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from audit import record as audit
from audit.roles import LOGINS, OWNER
from compliance import clock
from compliance.grants import grants_make


class Command(BaseCommand):
    """Make the roles and their grants, after every `migrate`; as often as you like.

    Passwords are set by the server's administrator (deploy/README.md), or there are none and
    pg_hba.conf says who may log in.
    """

    help = "建立数据库角色并授权（每次 migrate 之后） / Make database roles and grants"

    def add_arguments(self, parser: Any) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: object, **options: Any) -> None:
        """Do it, and name them."""
        with transaction.atomic():
            grants_make()
            audit.record(
                "database.granted",
                obj="database:roles",
                actor="svc:database_roles",
                now=clock.read(),
                data={"by": connection.settings_dict["USER"], "logins": list(LOGINS)},
            )
        if options["json"]:
            self.stdout.write(json.dumps({"owner": OWNER, "logins": list(LOGINS)}))
            return
        self.stdout.write(f"已建立并授权 / Made and granted: {OWNER}, {', '.join(LOGINS)}")
