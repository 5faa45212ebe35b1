"""Choose one's own password: at first in the place of the one that was given, later at will."""

from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from compliance import clock
from compliance.models import User
from compliance.services.first_password import (
    FirstPasswordOverError,
    SamePasswordError,
    first_password_stands,
    password_own,
)
from console import log_ins
from console.access import member
from console.forms.words import said
from console.second_factor import is_verified
from console.templatetags.either import either
from console.trail import note

PRESENT = forms.PasswordInput(attrs={"autocomplete": "current-password"})
CHOSEN = forms.PasswordInput(attrs={"autocomplete": "new-password"})


class PasswordForm(forms.Form):
    """The present password, and the new one twice."""

    present = forms.CharField(
        label=said("现在的密码", "Present password"), max_length=128, strip=False, widget=PRESENT
    )
    chosen = forms.CharField(
        label=said("新密码", "New password"),
        max_length=128,
        strip=False,
        widget=CHOSEN,
        help_text=said(
            "至少 12 个字符，不能是常用密码，也不能像用户名。",
            "At least 12 characters, no common password, nothing like the user name.",
        ),
    )
    again = forms.CharField(
        label=said("再次输入新密码", "New password again"),
        max_length=128,
        strip=False,
        widget=CHOSEN,
    )

    def clean(self) -> dict[str, object]:
        """Compare what was typed twice."""
        given = super().clean() or {}
        if given.get("chosen") and given.get("again") and given["chosen"] != given["again"]:
            self.add_error("again", said("两次输入不一致。", "The two are not the same."))
        return given


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change it; a session without its factor may only leave a first password behind."""
    user = member(request)
    first = first_password_stands(user)
    if not (first or is_verified(request)):
        return redirect("console:factor")
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _changed(request, user, form):
        messages.success(request, either("密码已更改。", "Your password is changed."))
        return redirect("console:home" if is_verified(request) else "console:factor")
    return render(
        request,
        "console/frame/password.html",
        {"form": form, "first": first},
        status=422 if request.method == "POST" else 200,
    )


def _changed(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    given = form.cleaned_data
    # By the same way as at the log-in, where failures are counted and lock it.
    known = authenticate(request, username=user.username, password=given["present"])
    if known != user:
        note("user.login_failed", request=request, obj=f"u:{user.pk}", outcome="denied")
        form.add_error("present", said("密码不正确。", "The password is wrong."))
        return False
    try:
        password_own(user=user, password=given["chosen"], now=clock.read())
    except FirstPasswordOverError:
        form.add_error(
            None,
            said("初始密码已过期，请管理员另发。", "The first password is over: ask for another."),
        )
    except SamePasswordError:
        form.add_error("chosen", said("须与现在的不同。", "Choose a different one."))
    except ValidationError as error:
        form.add_error("chosen", error)
    else:
        key = str(request.session.session_key)
        user.refresh_from_db()
        update_session_auth_hash(request, user)  # this session goes on, all others end
        log_ins.renewed(request, key=key)
        return True
    return False
