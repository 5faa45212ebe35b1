"""The pages of accounts: who is here, one of them, opening and closing one."""

from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.models import User
from compliance.selectors.clock_due import local_day
from compliance.services.account_admit import TakesTwoError
from compliance.services.account_close import (
    AccountClosedError,
    LastDeciderError,
    account_close,
)
from compliance.services.account_open import account_open
from compliance.services.first_password import LASTS, first_password_give
from compliance.services.password_set import NoSuchAccountError
from console.access import may, member
from console.approvals import propose_once
from console.forms.people import AccountForm
from console.forms.words import told
from console.selectors.call_centre.accounts import (
    account_shown,
    accounts_page,
    points_of,
    role_matrix,
    trainings_of,
)
from console.selectors.call_centre.seats import TRAINING_RULE
from console.templatetags.either import either
from console.trail import actor_of
from console.views.call_centre.acts import act_page, of_database
from console.views.call_centre.people_acts import ACCOUNT_ACTS

OPENS = ("account_admit", "account_close", "account_password", "audit_entries", "factors")

SUCCESSOR_FIRST = (
    "停用后将没有第二人可以决定：请先开设接任者并由其登记验证器。要立即锁住该账号，请发放新的初始密码。",
    (
        "Nobody else would be left who decides: open the successor's account first, and let them"
        " enrol. To lock this one at once, give it a new first password."
    ),
)


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Show the accounts, and which role may open what."""
    now, asked = clock.read(), request.GET
    role, closed = asked.get("role", ""), asked.get("state") == "closed"
    return render(
        request,
        "console/call_centre/people/accounts.html",
        {
            "page": accounts_page(now=now, role=role, closed=closed, after=asked.get("after", "")),
            "role": role,
            "closed": closed,
            "first_page": "after" not in asked,
            "today": local_day(now),
            "roles": [User(role=code) for code in User.Role.values],
            "matrix": role_matrix(),
            "may_admit": may(request.user, "account_admit"),
            "training_rule": TRAINING_RULE,
        },
    )


@require_GET
def account(request: HttpRequest, user_id: int) -> HttpResponse:
    """Show one account: its role, second factor, seat, training."""
    now = clock.read()
    shown = account_shown(user_id, now=now)
    if shown is None:
        raise Http404
    acts = ACCOUNT_ACTS if _is_staff(shown.row) and may(request.user, "account_act") else ()
    return render(
        request,
        "console/call_centre/people/account.html",
        {
            "one": shown,
            "trainings": trainings_of(shown.row),
            "points": points_of(shown.row),
            "acts": acts,
            "own": shown.row.pk == member(request).pk,
            "today": local_day(now),
            "may": {name: may(request.user, name) for name in OPENS},
            "training_rule": TRAINING_RULE,
        },
    )


@require_http_methods(["GET", "POST"])
def account_act(request: HttpRequest, user_id: int, what: str) -> HttpResponse:
    """Do one thing about an agent."""
    act = next((one for one in ACCOUNT_ACTS if one.code == what), None)
    row = get_object_or_404(User, pk=user_id, role=User.Role.AGENT, is_active=True)
    if act is None:
        raise Http404
    back = _url(row)
    return act_page(request, act, subject=row, back=back, crumbs=[_accounts(), (back, str(row))])


@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def account_admit(request: HttpRequest) -> HttpResponse:
    """Open an account, and tell its first password once; or ask a second person."""
    posted = request.method == "POST"
    form = AccountForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            user, password = account_open(
                **form.cleaned_data, by=member(request), now=clock.read()
            )
        except TakesTwoError:
            return _asked(request, **form.cleaned_data)
        except DeniedError as error:
            _denied(request, "account_admit", error)
            form.add_error(None, either("账号由管理员开设。", "An administrator opens accounts."))
        except DatabaseError as error:
            form.add_error(None, told(of_database(error)))
        else:
            return _told(request, user, password)
    return render(
        request,
        "console/call_centre/people/account_admit.html",
        {"form": form, "crumbs": [_accounts()], "back": reverse("console:accounts")},
        status=422 if posted else 200,
    )


@sensitive_variables("password")
@require_POST
def account_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give an account another first password, and tell it once; its log-ins end."""
    row = get_object_or_404(User, pk=user_id)
    try:
        password = first_password_give(user=row, by=member(request), now=clock.read())
    except DeniedError as error:
        _denied(request, "account_password", error)
        messages.error(
            request, either("初始密码由另一名管理员发放。", "Another administrator gives it.")
        )
    except NoSuchAccountError:
        messages.error(request, either("该账号已停用。", "The account is closed."))
    else:
        return _told(request, row, password)
    return redirect(_url(row))


@require_POST
def account_end(request: HttpRequest, user_id: int) -> HttpResponse:
    """Close an account, for good."""
    row = get_object_or_404(User, pk=user_id)
    try:
        account_close(user=row, closed_by=member(request), now=clock.read())
    except LastDeciderError as error:
        _denied(request, "account_close", error)
        messages.error(request, either(*SUCCESSOR_FIRST))
    except DeniedError as error:
        _denied(request, "account_close", error)
        messages.error(
            request, either("账号由另一名管理员停用。", "Another administrator closes it.")
        )
    except AccountClosedError:
        messages.warning(request, either("该账号已停用。", "The account is closed already."))
    else:
        messages.success(request, either("账号已停用。", "The account is closed."))
    return redirect(_url(row))


def _asked(request: HttpRequest, *, username: str, role: str, real_name: str) -> HttpResponse:
    asked = propose_once(
        request,
        kind="account",
        subject=username,
        summary=(f"开设账号 {username}", f"Open the account {username}"),
        asked={"role": role, "real_name": real_name},
    )
    return redirect("console:approval", approval_id=asked.pk)


def _told(request: HttpRequest, user: User, password: str) -> HttpResponse:
    """Show the password on the answer to this request, and nowhere else."""
    return render(
        request,
        "console/call_centre/people/first_password.html",
        {
            "account": user,
            "first_password": password,
            "until": clock.read() + LASTS,
            "crumbs": [_accounts(), (_url(user), str(user))],
        },
    )


def _denied(request: HttpRequest, name: str, error: DeniedError) -> None:
    denial_record(obj=f"page:{name}", actor=actor_of(request), now=clock.read(), error=error)


def _is_staff(row: User) -> bool:
    return row.role == User.Role.AGENT and row.is_active


def _url(row: User) -> str:
    return reverse("console:account", kwargs={"user_id": row.pk})


def _accounts() -> tuple[str, str]:
    return reverse("console:accounts"), either("账号", "Accounts")
