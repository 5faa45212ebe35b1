"""manage.py createsuperuser: there are none; every account has one role, and is on the record."""

from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError

from compliance.numbers import Words

NONE = Words(
    "本系统没有超级用户。首个账号：manage.py accounts admit USERNAME --role administrator "
    "--real-name 姓名",
    "There are no superusers here. The first account: manage.py accounts admit USERNAME "
    "--role administrator --real-name NAME",
)


class Command(BaseCommand):
    """Say how the first account is made; in the place of Django's, which no role bounds."""

    help = "不提供；见 accounts admit / Not offered; see accounts admit"
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse.

        :raises CommandError: always
        """
        raise CommandError(str(NONE), returncode=4)
