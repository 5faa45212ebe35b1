"""Others' do-not-call lists: how fresh each is, and reading a new edition of one."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.models import ExternalList
from compliance.models.words import Industry
from compliance.numbers import NumberProblem, Words
from compliance.services.external_list import external_list_apply, external_list_register
from console.access import may
from console.forms.register import CODE, RegisterForm
from console.forms.words import said
from console.selectors.administration.external_lists import external_lists_shown
from console.templatetags.either import either
from console.trail import actor_of
from console.views.call_centre.acts import Act, act_page

MOST_BYTES = 32 << 20
KEEPS = ("external_list_register", "external_list_read")


class ExternalListForm(RegisterForm):
    """A do-not-call list that somebody else keeps."""

    code = forms.CharField(label=said("名单代码", "Code"), max_length=50, validators=[CODE])
    name = forms.CharField(label=said("名称", "Name"), max_length=128)
    industry = forms.ChoiceField(
        label=said("适用行业", "Kind of business"),
        choices=[("", said("全部行业", "all")), *Industry.choices],
        required=False,
    )


def _register(request: HttpRequest, _: object, given: Mapping[str, Any], now: datetime) -> str:
    external_list_register(**given, actor=actor_of(request), now=now)
    return ""


REGISTER = Act(
    code="external_list_register",
    zh="登记外部名单",
    en="Register a list of others",
    hint=Words(
        "自登记起，没有新鲜的版本就不为其适用行业外呼；名单不能撤销。请备好第一版文件再登记。",
        "From now on its kind of business is called only while an edition of it is fresh, and no "
        "list is ever taken off: have its first file at hand.",
    ),
    form=ExternalListForm,
    run=_register,
    stops=True,
)


class EditionForm(forms.Form):
    """A file with a number on each line, and what its keeper says of it."""

    version = forms.CharField(max_length=64)
    as_of = forms.DateTimeField()
    file = forms.FileField(max_length=200)


@require_GET
def external_lists(request: HttpRequest) -> HttpResponse:
    """Show the lists."""
    shown, most = external_lists_shown(now=clock.read())
    return render(
        request,
        "console/administration/external_lists.html",
        {
            "lists": shown,
            "most_hours": int(most.total_seconds() // 3600),
            "may": {name: may(request.user, name) for name in KEEPS},
        },
    )


@require_http_methods(["GET", "POST"])
def external_list_new(request: HttpRequest) -> HttpResponse:
    """Register a list."""
    back = reverse("console:external_lists")
    crumbs = [(back, either("外部谢绝来电名单", "Do-not-call lists of others"))]
    return act_page(request, REGISTER, subject=None, back=back, crumbs=crumbs)


@require_POST
def external_list_read(request: HttpRequest, code: str) -> HttpResponse:
    """Read an edition: numbers are added and never taken away."""
    external = get_object_or_404(ExternalList, code=code)
    form = EditionForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > MOST_BYTES:
        missing = ("请给出版本、截至时间和文件。", "Give the edition, its instant and the file.")
        messages.error(request, either(*missing))
        return redirect("console:external_lists")
    words, failed = _read(request, external, form)
    (messages.error if failed else messages.success)(request, words)
    return redirect("console:external_lists")


def _read(request: HttpRequest, external: ExternalList, form: EditionForm) -> tuple[str, bool]:
    content = form.cleaned_data["file"].read()
    as_of: datetime = form.cleaned_data["as_of"]
    aware = as_of if timezone.is_aware(as_of) else timezone.make_aware(as_of)
    try:
        lines = content.decode("utf-8-sig").splitlines()
        edition = external_list_apply(
            external=external,
            version=form.cleaned_data["version"],
            as_of=aware,
            numbers=[line.strip() for line in lines if line.strip()],
            file_sha256=hashlib.sha256(content).hexdigest(),
            actor=actor_of(request),
            now=clock.read(),
        )
    except (NumberProblem, UnicodeDecodeError):
        return either("文件中有无法识别的号码，未读入任何内容。",
                      "A number cannot be read; nothing was taken."), True  # fmt: skip
    except IntegrityError:
        return either("该版本已读入，或其时间晚于现在。",
                      "That edition was read before, or is from the future."), True  # fmt: skip
    return either(
        f"已读入 {edition.numbers} 个号码，新增 {edition.added} 个。",
        f"{edition.numbers} numbers read, {edition.added} of them new.",
    ), False
