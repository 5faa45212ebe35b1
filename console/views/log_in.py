"""Log in and out; in a demo, as one of its accounts by one press."""

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from compliance.models import User
from console import log_ins
from console.demo_accounts import demo_accounts, is_demo_at_home
from console.models import LogInSession
from console.second_factor import verify_for_demo
from console.trail import actor_of, note

BACKEND = "django.contrib.auth.backends.ModelBackend"


class LogIn(LoginView):
    """The log-in page, by user name and password."""

    template_name = "console/log_in.html"
    redirect_authenticated_user = True
    next_page = "console:home"

    def get_context_data(self, **extra: object) -> dict[str, object]:
        """Add the accounts of a demo."""
        accounts = demo_accounts() if is_demo_at_home(self.request) else []
        return {**super().get_context_data(**extra), "accounts": accounts}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in; the session and its entry in the trail commit together."""
        user = form.get_user()
        assert isinstance(user, User)  # noqa: S101 - narrows the type only
        _log_in(self.request, user, by="password")  # and the second factor is asked for next
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Put the failure on the record; what was typed is not kept."""
        typed = User.objects.filter(username=form.data.get("username", "")).first()
        obj = f"u:{typed.pk}" if typed else "u:unknown"
        note("user.login_failed", request=self.request, obj=obj, outcome="denied")
        return super().form_invalid(form)


@require_POST
def demo_log_in(request: HttpRequest) -> HttpResponse:
    """Log in as an account of the demo, on the demo's own machine only.

    :raises Http404: without a demo clock, from another machine, or for another account
    """
    if not is_demo_at_home(request):
        raise Http404
    user = get_object_or_404(demo_accounts(), username=request.POST.get("account", ""))
    with transaction.atomic():
        _log_in(request, user, by="demo")
        verify_for_demo(request)
    return redirect("console:home")


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    with transaction.atomic():
        note("user.logged_out", request=request, obj=actor_of(request))
        LogInSession.objects.filter(session_key=request.session.session_key).delete()
        logout(request)
    return redirect("console:log_in")


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,  # noqa: ARG001 - as axes calls it
    credentials: dict[str, str] | None = None,  # noqa: ARG001
) -> HttpResponse:
    """Answer whoever tries on after too many failures, be the password right or wrong."""
    typed = User.objects.filter(username=request.POST.get("username", "")).first()
    obj = f"u:{typed.pk}" if typed else "u:unknown"
    note("user.locked_out", request=request, obj=obj, outcome="denied")
    return render(request, "console/frame/locked_out.html", status=429)


def _log_in(request: HttpRequest, user: User, *, by: str) -> None:
    with transaction.atomic():
        login(request, user, backend=BACKEND)
        log_ins.began(request, user=user)
        note("user.logged_in", request=request, obj=f"u:{user.pk}", data={"by": by})
