"""The forms of outlets, seats and accounts."""

from django import forms
from django.core.validators import RegexValidator

from audit.plain_numbers import plain_number_in
from compliance.models import User
from compliance.numbers.provinces import PROVINCES
from console.forms.register import CODE, DocumentField, RegisterForm, day, reason
from console.forms.words import said
from dialer.models import SeatRegistrar

NAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{1,31}$",
    said(
        "小写字母开头，只用小写字母、数字、点、下划线和连字符。",
        "A small letter first; small letters, digits, dots, underscores and hyphens.",
    ),
)
SEAT = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,49}$",
    said("字母、数字、下划线和连字符。", "Letters, digits, underscores and hyphens."),
)
ROLES = (
    (User.Role.AGENT, said("话务员", "agent")),
    (User.Role.SUPERVISOR, said("班组长", "supervisor")),
    (User.Role.COMPLIANCE, said("合规专员", "compliance officer")),
    (User.Role.ADMINISTRATOR, said("管理员", "administrator")),
    (User.Role.REGULATOR, said("监管人员（只读）", "regulator (read only)")),
)


class OutletForm(RegisterForm):
    """A place of work, and who stands behind it."""

    code = forms.CharField(label=said("门店代码", "Code"), max_length=50, validators=[CODE])
    name = forms.CharField(label=said("名称", "Name"), max_length=64)
    address = forms.CharField(label=said("地址", "Address"), max_length=256)
    province = forms.ChoiceField(
        label=said("省份", "Province"), choices=[(code, code) for code in sorted(PROVINCES)]
    )
    company = forms.CharField(label=said("经营主体", "Company that runs it"), max_length=128)
    credit_code = forms.CharField(
        label=said("统一社会信用代码", "Its unified credit code"), max_length=18
    )
    legal_person = forms.CharField(
        label=said("法定代表人", "Legal representative"),
        max_length=64,
        help_text=said("加密保存。", "Kept sealed."),
    )
    network = forms.CharField(
        label=said("登记的网段", "Registered address range"), max_length=64, required=False
    )


class InspectForm(RegisterForm):
    """What somebody saw on site."""

    on = day("核验日", "Day of the inspection")
    photo = DocumentField(label=said("现场照片", "Photograph taken on site"))
    lease = DocumentField(label=said("租约", "Lease"))


class SeatForm(RegisterForm):
    """A job number in an outlet, for one agent."""

    code = forms.CharField(label=said("工号", "Job number"), max_length=50, validators=[SEAT])
    agent = forms.ModelChoiceField(
        label=said("话务员", "Agent"),
        queryset=User.objects.none(),
        help_text=said(
            "只列出还没有工号的在用话务员账号。", "Open accounts of agents who have no seat yet."
        ),
    )

    def offer(self) -> None:
        """Offer the agents without a seat."""
        field = self.fields["agent"]
        if isinstance(field, forms.ModelChoiceField):
            free = User.objects.filter(role=User.Role.AGENT, is_active=True, seat=None)
            field.queryset = free.order_by("username")


class PhoneForm(RegisterForm):
    """Where the seat's phone is registered."""

    registrar = forms.ModelChoiceField(
        label=said("注册服务器", "Registrar"),
        queryset=SeatRegistrar.objects.none(),
        help_text=said(
            "由命令 seat_phone registrar 设置。", "Set by the command seat_phone registrar."
        ),
    )
    address = forms.CharField(
        label=said("注册名", "Its address there"),
        max_length=41,
        help_text=said("不得为电话号码。", "Never a telephone number."),
    )

    def offer(self) -> None:
        """Offer the registrars of the house."""
        field = self.fields["registrar"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = SeatRegistrar.objects.order_by("code")


class AccountForm(RegisterForm):
    """A person and their one role."""

    username = forms.CharField(label=said("用户名", "User name"), max_length=32, validators=[NAME])
    real_name = forms.CharField(label=said("实名", "Real name"), max_length=64)
    role = forms.ChoiceField(
        label=said("角色", "Role"),
        choices=ROLES,
        help_text=said(
            "一个账号只有一个角色，之后不能更改；换岗须停用后另开。",
            "One role for good: whoever takes another post gets another account.",
        ),
    )

    def clean_username(self) -> str:
        """Refuse a name that is taken, and one that shows a telephone number for ever."""
        username: str = self.cleaned_data["username"]
        if plain_number_in(username):
            raise forms.ValidationError(
                said("用户名不得含电话号码。", "A user name holds no telephone number.")
            )
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError(said("该用户名已使用。", "The user name is taken."))
        return username


class TrainingForm(RegisterForm):
    """A course that the agent passed."""

    course = forms.CharField(label=said("课程", "Course"), max_length=64)
    on = day("合格日", "Passed on")
    document = DocumentField(label=said("合格证明", "Certificate"))


class StaffForm(RegisterForm):
    """Who the agent really is."""

    identity = forms.CharField(
        label=said("证件号码", "Number of the identity document"),
        max_length=32,
        help_text=said(
            "只留加密摘要，不能读回。", "Only a keyed digest is kept; it cannot be read back."
        ),
    )
    document = DocumentField(label=said("用工文件", "Employment papers"))


class LeaveForm(RegisterForm):
    """When the person left."""

    on = day("离岗日", "Left on")


class PointForm(RegisterForm):
    """A breach, and what shows it."""

    breach = forms.CharField(label=said("规则编号或案号", "Rule or case"), max_length=64)
    evidence = reason("凭据", "Evidence", most=256)
