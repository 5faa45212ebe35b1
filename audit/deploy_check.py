"""What `manage.py check --deploy` says of the role that this process has in the database."""

from typing import Any

from django.core import checks
from django.db import DatabaseError

from audit.roles import weaknesses


def database_role(**_: Any) -> list[checks.CheckMessage]:
    """Warn of each thing that the application's role could do to the trail and should not."""
    try:
        found = weaknesses()
    except DatabaseError as error:
        why = str(error).partition("\n")[0]
        return [
            checks.Warning(f"无法查看数据库角色 / The role is not known: {why}", id="audit.W002")
        ]
    hint = "运行 manage.py database_roles，并以 yunhu_app 登录 / Run it, and log in as yunhu_app."
    return [checks.Warning(f"{one.zh} / {one.en}.", hint=hint, id="audit.W001") for one in found]
