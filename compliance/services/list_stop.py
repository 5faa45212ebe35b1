"""Stop lists: hold one until somebody has looked, freeze it for good, and let a held one go on."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.denials import DeniedError
from compliance.list_checks.stopped import ListStoppedError
from compliance.models import ContactList, Principal, User

RELEASERS = frozenset({User.Role.COMPLIANCE})


class ListNotHeldError(Exception):
    """Only a list that is held can be released."""


class ListNotOpenError(Exception):
    """Only a list that is open can be held."""


class NotTheDeclarerError(DeniedError):
    """A held list is released by a compliance officer who did not declare it."""


@transaction.atomic
def lists_stop(
    *, lists: Iterable[int], state: str, cause: str, reason: str, actor: str, now: datetime
) -> list[int]:
    """Hold or freeze lists; from this commit on nothing is dialled for a campaign that has one.

    Lists that are stopped as hard already stay as they are. Return the ids that were stopped.

    :param state: held or frozen
    :param cause: the rule behind it, such as CON-11
    """
    softer = ["open", "held"] if state == ContactList.State.FROZEN else ["open"]
    wanted = ContactList.objects.select_for_update().filter(pk__in=list(lists), state__in=softer)
    stopped = sorted(wanted.values_list("pk", flat=True))
    ContactList.objects.filter(pk__in=stopped).update(state=state, cause=cause, released_by=None)
    for pk in stopped:
        audit.record(
            "list.stopped",
            obj=f"list:{pk}",
            actor=actor,
            now=now,
            data={"state": state, "cause": cause, "reason": without_numbers(reason)},
        )
    return stopped


@transaction.atomic
def list_hold(
    *, contact_list: ContactList, cause: str, reason: str, by: User, now: datetime
) -> None:
    """Hold one list until somebody has looked; anybody may, and compliance releases it.

    :raises ListNotOpenError: if it is stopped already, or deleted
    """
    held = lists_stop(
        lists=[contact_list.pk],
        state=ContactList.State.HELD,
        cause=cause,
        reason=reason,
        actor=f"u:{by.pk}",
        now=now,
    )
    if not held:
        raise ListNotOpenError(f"The list {contact_list.pk} is not open.")


@transaction.atomic(durable=True)
def import_stopped(
    *,
    error: ListStoppedError,
    reference: str,
    principal: Principal,
    by: User,
    file_sha256: str,
    now: datetime,
) -> None:
    """Act on an import that showed its list to be illicit; call it when the import is undone.

    The list, if there is one by that name or number, is held or frozen. What was frozen also
    holds every other list of the uploader and of the principal.
    """
    actor = f"u:{by.pk}"
    audit.record(
        "list.rejected",
        obj=f"principal:{principal.pk}",
        actor=actor,
        now=now,
        outcome="denied",
        data={"cause": error.cause, "file_sha256": file_sha256, **error.facts},
    )
    own = ContactList.objects.filter(principal=principal)
    name = reference.strip()
    by_number = Q(pk=int(name)) if name.isascii() and name.isdecimal() else Q(name=name)
    lists_stop(
        lists=own.filter(by_number).values_list("pk", flat=True),
        state=error.state,
        cause=error.cause,
        reason=error.words.en,
        actor=actor,
        now=now,
    )
    if error.state == ContactList.State.FROZEN:
        others = ContactList.objects.filter(Q(declared_by=by) | Q(principal=principal))
        lists_stop(
            lists=others.values_list("pk", flat=True),
            state=ContactList.State.HELD,
            cause=error.cause,
            reason=error.words.en,
            actor=actor,
            now=now,
        )


@transaction.atomic
def list_release(*, contact_list: ContactList, by: User, reason: str, now: datetime) -> None:
    """Let a held list go on, under the name of the compliance officer who looked.

    :raises NotTheDeclarerError: if `by` declared the list or is no compliance officer
    :raises ListNotHeldError: if the list is not held; a frozen one never goes on
    """
    if by.pk == contact_list.declared_by_id or by.role not in RELEASERS or not by.is_active:
        raise NotTheDeclarerError(f"{by} cannot release the list {contact_list.pk}.")
    held = ContactList.objects.filter(pk=contact_list.pk, state=ContactList.State.HELD)
    if held.update(state=ContactList.State.OPEN, cause="", released_by=by) != 1:
        raise ListNotHeldError(f"The list {contact_list.pk} is not held.")
    audit.record(
        "list.released",
        obj=f"list:{contact_list.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"cause": contact_list.cause, "reason": without_numbers(reason)},
    )
