"""The forms of the wizard: one for each step before a campaign is registered."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from compliance.models import CallerNumber, CampaignFiling, Principal, ScriptVersion, Trunk
from compliance.models.words import Purpose
from console.forms.words import said
from dialer.services.campaign_register import LEAST, MOST

CODE = RegexValidator(r"^[a-z0-9][a-z0-9-]{0,49}$")
MOST_ATTEMPTS = 10


class StepForm(forms.Form):
    """One step; `answers` is what the earlier ones were told."""

    def __init__(self, *args: Any, answers: Mapping[str, Any], **kwargs: Any) -> None:
        """Offer what there is to choose from now."""
        super().__init__(*args, **kwargs)
        self.answers = answers
        self.offer()

    def offer(self) -> None:
        """Fill in the choices that depend on the records."""

    def choices(self, name: str, pairs: list[tuple[Any, str]]) -> None:
        """Offer pairs of key and words in one field."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", said("请选择", "Choose")), *pairs]


class PurposeForm(StepForm):
    """Why it calls."""

    purpose = forms.ChoiceField(
        label=said("外呼目的", "Purpose"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
    )


class PrincipalForm(StepForm):
    """On whose behalf."""

    principal = forms.TypedChoiceField(
        label=said("委托主体", "Principal"),
        coerce=int,
        help_text=said(
            "须有在期的委托合同与行业资质。", "It needs a mandate and licences that are in force."
        ),
    )

    def offer(self) -> None:
        """Offer the principals on record."""
        rows = Principal.objects.order_by("name").values_list("pk", "name")
        self.choices("principal", list(rows))


class NumberForm(StepForm):
    """With which filed number, over which trunk."""

    number = forms.TypedChoiceField(
        label=said("备案主叫号码", "Filed caller number"),
        coerce=int,
        help_text=said(
            "只能从备案号码中选择；不能填写号码。",
            "One of the filed numbers; none can be typed in.",
        ),
    )
    trunk = forms.TypedChoiceField(label=said("线路", "Trunk"), coerce=int)

    def offer(self) -> None:
        """Offer the filed numbers and the trunks that carry them."""
        numbers = CallerNumber.objects.order_by("number").values_list("pk", "number")
        self.choices("number", list(numbers))
        trunks = Trunk.objects.filter(active=True).order_by("code")
        self.choices("trunk", [(one.pk, f"{one.code} · {one.carrier}") for one in trunks])


class ScriptForm(StepForm):
    """What is said, by whom."""

    script = forms.TypedChoiceField(
        label=said("已批准的话术", "Approved script"),
        coerce=int,
        help_text=said(
            "只列出为该委托主体和目的批准的话术。",
            "Those that were approved for this principal and this purpose.",
        ),
    )
    robot = forms.BooleanField(
        label=said("由机器人播报，而不是话务员", "A machine speaks, not an agent"),
        required=False,
    )
    sensitive = forms.BooleanField(
        label=said("通话中使用敏感个人信息", "Sensitive personal information is used in the talk"),
        required=False,
    )

    def offer(self) -> None:
        """Offer the scripts that fit what was chosen."""
        rows = ScriptVersion.objects.filter(
            principal_id=int(self.answers.get("principal") or 0),
            purpose=self.answers.get("purpose", ""),
        )
        newest = rows.order_by("title", "-version")
        self.choices("script", [(one.pk, f"{one.title} v{one.version}") for one in newest])


class ElementsForm(StepForm):
    """The rest of the plan's seven elements, and how it rings."""

    name = forms.CharField(label=said("业务名称", "Name"), max_length=128)
    code = forms.CharField(
        label=said("代码", "Code"),
        max_length=50,
        validators=[CODE],
        help_text=said("小写字母、数字和连字符。", "Small letters, digits and hyphens."),
    )
    audience = forms.CharField(
        label=said("外呼对象", "Who is called"), widget=forms.Textarea(attrs={"rows": 2})
    )
    content = forms.CharField(
        label=said("外呼内容", "What about"), widget=forms.Textarea(attrs={"rows": 2})
    )
    contact = forms.CharField(
        label=said("联系方式", "How to reach us"),
        max_length=128,
        help_text=said("对方可以回拨或投诉的方式。", "How people call back or complain."),
    )
    ring_seconds = forms.IntegerField(
        label=said("振铃秒数", "Seconds of ringing"),
        min_value=LEAST,
        max_value=MOST,
        initial=30,
        help_text=said("15 至 45 秒：不响一声就挂。", "15 to 45: no hanging up after one ring."),
    )
    max_attempts = forms.IntegerField(
        label=said("每人最多呼叫次数", "Tries for each person at most"),
        min_value=1,
        max_value=MOST_ATTEMPTS,
        initial=3,
        help_text=said(
            "规则书的频次上限另行生效。", "The rulebook's caps hold whatever stands here."
        ),
    )

    def clean_code(self) -> str:
        """Refuse a code that a campaign has."""
        code = str(self.cleaned_data["code"])
        if CampaignFiling.objects.filter(code=code).exists():
            raise forms.ValidationError(said("该代码已被使用。", "A campaign has this code."))
        return code


FORMS: Mapping[str, type[StepForm]] = MappingProxyType(
    {
        "purpose": PurposeForm,
        "principal": PrincipalForm,
        "number": NumberForm,
        "script": ScriptForm,
        "elements": ElementsForm,
    }
)
