"""The forms of the operator, its licences, the principals and their papers."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django import forms

from compliance import clock
from compliance.documents_needed import documents_needed
from compliance.editions import book_to_show
from compliance.models import DataReturn, Licence
from compliance.models.words import Industry, Regime
from compliance.selectors.clock_due import local_day
from compliance.selectors.contract_ends import contracts_ended
from console.forms.register import DocumentField, PeriodForm, RegisterForm, day
from console.forms.words import said
from console.selectors.explained import reader_language

METHODS: Mapping[str, Any] = MappingProxyType(
    {
        DataReturn.Method.DELETED.value: said("已删除", "deleted"),
        DataReturn.Method.RETURNED.value: said(
            "已返还，并在此删除", "given back, and deleted here"
        ),
    }
)


def _credit_code(*, required: bool) -> forms.CharField:
    return forms.CharField(
        label=said("统一社会信用代码", "Unified credit code"), max_length=18, required=required
    )


def _legal_person() -> forms.CharField:
    return forms.CharField(
        label=said("法定代表人", "Legal representative"),
        max_length=64,
        required=False,
        help_text=said(
            "只用于核对违规主体名单，不保存。",
            "Only held against the list of violators; it is not kept.",
        ),
    )


class OperatorForm(RegisterForm):
    """The licensed call centre of this deployment."""

    legal_name = forms.CharField(label=said("名称", "Legal name"), max_length=128)
    credit_code = _credit_code(required=True)
    regime = forms.ChoiceField(
        label=said("业务范围", "Regime"),
        choices=Regime.choices,
        help_text=said("决定适用的规则，之后不能更改。", "It decides which rules hold, for good."),
    )
    legal_person = _legal_person()


class LicenceForm(PeriodForm):
    """A licence for telecom business; that of a licence begins from what it says."""

    kind = forms.CharField(label=said("种类", "Kind"), max_length=8, initial="B24")
    number = forms.CharField(label=said("许可证编号", "Number of the licence"), max_length=64)
    area = forms.CharField(
        label=said("业务覆盖范围", "Area"),
        max_length=64,
        help_text=said("“全国”，或省份代码如 CN-SH、CN-ZJ。", "CN, or provinces as CN-SH, CN-ZJ."),
    )
    first = day("有效期起", "Valid from")
    last = day("最后有效日", "Last good day")
    document = DocumentField(label=said("许可证文件", "The licence"))

    def offer(self) -> None:
        """Begin a renewal from the licence that it renews."""
        if isinstance(self.subject, Licence):
            for name in ("kind", "number", "area"):
                self.initial[name] = getattr(self.subject, name)


class PrincipalForm(RegisterForm):
    """A business that calls are made for."""

    name = forms.CharField(label=said("名称", "Name"), max_length=128)
    industry = forms.ChoiceField(
        label=said("行业", "Kind of business"),
        choices=Industry.choices,
        help_text=said("之后不能更改。", "It stays for good."),
    )
    credit_code = _credit_code(required=False)
    legal_person = _legal_person()


class MandateForm(PeriodForm):
    """A principal's written contract."""

    contract = forms.CharField(label=said("合同编号", "Contract number"), max_length=64)
    first = day("委托期起", "From")
    last = day("最后有效日", "Last good day")
    document = DocumentField(label=said("委托合同文件", "The contract"))


class PaperForm(PeriodForm):
    """An industry licence or filing of a principal."""

    kind = forms.ChoiceField(label=said("资质", "Document"))
    number = forms.CharField(label=said("编号", "Number"), max_length=64)
    issuer = forms.CharField(label=said("发证机关", "Issued by"), max_length=128)
    first = day("有效期起", "Valid from")
    last = day("最后有效日", "Last good day")
    document = DocumentField(label=said("资质文件", "The document"))

    def offer(self) -> None:
        """Offer the rulebook's documents, those that the kind of business needs first."""
        now = clock.read()
        words, language = book_to_show(now).words("documents"), reader_language()
        needed = set().union(*documents_needed(self.subject.industry, at=now))
        must = said("（该行业须有）", " (this kind of business needs it)")
        self.choices(
            "kind",
            [
                (code, f"{words[code][language]}{must if code in needed else ''}")
                for code in sorted(words, key=lambda code: code not in needed)
            ],
        )


class EndForm(RegisterForm):
    """With which day a contract ends before its time."""

    last = day("最后委托日", "Last day")


class RevokeForm(RegisterForm):
    """When a document was taken back."""

    on = day("失效日", "Revoked on")


class ReturnedForm(RegisterForm):
    """What became of the data of a contract that ended."""

    contract_end = forms.TypedChoiceField(
        label=said("合同最后一日", "Last day of the contract"), coerce=date.fromisoformat
    )
    method = forms.ChoiceField(
        label=said("处置方式", "What became of it"), choices=[*METHODS.items()]
    )
    on = day("处置日", "Done on")
    document = DocumentField(label=said("处置证明", "Certificate"))

    def offer(self) -> None:
        """Offer the contracts that are over and whose data nobody has certified to be gone."""
        today = local_day(clock.read())
        over = [str(one) for one in contracts_ended(self.subject) if one < today]
        self.choices("contract_end", [(one, one) for one in over])
