"""Accounts as their page shows them: role, seat, second factor, last log-in, training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from audit.storable import storable
from compliance.models import SanctionPoint, Training, User
from compliance.selectors.clock_due import Due
from console.matrix import MATRIX
from console.navigation import GROUPS, Link
from console.selectors.call_centre.seats import place_dues

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountShown:
    """One account."""

    row: User
    training: Due | None
    enrolled_at: datetime | None
    first_password: datetime | None  # since when it has one that its owner did not choose

    @property
    def seat(self) -> object:
        """Return the person's seat, if there is one."""
        return getattr(self.row, "seat", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage:
    """Some accounts, and where the next ones begin."""

    accounts: Sequence[AccountShown]
    by_role: Sequence[tuple[str, int]]  # of those that are open
    closed: int
    after: str


def accounts_page(
    *, now: datetime, role: str = "", closed: bool = False, after: str = ""
) -> AccountsPage:
    """Return accounts in the order of their names: those that are open, or those that are not."""
    rows = User.objects.filter(is_active=not closed, username__gt=storable(after)).order_by(
        "username"
    )
    if role in User.Role.values:
        rows = rows.filter(role=role)
    found = accounts_shown(list(_whole(rows)[: ON_A_PAGE + 1]), now=now)
    counts = User.objects.order_by("role").values_list("role")
    by_role = dict(counts.annotate(n=Count("pk", filter=Q(is_active=True))))
    return AccountsPage(
        accounts=found[:ON_A_PAGE],
        by_role=[(code, by_role.get(code, 0)) for code in User.Role.values],
        closed=User.objects.filter(is_active=False).count(),
        after=found[ON_A_PAGE - 1].row.username if len(found) > ON_A_PAGE else "",
    )


def account_shown(user_id: int, *, now: datetime) -> AccountShown | None:
    """Return one account; None if there is none."""
    found = accounts_shown(list(_whole(User.objects.filter(pk=user_id))), now=now)
    return found[0] if found else None


def _whole(rows: QuerySet[User]) -> QuerySet[User]:
    return rows.select_related("seat__outlet", "second_factor", "first_password", "staff_record")


def accounts_shown(rows: Sequence[User], *, now: datetime) -> Sequence[AccountShown]:
    """Return accounts with what is known of each."""
    clocks = place_dues(now)
    return [
        AccountShown(
            row=row,
            training=clocks.get(f"u:{row.pk}"),
            enrolled_at=getattr(getattr(row, "second_factor", None), "confirmed_at", None),
            first_password=getattr(getattr(row, "first_password", None), "given_at", None),
        )
        for row in rows
    ]


def trainings_of(user: User) -> Sequence[Training]:
    """Return the courses that an agent passed, the newest first."""
    rows = Training.objects.filter(agent=user).select_related("examiner")
    return list(rows.order_by("-passed_on", "-pk"))


def points_of(user: User) -> Sequence[SanctionPoint]:
    """Return the sanction points of an agent, the newest first."""
    return list(SanctionPoint.objects.filter(agent=user).order_by("-given_at", "-pk"))


def role_matrix() -> Sequence[tuple[Link, Sequence[bool]]]:
    """Return which role may open which page of the navigation, as the matrix has it."""
    return [
        (link, [role in MATRIX[link.name] for role in User.Role.values])
        for group in GROUPS
        for link in group.links
    ]
