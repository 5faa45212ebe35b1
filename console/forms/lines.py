"""The forms of filed numbers and trunks."""

from django import forms
from django.core.validators import RegexValidator

from compliance.models import CallerNumber, CommitmentLetter, Principal, Trunk
from compliance.models.words import Purpose
from compliance.numbers.provinces import PROVINCES
from console.forms.register import CODE, DocumentField, PeriodForm, RegisterForm, day, reason
from console.forms.words import said

NUMBER = RegexValidator(
    r"^[0-9]{3,16}$",
    said("只填数字，如 95 码号或带区号的固话。", "Digits only, as the carrier shows it."),
)


class NumberForm(PeriodForm):
    """A number with its certificate and the trunks that carry it."""

    number = forms.CharField(
        label=said("主叫号码", "Caller number"),
        max_length=16,
        validators=[NUMBER],
        help_text=said(
            "按备案所示填写，类别由系统判断。", "As it is filed; its class is found, never stated."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    trunks = forms.ModelMultipleChoiceField(
        label=said("承载线路", "Trunks that carry it"),
        queryset=Trunk.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    callout = forms.BooleanField(
        label=said("运营商已开通呼出", "The carrier opened it for calls out"), required=False
    )
    first = day("码号证书起", "Certificate from")
    last = day("码号证书最后有效日", "Last day of the certificate")
    document = DocumentField(label=said("不违规呼出承诺书", "Commitment letter"))

    def offer(self) -> None:
        """Offer the trunks in use."""
        field = self.fields["trunks"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = Trunk.objects.filter(active=True).order_by("code")


class RenewForm(RegisterForm):
    """The new last day of the certificate."""

    last = day("新的最后有效日", "New last day")
    document = DocumentField(label=said("码号证书", "Certificate"))


class ChangedForm(RegisterForm):
    """A change of the particulars."""

    what = reason("变更事项", "What has changed", most=256)
    on = day("变更日", "Day of the change")


class ReceiptForm(RegisterForm):
    """The authority's receipt for a change."""

    change = forms.TypedChoiceField(label=said("变更", "Change"), coerce=int)
    receipt = forms.CharField(label=said("备案回执编号", "Number of the receipt"), max_length=64)
    on = day("备案日", "Day of filing")
    document = DocumentField(label=said("备案回执", "Receipt"))

    def offer(self) -> None:
        """Offer the changes that have none."""
        rows = self.subject.changes.filter(filed_on=None).order_by("changed_on", "pk")
        self.choices("change", [(one.pk, f"{one.changed_on} · {one.what}") for one in rows])


class CallBackForm(RegisterForm):
    """What answered when the number was called back."""

    on = day("测试日", "Day of the test")
    reached = forms.BooleanField(label=said("接通", "It answered"), required=False)
    names_principal = forms.BooleanField(
        label=said("报明委托主体", "It names the principal"), required=False
    )
    takes_refusal = forms.BooleanField(
        label=said("一键即可拒绝", "One key is enough to refuse"), required=False
    )
    document = DocumentField(label=said("测试录音或记录", "Recording or record of the test"))


class MarkForm(RegisterForm):
    """Who marked the number, and what shows it."""

    on = day("被标记日", "Day of the mark")
    source = forms.CharField(label=said("标记来源", "Who marked it"), max_length=64)
    evidence = reason("凭据", "Evidence", most=256)


class LetterForm(RegisterForm):
    """A signed commitment letter."""

    kind = forms.ChoiceField(
        label=said("承诺书", "Letter"),
        choices=[
            (
                CommitmentLetter.Kind.NO_HARASSMENT,
                said("骚扰电话禁呼承诺书", "No harassing calls"),
            ),
            (
                CommitmentLetter.Kind.NO_ILLEGAL_CALLS,
                said("不违规呼出承诺书", "No unlawful calls"),
            ),
        ],
    )
    signed = day("签署日", "Signed on")
    document = DocumentField(label=said("承诺书文件", "The letter"))


class ReplaceForm(RegisterForm):
    """Which principal takes which other number, and why."""

    principal = forms.TypedChoiceField(label=said("委托主体", "Principal"), coerce=int)
    purpose = forms.ChoiceField(label=said("用途", "Purpose"), choices=Purpose.choices)
    number = forms.TypedChoiceField(label=said("新号码", "New number"), coerce=int)
    reason = reason(most=256)

    def offer(self) -> None:
        """Offer whoever shows this number, and the other numbers that call out."""
        shown = Principal.objects.filter(filings__caller_number=self.subject).distinct()
        self.choices("principal", list(shown.order_by("name").values_list("pk", "name")))
        others = CallerNumber.objects.filter(callout_opened=True).exclude(pk=self.subject.pk)
        self.choices("number", list(others.order_by("number").values_list("pk", "number")))


class TrunkForm(RegisterForm):
    """A trunk as the carrier's contract states it."""

    code = forms.CharField(label=said("线路代码", "Code"), max_length=50, validators=[CODE])
    kind = forms.ChoiceField(
        label=said("类别", "Kind"),
        choices=[
            (Trunk.Kind.CARRIER, said("运营商线路", "Carrier")),
            (Trunk.Kind.LOOPBACK, said("本机回环", "Loopback, inside this machine")),
        ],
    )
    carrier = forms.CharField(label=said("基础电信企业", "Carrier"), max_length=64)
    contract = forms.CharField(label=said("合同编号", "Contract number"), max_length=64)
    entity = forms.CharField(
        label=said("使用主体", "Whom the contract names"),
        max_length=128,
    )
    location = forms.CharField(
        label=said("接入位置", "Where it is connected"),
        max_length=128,
    )
    province = forms.ChoiceField(
        label=said("接入省份", "Province of the access"),
        choices=[("", "—"), *((code, code) for code in sorted(PROVINCES))],
        required=False,
    )
    purposes = forms.MultipleChoiceField(
        label=said("合同允许的用途", "Purposes that the contract allows"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    sub_leased = forms.BooleanField(label=said("转租", "It is let on"), required=False)
    max_calls = forms.IntegerField(
        label=said("合同并发上限", "Calls at a time"), min_value=1, max_value=100_000
    )
    reviewed = day("台账复核日", "Ledger reviewed on")


class ReviewForm(RegisterForm):
    """The ledger's row was held against the contract."""

    on = day("复核日", "Day of the review")
    document = DocumentField(label=said("复核依据（合同）", "Evidence (the contract)"))


class BarForm(RegisterForm):
    """Places that nobody is called in over this trunk."""

    provinces = forms.MultipleChoiceField(
        label=said("增加的外呼盲区", "Places to bar"),
        choices=[
            ("CN-*", said("归属地未知", "Places that nobody knows")),
            *((code, code) for code in sorted(PROVINCES)),
        ],
        widget=forms.CheckboxSelectMultiple,
    )


class EndpointForm(RegisterForm):
    """How a line process reaches the trunk."""

    host = forms.CharField(label=said("运营商主机", "Carrier's host"), max_length=255)
    port = forms.IntegerField(
        label=said("端口", "Port"),
        min_value=0,
        max_value=65535,
        initial=5060,
        help_text=said("0：按域名的 SRV 记录。", "0: as the name's SRV records say."),
    )
    local_host = forms.CharField(
        label=said("本机地址", "Address of this machine"), max_length=64, initial="127.0.0.1"
    )
    public_host = forms.CharField(
        label=said("公网地址（经地址转换时）", "Public address (behind a NAT)"),
        max_length=64,
        required=False,
    )
    edge_host = forms.CharField(
        label=said("边界主机", "Host of the edge"), max_length=255, required=False
    )
    edge_port = forms.IntegerField(
        label=said("边界端口", "Port of the edge"), min_value=1, max_value=65535, initial=5060
    )
    username = forms.CharField(
        label=said("SIP 账号", "SIP account"), max_length=64, required=False
    )
    password = forms.CharField(
        label=said("SIP 密码", "SIP password"),
        max_length=128,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=said(
            "密封保存；每次设置都须重新填写。", "Kept sealed; type it anew each time it is set."
        ),
    )
    registers = forms.BooleanField(label=said("需要注册", "It registers"), required=False)
    calls_per_second = forms.IntegerField(
        label=said("合同每秒呼叫数", "Calls a second by the contract"),
        min_value=1,
        required=False,
    )
