"""The forms of the lists' pages."""

import hashlib
from typing import Any

from django import forms
from django.db.models import QuerySet

from compliance.models import CampaignFiling, ContactList, ListUpload
from compliance.models.words import ListSource
from compliance.services.list_choose import ListChoice
from console.forms.words import said
from dialer.models import Campaign

NEW = ""  # of the list's choices: one that was not declared yet


class FilingChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A campaign by its code, told by its name."""

    def label_from_instance(self, obj: Any) -> str:
        """Name it with whom it is for."""
        return f"{obj.filing.name} · {obj.filing.principal.name}"


class ListChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A list by its number."""

    def label_from_instance(self, obj: Any) -> str:
        """Name it with whom it is for."""
        return f"{obj.name} · {obj.principal.name}"


class UploadForm(forms.Form):
    """A file, the campaign it is for, and the list with its lawful source."""

    file = forms.FileField(
        label=said(
            "名单文件（CSV、TSV 或 XLSX，最大 32 MB）", "List file (CSV, TSV or XLSX, up to 32 MB)"
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    campaign = FilingChoice(
        label=said("外呼任务", "Campaign"),
        queryset=Campaign.objects.none(),
        to_field_name="pk",
    )
    contact_list = ListChoiceField(
        label=said("名单", "List"),
        queryset=ContactList.objects.none(),
        required=False,
        empty_label=said("新名单：在下面申报来源", "A new list: declare its source below"),
    )
    name = forms.CharField(
        label=said("新名单名称", "Name of the new list"), max_length=128, required=False
    )
    source = forms.ChoiceField(
        label=said("合法来源", "Lawful source"),
        choices=[("", "—"), *ListSource.choices],
        required=False,
    )
    collected_by = forms.CharField(
        label=said("收集方", "Who collected it"), max_length=128, required=False
    )
    collected_on = forms.DateField(
        label=said("最早一行的收集日期", "Day on which its oldest row was collected"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    notice = forms.CharField(
        label=said("收集时的告知内容", "What people were told when it was collected"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    transfer = forms.FileField(
        label=said(
            "单独同意凭证（仅当收集方不是委托主体；只保存其 SHA-256）",
            "Separate consent (only if somebody else collected it; only its SHA-256 is kept)",
        ),
        required=False,
    )

    def __init__(self, *args: Any, corrects: ListUpload | None = None, **kwargs: Any) -> None:
        """Offer the campaigns and lists that there are now; a correction needs only its file."""
        super().__init__(*args, **kwargs)
        self.corrects = corrects
        if corrects is not None:
            self.fields = {"file": self.fields["file"]}
            return
        closed = CampaignFiling.State.CLOSED
        campaigns = Campaign.objects.exclude(filing__state=closed).order_by("-pk")
        _offer(self.fields["campaign"], campaigns.select_related("filing__principal"))
        lists = ContactList.objects.filter(state=ContactList.State.OPEN).order_by("-pk")
        _offer(self.fields["contact_list"], lists.select_related("principal"))

    def clean(self) -> dict[str, Any]:
        """Ask of a new list all that is said about its source."""
        given = super().clean() or {}
        if self.corrects is None and not given.get("contact_list"):
            for name in ("name", "source", "collected_by", "notice"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, said("新名单必须填写。", "A new list needs it."))
        return given

    @property
    def choice(self) -> ListChoice:
        """Return the list as the importer takes it."""
        given = self.cleaned_data
        if given["contact_list"]:
            return ListChoice(reference=str(given["contact_list"].pk))
        return ListChoice(
            reference=given["name"].strip(),
            source=given["source"],
            collected_by=given["collected_by"],
            notice_text=given["notice"],
            collected_on=given["collected_on"],
            transfer_sha256=_digest(given["transfer"]),
        )


def _offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def _digest(document: Any) -> str:
    return hashlib.sha256(document.read()).hexdigest() if document else ""


class ReasonForm(forms.Form):
    """A reason that goes on the record."""

    reason = forms.CharField(label=said("理由", "Reason"), max_length=200)
