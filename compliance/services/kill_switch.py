"""The kill switch: no new call, from the commit on; releasing it is on the record too."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from audit.storable import storable
from compliance.denials import DeniedError
from compliance.models import KillSwitch, Principal, User
from compliance.models.words import Industry
from compliance.numbers import Words, check_provinces

REASON_SIGNS = 256  # a longer reason is cut: it must never stand in the way


UNKNOWN_TARGET = Words(
    "停呼开关未启用：没有这样的对象（{scope} {target}）。请核对后重试，或对全平台停呼。",
    "The kill switch is not on: there is no such target ({scope} {target}). Correct it, or stop "
    "the whole platform.",
)


RELEASERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})
ASKERS = RELEASERS | {User.Role.SUPERVISOR}  # who may ask a releaser for it
NOT_YOURS = Words(
    "账号 {username} 不得解除停呼（须为管理员或合规人员）；停呼则人人可为。",
    "The account {username} may not release a switch: an administrator or a compliance officer "
    "does. Anybody may engage one.",
)


TWO_PEOPLE = Words(
    "解除停呼须两人：一名在用的班组长、管理员或合规人员提请，另一名管理员或合规人员决定"
    "（提请 {asked}，决定 {by}）。",
    "Releasing a switch takes two people: an active supervisor, administrator or compliance "
    "officer asks, another administrator or compliance officer decides (asked by {asked}, decided "
    "by {by}).",
)


class SwitchStopsNobodyError(ValueError):
    """The switch names nobody, so its owner would only believe that calls have stopped."""

    def __init__(self, *, scope: str, target: str) -> None:
        """Say what was named, in both languages."""
        self.words = UNKNOWN_TARGET.filled(scope=scope, target=repr(target[:32]))
        super().__init__(str(self.words))


@transaction.atomic(durable=True)
def kill_switch_engage(
    *, scope: str, target: str, reason: str, actor: str, now: datetime
) -> KillSwitch:
    """Stop new calls for the platform, a principal, an industry or a province.

    Never refused to anybody, unless it would stop nobody: a mistyped target has to be noticed.

    :raises ProvinceUnknownError: if the target is no province
    :raises SwitchStopsNobodyError: if there is no such principal, industry or scope
    """
    _check_target(scope, target)
    switch = KillSwitch.objects.create(
        scope=scope,
        target=target,
        reason=storable(reason)[:REASON_SIGNS],
        engaged_by=actor,
        engaged_at=now,
    )
    audit.record(
        "kill_switch.engaged",
        obj=f"kill_switch:{switch.pk}",
        actor=actor,
        now=now,
        data={"scope": scope, "target": target, "reason": without_numbers(reason)},
    )
    return switch


def _check_target(scope: str, target: str) -> None:
    if scope == KillSwitch.Scope.PROVINCE:
        check_provinces([target])
    elif not _is_somebody(scope, target):
        raise SwitchStopsNobodyError(scope=scope, target=target)


def _is_somebody(scope: str, target: str) -> bool:
    if scope == KillSwitch.Scope.PRINCIPAL:
        return target in map(str, Principal.objects.values_list("pk", flat=True))
    if scope == KillSwitch.Scope.INDUSTRY:
        return target in Industry.values
    return scope == KillSwitch.Scope.PLATFORM


class NotAReleaserError(DeniedError):
    """Whoever wants calls to go on is not who decides that they may."""

    def __init__(self, username: str) -> None:
        """Say who, in both languages."""
        self.words = NOT_YOURS.filled(username=username)
        super().__init__(str(self.words))


class NotTwoPeopleError(DeniedError):
    """One person alone lets nothing go on."""

    def __init__(self, *, asked: str, by: str) -> None:
        """Say who, in both languages."""
        self.words = TWO_PEOPLE.filled(asked=asked, by=by)
        super().__init__(str(self.words))


class SwitchNotEngagedError(Exception):
    """The switch was released already."""


@transaction.atomic(durable=True)
def kill_switch_release(*, switch: KillSwitch, asked_by: User, by: User, now: datetime) -> None:
    """Release a switch, as one person asks and another decides.

    :raises NotAReleaserError: if whoever decides may not
    :raises NotTwoPeopleError: if nobody else asks who may
    :raises SwitchNotEngagedError: if it was released already
    """
    if by.role not in RELEASERS or not by.is_active:
        raise NotAReleaserError(by.username)
    if asked_by.pk == by.pk or asked_by.role not in ASKERS or not asked_by.is_active:
        raise NotTwoPeopleError(asked=asked_by.username, by=by.username)
    actor, asker = f"u:{by.pk}", f"u:{asked_by.pk}"
    engaged = KillSwitch.objects.filter(pk=switch.pk, released_at=None)
    if engaged.update(released_by=actor, release_asked_by=asker, released_at=now) != 1:
        raise SwitchNotEngagedError(f"Switch {switch.pk} was released already.")
    audit.record(
        "kill_switch.released",
        obj=f"kill_switch:{switch.pk}",
        actor=actor,
        now=now,
        data={"asked_by": asker},
    )
