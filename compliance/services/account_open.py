"""Open an account with its first password, both or neither; one person alone does that."""

from datetime import datetime

from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from compliance.models import User
from compliance.services.account_admit import account_admit
from compliance.services.first_password import first_password_give


@sensitive_variables("password")
@transaction.atomic
def account_open(
    *, username: str, role: str, real_name: str, by: User, now: datetime
) -> tuple[User, str]:
    """Admit a person, and return their account with a first password to tell them once.

    :raises NotAnAdmitterError: if the person may not
    :raises TakesTwoError: if they may not alone
    """
    user = account_admit(
        username=username, role=role, real_name=real_name, admitted_by=by, now=now
    )
    password = first_password_give(user=user, by=by, now=now)
    return user, password
