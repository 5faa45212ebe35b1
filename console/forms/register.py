"""What the forms of the registers share: documents by their digest, days, words on the record."""

import hashlib
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from console.forms.words import said

CODE = RegexValidator(
    r"^[a-z0-9][a-z0-9-]{0,49}$",
    said("小写字母、数字和连字符。", "Small letters, digits and hyphens."),
)
DAY = forms.DateInput(attrs={"type": "date"})


class DocumentField(forms.FileField):
    """A document of which only the SHA-256 is kept."""

    def __init__(self, *, label: Any, **more: Any) -> None:
        """Say that the file itself is not kept."""
        hint = said("文件本身不保存，只留 SHA-256。", "The file is not kept, its SHA-256 is.")
        super().__init__(label=label, help_text=hint, **more)

    def clean(self, data: Any, initial: Any = None) -> str:
        """Return the digest."""
        document = super().clean(data, initial)
        digest = hashlib.sha256()
        for chunk in document.chunks():
            digest.update(chunk)
        return digest.hexdigest()


def day(zh: str, en: str, **more: Any) -> forms.DateField:
    """Return a field for a day in China."""
    return forms.DateField(label=said(zh, en), widget=DAY, **more)


def reason(zh: str = "理由", en: str = "Reason", *, most: int = 200) -> forms.CharField:
    """Return a field for words that go on the record."""
    return forms.CharField(
        label=said(zh, en),
        max_length=most,
        help_text=said("请勿写电话号码。", "No telephone numbers."),
    )


class RegisterForm(forms.Form):
    """One act's form; `subject` is the record that it is about, if there is one."""

    def __init__(self, *args: Any, subject: Any = None, **kwargs: Any) -> None:
        """Offer what there is to choose from now."""
        super().__init__(*args, **kwargs)
        self.subject = subject
        self.offer()

    def offer(self) -> None:
        """Fill in the choices that depend on the records."""

    def choices(self, name: str, pairs: list[tuple[Any, str]], *, empty: bool = True) -> None:
        """Offer pairs of key and words in one field."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", said("请选择", "Choose")), *pairs] if empty else pairs


class ReasonForm(RegisterForm):
    """A reason, and nothing more."""

    reason = reason()


class PeriodForm(RegisterForm):
    """A form with a first and a last day."""

    def clean(self) -> dict[str, Any]:
        """Compare the days."""
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", said("早于起始日。", "It is before the first day."))
        return given
